"""The pin factory: the only way to the hardware, injected, so that tests and boards may differ.

Values are logical: ``active_low`` and pulls are the factory's business. Every ``close`` is
idempotent and leaves an output off. A pin that cannot be had is a SinkError.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from edge_pose.config.sinks import GpioConfig, InputPinConfig, OutputPinConfig
from edge_pose.errors import SinkError


class OutputPin(Protocol):
    """A line that is on or off; off when it is opened."""

    def set(self, on: bool) -> None: ...

    def reads(self) -> bool | None:
        """The level that the line itself has now; None where the hardware cannot say."""
        ...

    def close(self) -> None: ...


class TonePin(Protocol):
    """A line that swings at an audible frequency; silent when it is opened."""

    def play(self, hz: float | None) -> None:
        """Sound this frequency; None is silence."""
        ...

    def close(self) -> None: ...


class InputPin(Protocol):
    """A line that is read."""

    def active(self) -> bool:
        """The level now."""
        ...

    def rises(self) -> int:
        """How often it became active since the last call, also between two looks at it."""
        ...

    def close(self) -> None: ...


class PinFactory(Protocol):
    """Opens lines of one board."""

    def output(self, config: OutputPinConfig) -> OutputPin: ...

    def tone(self, config: OutputPinConfig) -> TonePin: ...

    def input(self, config: InputPinConfig) -> InputPin: ...


_PI_MODEL = Path("/proc/device-tree/model")


def open_factory(config: GpioConfig) -> PinFactory:
    """The factory for the configured backend; ``auto`` is gpiozero on a Pi and gpiod elsewhere."""
    backend = config.backend if config.backend != "auto" else _backend_of_board()
    if backend == "record":
        from edge_pose.sinks.gpio.recording_pins import RecordingFactory

        if config.record_file is None:
            raise SinkError("gpio.backend = 'record': set gpio.record_file")
        return RecordingFactory(config.record_file)
    if backend == "gpiozero":
        from edge_pose.sinks.gpio.zero_pins import ZeroFactory

        return ZeroFactory()
    from edge_pose.sinks.gpio.chip_pins import ChipFactory

    return ChipFactory(config.chip)


def _backend_of_board(model: Path = _PI_MODEL) -> str:
    try:
        return "gpiozero" if "Raspberry Pi" in model.read_text(errors="replace") else "gpiod"
    except OSError:
        return "gpiod"
