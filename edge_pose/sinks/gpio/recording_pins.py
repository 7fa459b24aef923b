"""Pins that write what they do to a file: for tests, rehearsals and bug reports.

Each change is one JSON line, written through to the kernel before the call returns, so the file
tells the last levels also after SIGKILL: ``{"pin": 17, "on": true, "hz": null}``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from edge_pose.config.sinks import InputPinConfig, OutputPinConfig
from edge_pose.errors import SinkError


class RecordingFactory:
    """Outputs append to ``path``; inputs are driven by ``drive``."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inputs: dict[int | str, RecordingInput] = {}

    def output(self, config: OutputPinConfig) -> RecordingOutput:
        return RecordingOutput(self._path, config.pin)

    def tone(self, config: OutputPinConfig) -> RecordingTone:
        return RecordingTone(self._path, config.pin)

    def input(self, config: InputPinConfig) -> RecordingInput:
        self._inputs[config.pin] = RecordingInput()
        return self._inputs[config.pin]

    def drive(self, pin: int | str, active: bool) -> None:
        """Set the logical level of an opened input."""
        self._inputs[pin].drive(active)


def levels(path: Path) -> dict[int | str, bool]:
    """The last written level of each output pin."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    records = [json.loads(line) for line in lines]
    return {record["pin"]: record["on"] for record in records}


class _Recorder:
    def __init__(self, path: Path, pin: int | str) -> None:
        self._pin = pin
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise SinkError(f"gpio.record_file {path}: {error}; choose another place") from error
        self._open = True
        self._write(None)

    def _write(self, hz: float | None, on: bool = False) -> None:
        line = json.dumps({"pin": self._pin, "on": on, "hz": hz}) + "\n"
        try:
            os.write(self._file, line.encode())
        except OSError as error:
            raise SinkError(f"gpio.record_file: {error}; choose another place") from error

    def close(self) -> None:
        if self._open:
            self._open = False
            try:
                self._write(None)
            finally:
                os.close(self._file)


class RecordingOutput(_Recorder):
    """An output on paper."""

    _on = False

    def set(self, on: bool) -> None:
        self._write(None, on)
        self._on = on

    def reads(self) -> bool | None:
        return self._on


class RecordingTone(_Recorder):
    """A tone on paper."""

    def play(self, hz: float | None) -> None:
        self._write(hz, hz is not None)


class RecordingInput:
    """An input whose level the test sets."""

    def __init__(self) -> None:
        self._active = False
        self._rises = 0

    def drive(self, active: bool) -> None:
        self._rises += active and not self._active
        self._active = active

    def active(self) -> bool:
        return self._active

    def rises(self) -> int:
        rises, self._rises = self._rises, 0
        return rises

    def close(self) -> None:
        self._active = False
