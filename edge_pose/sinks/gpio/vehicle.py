"""Button, speed and ignition lines read into the program's controls."""

from __future__ import annotations

import logging

from edge_pose.config.sinks import GpioConfig
from edge_pose.controls import Controls
from edge_pose.sinks.gpio.inputs import STANDSTILL_KMH, Button, MovingLine, SpeedMeter
from edge_pose.sinks.gpio.lines import Lines
from edge_pose.sinks.gpio.pins import InputPin
from edge_pose.values import Command

log = logging.getLogger(__name__)


class VehicleLines:
    """Looks at every input once a ``poll``; the mailbox hears of changes only."""

    def __init__(self, config: GpioConfig, lines: Lines, controls: Controls) -> None:
        self._lines = lines
        self._controls = controls
        self._acknowledge = Button(config.acknowledge.hold_s if config.acknowledge else 0.0)
        self._mute = Button(0.0)
        self._pulses = config.speed is not None and config.speed.kind == "pulse"
        self._meter = SpeedMeter(config.speed.pulses_per_km if config.speed else 1.0)
        self._moving = MovingLine()
        self._told: dict[str, float | bool | None] = {}

    def poll(self, t_s: float, muted: bool) -> None:
        if self._lines.acknowledge is not None:
            self._poll_acknowledge(self._lines.acknowledge, t_s, muted)
        if self._lines.mute is not None:
            pressed, _ = _look(self._mute, self._lines.mute, t_s)
            self._toggle_mute(pressed, muted)
        if self._lines.speed is not None:
            self._poll_speed(self._lines.speed, t_s)
        if self._lines.ignition is not None:
            self._tell(engaged=self._lines.ignition.active())

    def forget(self) -> None:
        """The lines are gone: what they said is unknown again."""
        self._tell(**dict.fromkeys(self._told))

    def _poll_acknowledge(self, pin: InputPin, t_s: float, muted: bool) -> None:
        pressed, held = _look(self._acknowledge, pin, t_s)
        if pressed:
            self._controls.send(Command.ACKNOWLEDGE)
        self._tell(acknowledge=pin.active())
        self._toggle_mute(held, muted)

    def _toggle_mute(self, asked: bool, muted: bool) -> None:
        if asked:
            self._controls.send(Command.UNMUTE if muted else Command.MUTE)

    def _poll_speed(self, pin: InputPin, t_s: float) -> None:
        if not self._pulses:
            self._tell(standstill=self._moving.standstill(pin.active()))
            return
        speed_kmh = self._meter.update(t_s, pin.rises())
        standing = None if speed_kmh is None else speed_kmh < STANDSTILL_KMH
        self._tell(speed_kmh=speed_kmh, standstill=standing)

    def _tell(self, **words: float | bool | None) -> None:
        news = {key: word for key, word in words.items() if self._told.get(key) != word}
        if not news:
            return
        if "engaged" in news:
            log.info("ignition line: %s", news["engaged"])
        self._told.update(news)
        self._controls.set_vehicle(**news)


def _look(button: Button, pin: InputPin, t_s: float) -> tuple[bool, bool]:
    rises = pin.rises()
    return button.update(t_s, pin.active(), rises)
