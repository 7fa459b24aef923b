"""The box's own MQTT sink, a real broker, the worker as a program, a real database."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from deploy.fleet.services import Mosquitto
from edge_pose.clock import SystemClock
from edge_pose.config.sinks import MqttConfig
from edge_pose.controls import Controls
from edge_pose.sinks.mqtt import Device, MqttSink
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.values import (
    Alert,
    AlertKind,
    AlertLevel,
    AlertPhase,
    DriverState,
    Health,
)

pytestmark = [pytest.mark.postgres, pytest.mark.broker]

ROOT = Path(__file__).resolve().parents[2]


def until(true: Callable[[], bool], tick: Callable[[], None], wait_s: float = 40.0) -> None:
    """Tick until it is so."""
    pause, deadline_s = threading.Event(), time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < deadline_s
        tick()
        pause.wait(0.05)


class Box:
    """A real sink, and alerts to give it."""

    def __init__(self, folder: Path, port: int) -> None:
        config = MqttConfig.model_validate(
            {"enabled": True, "host": "127.0.0.1", "port": port, "confirm": "centre",
             "minutes": True, "discovery": False, "reconnect_max_s": 1}
        )  # fmt: skip
        self.clock = SystemClock()
        self.sink = MqttSink(
            config,
            device=Device(vehicle_id="van-1", device_id="0123abcd"),
            controls=Controls(),
            wall=WallTime(self.clock, lambda: True),
            state_dir=folder,
        )
        self.sink.open()

    def alert(self, number: int) -> None:
        now_s = self.clock.now()
        self.sink.alert(
            Alert(
                id=number, kind=AlertKind.GLANCE, level=AlertLevel.WARNING, phase=AlertPhase.NEW,
                t_s=now_s, t_start_s=now_s - 3.0, t_alert_s=now_s, t_end_s=None,
                reason="looked away", values={"speed_kmh": 50.0},
            )
        )  # fmt: skip

    def state(self) -> None:
        now_s = self.clock.now()
        self.sink.state(
            DriverState(t_s=now_s, face=True, attention=1.0, level=0, distracted=False), Health()
        )

    @property
    def waiting(self) -> int:
        return self.sink.link.backlog


def test_a_box_forgets_an_alert_when_it_is_committed_and_not_before(
    broker: Mosquitto, conninfo: str, tmp_path: Path
) -> None:
    config = tmp_path / "fleet.toml"
    config.write_text(
        f'database = "{conninfo}"\n[broker]\nhost = "127.0.0.1"\nport = {broker.port}\n'
    )
    box = Box(tmp_path, broker.port)
    box.alert(1)
    box.state()
    until(lambda: box.sink._online, box.sink.tick)
    until(lambda: box.sink._deliveries.idle, box.sink.tick)
    assert box.waiting == 1  # the broker has it, and nobody else
    worker = subprocess.Popen(
        [sys.executable, "-m", "edge_pose", "fleet", "ingest", "-c", str(config), "--name", "one"],
        cwd=ROOT, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            until(lambda: "vehicles" in tables(connection), box.sink.tick)
            broker.kill()
            broker.start()
            box.alert(2)
            until(lambda: box.waiting == 0, box.sink.tick)
            box.sink.close()
            rows = connection.execute(
                "SELECT kind, more->'values'->>'speed_kmh' FROM events ORDER BY seq"
            ).fetchall()
            assert rows == [("distraction.glance", "50.0")] * 2
            until(lambda: bool(minutes(connection)), lambda: None)
    finally:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(15.0) in (0, 128 + signal.SIGTERM, -signal.SIGTERM)


def tables(connection: psycopg.Connection[tuple[str, ...]]) -> set[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {row[0] for row in found.fetchall()}


def minutes(connection: psycopg.Connection[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return connection.execute("SELECT vehicle_id FROM minutes").fetchall()
