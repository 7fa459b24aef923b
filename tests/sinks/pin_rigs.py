"""A rig per back end: the factory under test and a way to see and drive its wires."""

# The fake has the real library's arguments, used or not.
# ruff: noqa: ARG002

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from edge_pose.sinks.gpio.chip_pins import ChipFactory
from edge_pose.sinks.gpio.pins import PinFactory
from edge_pose.sinks.gpio.recording_pins import RecordingFactory, levels
from edge_pose.sinks.gpio.zero_pins import ZeroFactory


class Rig:
    """``wire`` is the electrical level of an output, ``drive`` sets that of an input."""

    factory: PinFactory
    sees_wires = True  # False: only logical levels are known
    tones = True

    def wire(self, pin: int) -> bool:
        raise AssertionError

    def drive(self, pin: int, high: bool) -> None:
        raise AssertionError


class ZeroRig(Rig):
    def __init__(self) -> None:
        from gpiozero import Device

        self.factory = ZeroFactory()
        self._pins = Device.pin_factory

    def wire(self, pin: int) -> bool:
        """The level, or after the close, which lets the line float, the last driven one."""
        return bool(self._pins.pin(pin).driven)

    def drive(self, pin: int, high: bool) -> None:
        line = self._pins.pin(pin)
        (line.drive_high if high else line.drive_low)()


class RecordingRig(Rig):
    sees_wires = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._recording = RecordingFactory(path)
        self.factory = self._recording

    def wire(self, pin: int) -> bool:
        return levels(self._path)[pin]

    def drive(self, pin: int, high: bool) -> None:
        self._recording.drive(pin, high)


class ChipRig(Rig):
    tones = False

    def __init__(self, board: FakeBoard) -> None:
        self.factory = ChipFactory("/dev/gpiochip0")
        self._board = board

    def wire(self, pin: int) -> bool:
        return self._board.wires.get(pin, False)

    def drive(self, pin: int, high: bool) -> None:
        self._board.drive(pin, high)


class FakeBoard:
    """The kernel's side of libgpiod 2: electrical levels, requests, edge events."""

    def __init__(self) -> None:
        self.wires: dict[int | str, bool] = {}
        self.requests: dict[int | str, FakeRequest] = {}

    def drive(self, pin: int | str, high: bool) -> None:
        before = self.wires.get(pin, False)
        self.wires[pin] = high
        if pin in self.requests and before != high:
            self.requests[pin].edge(high)

    def request_lines(
        self,
        path: str,
        config: dict[Any, Any],
        consumer: str | None = None,
        event_buffer_size: int | None = None,
        output_values: dict[Any, Any] | None = None,
    ) -> FakeRequest:
        [(pin, settings)] = config.items()
        if pin in self.requests:
            raise OSError(16, "Device or resource busy")
        self.requests[pin] = FakeRequest(self, pin, settings)
        return self.requests[pin]


class FakeRequest:
    def __init__(self, board: FakeBoard, pin: int | str, settings: Any) -> None:
        self._board, self._pin, self._settings = board, pin, settings
        self._events = 0
        if settings.direction.name == "OUTPUT":
            self.set_value(pin, settings.output_value)
        elif settings.bias.name in ("PULL_UP", "PULL_DOWN"):
            board.wires[pin] = settings.bias.name == "PULL_UP"

    def set_value(self, pin: int | str, value: Any) -> None:
        self._board.wires[pin] = (value.name == "ACTIVE") != self._settings.active_low

    def get_value(self, pin: int | str) -> Any:
        active = self._board.wires.get(pin, False) != self._settings.active_low
        return type(self._settings.output_value)(int(active))

    def edge(self, high: bool) -> None:
        self._events += high != self._settings.active_low

    def wait_edge_events(self, timeout: timedelta | float | None = None) -> bool:
        return self._events > 0

    def read_edge_events(self, max_events: int | None = None) -> list[object]:
        events, self._events = self._events, 0
        return [object()] * events

    def release(self) -> None:
        self._board.requests.pop(self._pin, None)


def fake_gpiod(board: FakeBoard) -> dict[str, ModuleType]:
    """Modules ``gpiod`` and ``gpiod.line`` with the real library's names."""
    line, gpiod = ModuleType("gpiod.line"), ModuleType("gpiod")
    for name, members in {
        "Direction": "AS_IS INPUT OUTPUT",
        "Bias": "AS_IS UNKNOWN DISABLED PULL_UP PULL_DOWN",
        "Edge": "NONE RISING FALLING BOTH",
    }.items():
        setattr(line, name, Enum(name, members))
    line.Value = Enum("Value", {"INACTIVE": 0, "ACTIVE": 1})  # type: ignore[attr-defined]

    class LineSettings:
        def __init__(self, direction: Any = line.Direction.AS_IS, edge_detection: Any = None,  # type: ignore[attr-defined]
                     bias: Any = line.Bias.AS_IS, active_low: bool = False,  # type: ignore[attr-defined]
                     debounce_period: timedelta = timedelta(0),
                     output_value: Any = line.Value.INACTIVE) -> None:  # type: ignore[attr-defined]  # fmt: skip
            self.direction, self.bias, self.active_low = direction, bias, active_low
            self.output_value = output_value

    gpiod.LineSettings = LineSettings  # type: ignore[attr-defined]
    gpiod.request_lines = board.request_lines  # type: ignore[attr-defined]
    gpiod.line = line  # type: ignore[attr-defined]
    return {"gpiod": gpiod, "gpiod.line": line}


@contextmanager
def open_rig(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    if name == "recording":
        yield RecordingRig(tmp_path / "pins.jsonl")
    elif name == "gpiod":
        board = FakeBoard()
        for module, fake in fake_gpiod(board).items():
            monkeypatch.setitem(sys.modules, module, fake)
        yield ChipRig(board)
    else:
        from gpiozero import Device
        from gpiozero.pins.mock import MockFactory, MockPWMPin

        class DrivenPin(MockPWMPin):  # type: ignore[misc]
            driven = 0.0

            def _set_state(self, value: float) -> None:
                super()._set_state(value)
                self.driven = value

            def _set_function(self, value: str) -> None:
                super()._set_function(value)
                self.driven = self._state if value == "output" else self.driven

        Device.pin_factory = MockFactory(pin_class=DrivenPin)
        try:
            yield ZeroRig()
        finally:
            Device.pin_factory.reset()
            Device.pin_factory = None
