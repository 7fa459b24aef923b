"""OBD-II: the ELM327 emulator from PyPI on the other end, as a program of its own."""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from edge_pose.config.vehicle import ObdConfig
from edge_pose.errors import VehicleError
from edge_pose.vehicle.obd_adapter import ObdSource


@pytest.fixture
def adapter(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The serial port of an emulated adapter in an emulated car, and the emulator."""
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "elm", "-s", "car"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        cwd=tmp_path,
    ) as emulator:  # fmt: skip
        assert emulator.stdout is not None
        for line in emulator.stdout:
            if "running on" in line:
                break
        yield next(word for word in line.split() if word.startswith("/dev/")), emulator
        emulator.kill()


def test_speed_of_a_car_that_answers(adapter: tuple[str, subprocess.Popen[str]]) -> None:
    """The emulator's car drives at 10, 55, 39 km/h; then the plug is pulled."""
    port, emulator = adapter
    source = ObdSource(ObdConfig(port=port, baud_rate=38400, interval_s=0.1))
    source.open()
    heard = [source.read() for _ in range(3)]
    assert {words["ignition"] for words in heard} == {True}
    assert [words["speed_kmh"] for words in heard] == [10.0, 55.0, 39.0]
    emulator.kill()
    emulator.wait(5.0)
    told: deque[Mapping[str, object]] = deque()
    with pytest.raises(VehicleError, match="no longer answers"):
        told.extend(source.read() for _ in range(20))
    assert not any(told)
    source.close()


def test_no_adapter_is_told_with_what_to_do() -> None:
    with pytest.raises(VehicleError, match="is it plugged in"):
        ObdSource(ObdConfig(port="/dev/no-such-port", baud_rate=38400)).open()
