"""Pins of a Raspberry Pi through gpiozero."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from edge_pose.config.sinks import InputPinConfig, OutputPinConfig
from edge_pose.errors import SinkError


class ZeroFactory:
    """gpiozero's devices; its own pin factory is chosen by GPIOZERO_PIN_FACTORY as usual."""

    def output(self, config: OutputPinConfig) -> ZeroOutput:
        return ZeroOutput(config)

    def tone(self, config: OutputPinConfig) -> ZeroTone:
        return ZeroTone(config)

    def input(self, config: InputPinConfig) -> ZeroInput:
        return ZeroInput(config)


@contextmanager
def _explained(pin: int | str) -> Iterator[None]:
    """gpiozero's and its back ends' errors have no common base but Exception."""
    try:
        yield
    except ImportError as error:
        raise SinkError(
            f"GPIO {pin}: gpiozero is not installed; apt install python3-gpiozero python3-lgpio"
        ) from error
    except SinkError:
        raise
    except Exception as error:
        raise SinkError(
            f"GPIO {pin}: {error or type(error).__name__}; check the number, that nothing else "
            "uses it, and that the user is in group gpio"
        ) from error


class ZeroOutput:
    """A digital output."""

    def __init__(self, config: OutputPinConfig) -> None:
        self._pin = config.pin
        with _explained(config.pin):
            from gpiozero import DigitalOutputDevice

            self._device: Any = DigitalOutputDevice(
                config.pin, active_high=not config.active_low, initial_value=False
            )

    def set(self, on: bool) -> None:
        with _explained(self._pin):
            self._device.value = on

    def reads(self) -> bool | None:
        with _explained(self._pin):
            return bool(self._device.value)

    def close(self) -> None:
        if not self._device.closed:
            with _explained(self._pin):
                try:
                    self._device.off()
                finally:
                    self._device.close()


class ZeroTone:
    """A PWM output at half duty, its frequency the pitch."""

    def __init__(self, config: OutputPinConfig) -> None:
        self._pin = config.pin
        with _explained(config.pin):
            from gpiozero import PWMOutputDevice

            self._device: Any = PWMOutputDevice(
                config.pin, active_high=not config.active_low, initial_value=0, frequency=440
            )

    def play(self, hz: float | None) -> None:
        with _explained(self._pin):
            if hz is None:
                self._device.value = 0
            else:
                self._device.frequency = hz
                self._device.value = 0.5

    def close(self) -> None:
        if not self._device.closed:
            with _explained(self._pin):
                try:
                    self._device.value = 0
                finally:
                    self._device.close()


class ZeroInput:
    """A digital input. gpiozero ties the active level to the pull, so the level is turned here."""

    def __init__(self, config: InputPinConfig) -> None:
        self._pin = config.pin
        self._lock = threading.Lock()
        self._rises = 0
        pull_up = {"up": True, "down": False, "none": None}[config.pull]
        natural_low = config.active_low if pull_up is None else pull_up
        self._inverted = config.active_low != natural_low
        with _explained(config.pin):
            from gpiozero import DigitalInputDevice

            self._device: Any = DigitalInputDevice(
                config.pin,
                pull_up=pull_up,
                active_state=None if pull_up is not None else not config.active_low,
                bounce_time=config.debounce_ms / 1000.0 or None,
            )
            name = "when_deactivated" if self._inverted else "when_activated"
            setattr(self._device, name, self._count)

    def _count(self) -> None:
        with self._lock:
            self._rises += 1

    def active(self) -> bool:
        with _explained(self._pin):
            return bool(self._device.value) != self._inverted

    def rises(self) -> int:
        with self._lock:
            rises, self._rises = self._rises, 0
            return rises

    def close(self) -> None:
        if not self._device.closed:
            with _explained(self._pin):
                self._device.close()
