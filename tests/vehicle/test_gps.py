"""gpsd: Debian's daemon fed by its own gpsfake on the other end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_pose.config.vehicle import GpsConfig
from edge_pose.errors import VehicleError
from edge_pose.vehicle.gps import GpsSource, words_of


def nmea(body: str) -> str:
    """A sentence with its checksum."""
    checksum = 0
    for character in body:
        checksum ^= ord(character)
    return f"${body}*{checksum:02X}\r\n"


def drive_log(fix: bool) -> str:
    """A minute at 27 knots by the Brandenburg Gate, or without a fix."""
    lines = []
    for second in range(60):
        time = f"1200{second:02d}.00"
        if fix:
            lines += [
                f"GPGGA,{time},5230.9800,N,01322.6600,E,1,08,0.9,35.0,M,40.0,M,,",
                "GPGSA,A,3,04,05,09,12,24,25,28,29,,,,,1.8,0.9,1.5",
                f"GPRMC,{time},A,5230.9800,N,01322.6600,E,27.0,084.4,271126,,,A",
            ]
        else:
            lines += [
                f"GPGGA,{time},,,,,0,00,,,M,,M,,",
                "GPGSA,A,1,,,,,,,,,,,,,,,",
                f"GPRMC,{time},V,,,,,,,271126,,,N",
            ]
    return "".join(nmea(line) for line in lines)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class FakeGps:
    def __init__(self, folder: Path, *, fix: bool) -> None:
        self._log = folder / "drive.nmea"
        self._log.write_text(drive_log(fix))
        self.port = free_port()
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["gpsfake", "-q", "-c", "0.03", "-P", str(self.port), str(self._log)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    def source(self) -> GpsSource:
        return GpsSource(GpsConfig(port=self.port))

    def restart(self) -> None:
        """gpsfake at times starts its daemon and never feeds it, nor ends when told."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10.0)
        self.process = self._started()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10.0)


def first_words(gps: FakeGps, source: GpsSource) -> dict[str, object]:
    """What it tells once the daemon listens and has its receiver's speed and place."""
    pause = threading.Event()
    for _ in range(200):
        try:
            source.open()
            if None not in (words := dict(source.read())).values():
                return words
        except VehicleError as error:
            source.close()
            if isinstance(error.__cause__, TimeoutError):
                gps.restart()
            pause.wait(0.05)
    raise AssertionError("gpsd told nothing")


@pytest.fixture
def gps(tmp_path: Path) -> Iterator[FakeGps]:
    gps = FakeGps(tmp_path, fix=True)
    yield gps
    gps.stop()


@pytest.mark.gpsd
def test_speed_and_place_of_a_receiver_with_a_fix(gps: FakeGps) -> None:
    source = gps.source()
    words = first_words(gps, source)
    assert words["speed_kmh"] == pytest.approx(27 * 1.852, abs=0.05)
    assert words["latitude_deg"] == pytest.approx(52.516333, abs=1e-5)
    assert words["longitude_deg"] == pytest.approx(13.377667, abs=1e-5)
    source.close()


@pytest.mark.gpsd
def test_a_daemon_that_goes_away_is_told(gps: FakeGps) -> None:
    source = gps.source()
    first_words(gps, source)
    gps.stop()
    with pytest.raises(VehicleError, match="gpsd 127"):
        deque((source.read() for _ in range(1000)), maxlen=0)
    source.close()


def test_without_a_fix_nothing_is_known() -> None:
    report = {"class": "TPV", "mode": 1, "speed": 0.0, "lat": 1.0, "lon": 1.0}
    assert set(words_of(report, 10.0).values()) == {None}


def test_a_speed_too_uncertain_is_unknown() -> None:
    report = {"class": "TPV", "mode": 3, "speed": 0.1, "eps": 5.0, "lat": 1.0, "lon": 1.0}
    assert words_of(report, 10.0)["speed_kmh"] is None
    assert words_of({**report, "eps": 0.5}, 10.0)["speed_kmh"] == pytest.approx(0.36)


def test_no_daemon_is_told_with_what_to_do() -> None:
    source = GpsSource(GpsConfig(port=1))
    source.open()
    with pytest.raises(VehicleError, match="is gpsd running"):
        source.read()
