"""Traccar: a real HTTP server that reads requests as the OsmAnd protocol documents them."""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from sink_examples import WALL_S, a_clock, a_wall, an_alert

from edge_pose.config.standards import TraccarConfig
from edge_pose.kinds import AlertKind
from edge_pose.sinks import Sink, Ticking
from edge_pose.sinks.traccar import TraccarSink
from edge_pose.sinks.traccar.query import alarm
from edge_pose.sinks.traccar.sink import FILE
from edge_pose.testing.clock import FakeClock
from edge_pose.values import AlertPhase

# Position.ALARM_… of Traccar's source; its clients, rules and mails know these names.
TRACCARS_ALARMS = {
    "general", "sos", "vibration", "movement", "lowspeed", "overspeed", "fallDown", "lowPower",
    "lowBattery", "fault", "powerOff", "powerOn", "door", "lock", "unlock", "geofence",
    "geofenceEnter", "geofenceExit", "gpsAntennaCut", "accident", "tow", "idle", "highRpm",
    "hardAcceleration", "hardBraking", "hardCornering", "laneChange", "fatigueDriving",
    "powerCut", "powerRestored", "jamming", "temperature", "parking", "shock", "bonnet",
    "footBrake", "fuelLeak", "tampering", "removing",
}  # fmt: skip


class Server(HTTPServer):
    """Takes what has an id it knows and numbers where numbers belong; else 400, as Traccar."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taken: list[dict[str, str]] = []
        self.devices = {"van-1"}
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def stop(self) -> None:
        self.shutdown()
        self.thread.join()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        fields = {name: one for name, (one,) in parse_qs(urlsplit(self.path).query).items()}
        known = fields.get("id") in self.server.devices
        if known:
            for name in ("timestamp", "lat", "lon", "speed"):
                float(fields.get(name, "0"))
            self.server.taken.append(fields)
        self.send_response(200 if known else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


class Rig:
    def __init__(self, folder: Path, url: str, **settings: object) -> None:
        self.clock: FakeClock = a_clock()
        self.folder, self.settings = folder, {"url": url, "timeout_s": 2.0, **settings}
        self.sink = self.make()

    def make(self) -> TraccarSink:
        sink = TraccarSink(
            TraccarConfig.model_validate(self.settings),
            vehicle_id="van-1", wall=a_wall(self.clock), state_dir=self.folder, run="r",
        )  # fmt: skip
        sink.open()
        return sink

    def ticks(self, count: int, every_s: float = 1.0) -> None:
        for _ in range(count):
            self.clock.advance(every_s)
            self.sink.tick()


@pytest.mark.parametrize("kind", AlertKind)
def test_every_alarm_is_one_that_traccar_knows(kind: AlertKind) -> None:
    assert alarm(kind) in TRACCARS_ALARMS | {None}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (AlertKind.MICROSLEEP, "fatigueDriving"), (AlertKind.UNRESPONSIVE, "fatigueDriving"),
        (AlertKind.GLANCE, "general"), (AlertKind.BLOCKED, "tampering"),
        (AlertKind.LOST, "fault"), (AlertKind.OFF, None), (AlertKind.CALIBRATING, None),
    ],
)  # fmt: skip
def test_alarms(kind: AlertKind, name: str | None) -> None:
    assert alarm(kind) == name


def test_an_alert_arrives_with_its_time_speed_and_place(server: Server, tmp_path: Path) -> None:
    rig = Rig(tmp_path, server.url)
    assert isinstance(rig.sink, Sink)
    assert isinstance(rig.sink, Ticking)
    values = {"speed_kmh": 100.0, "latitude_deg": 52.52, "longitude_deg": 13.38}
    rig.sink.alert(replace(an_alert(4, kind=AlertKind.MICROSLEEP), values=values))
    rig.ticks(1)
    (fields,) = server.taken
    assert fields["alarm"] == "fatigueDriving"
    assert float(fields["speed"]) == pytest.approx(100.0 / 1.852, abs=0.01)
    assert (fields["lat"], fields["lon"]) == ("52.52", "13.38")
    assert float(fields["timestamp"]) == pytest.approx(WALL_S, abs=5.0)
    assert fields["kind"] == "fatigue.microsleep"
    assert fields["episode"] == "r-4"
    rig.sink.close()


def test_without_a_place_it_says_that_it_has_none(server: Server, tmp_path: Path) -> None:
    rig = Rig(tmp_path, server.url)
    rig.sink.alert(an_alert(1))
    rig.ticks(1)
    assert server.taken[0]["valid"] == "false"
    assert "lat" not in server.taken[0]
    rig.sink.close()


def test_ends_and_what_is_no_alarm_are_not_sent(server: Server, tmp_path: Path) -> None:
    rig = Rig(tmp_path, server.url)
    rig.sink.alert(an_alert(1, phase=AlertPhase.END))
    rig.sink.alert(an_alert(2, kind=AlertKind.OFF))
    rig.ticks(5)
    assert server.taken == []
    rig.sink.close()


def test_alerts_wait_for_a_server_that_is_away_also_over_a_restart(tmp_path: Path) -> None:
    rig = Rig(tmp_path, "http://127.0.0.1:1/")
    for number in range(3):
        rig.sink.alert(an_alert(number))
    rig.ticks(20)
    rig.sink.close()
    server = Server()
    rig.settings["url"] = server.url
    rig.sink = rig.make()
    rig.ticks(5)
    assert [fields["episode"] for fields in server.taken] == ["r-0", "r-1", "r-2"]
    rig.sink.close()
    server.stop()


@pytest.mark.parametrize("damage", ["", "id=van 1", "id=a\nb", "id=\x00", "id=\u00e9"])
def test_a_damaged_record_holds_up_none_behind_it(
    server: Server, tmp_path: Path, damage: str
) -> None:
    rig = Rig(tmp_path, server.url)
    for number in range(2):
        rig.sink.alert(an_alert(number))
    rig.sink.close()
    with sqlite3.connect(tmp_path / FILE) as database:
        words = "UPDATE outbox SET payload = ? WHERE seq = (SELECT min(seq) FROM outbox)"
        database.execute(words, (damage,))
    database.close()
    rig.sink = rig.make()
    rig.ticks(3)
    assert [fields["episode"] for fields in server.taken] == ["r-1"]
    rig.sink.close()


def test_a_server_that_speaks_another_language_is_asked_again(tmp_path: Path) -> None:
    """An error of http.client's that is no OSError ended the output each time."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        rig = Rig(tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}/")
        rig.sink.alert(an_alert(1))
        answer = threading.Thread(target=_answer, args=(listener,))
        answer.start()
        rig.ticks(1)
        answer.join()
        rig.sink.close()
    server = Server()
    rig.settings["url"] = server.url
    rig.sink = rig.make()
    rig.ticks(2)
    assert len(server.taken) == 1
    rig.sink.close()
    server.stop()


def _answer(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(b"220 mail.example ESMTP\r\n")


def test_a_device_that_the_server_does_not_know_is_told(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig(tmp_path, server.url, device="stranger")
    rig.sink.alert(an_alert(1))
    rig.ticks(10)
    assert "knows no device 'stranger'" in caplog.text
    server.devices.add("stranger")
    rig.ticks(60)
    assert len(server.taken) == 1
    rig.sink.close()
