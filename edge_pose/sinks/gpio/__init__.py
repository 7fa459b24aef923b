"""The board's pins: lamp, buzzer, relay out; button, speed and ignition in."""

from __future__ import annotations

from edge_pose.sinks.gpio.outputs_off import PinCheck, check_pins, outputs_off
from edge_pose.sinks.gpio.sink import GpioSink

__all__ = ["GpioSink", "PinCheck", "check_pins", "outputs_off"]
