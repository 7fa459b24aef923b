"""The worker between a real broker and a real database: nothing lost, nothing twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.fleet.services import Mosquitto
from deploy.fleet.simulated_boxes import Fleet, SimulatedBox
from deploy.fleet.simulated_day import SimulatedDay

pytestmark = [pytest.mark.postgres, pytest.mark.broker]

ROOT = Path(__file__).resolve().parents[2]
START_S = 1_795_737_600.0


class Worker:
    """``edge-pose fleet ingest`` as a program of its own."""

    def __init__(self, name: str, config: Path) -> None:
        self._command = [
            sys.executable, "-m", "edge_pose", "fleet", "ingest", "-c", str(config),
            "--name", name,
        ]  # fmt: skip
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self._command, cwd=ROOT, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10.0)


@pytest.fixture
def config(tmp_path: Path, broker: Mosquitto, conninfo: str) -> Path:
    file = tmp_path / "fleet.toml"
    file.write_text(
        f'database = "{conninfo}"\n[broker]\nhost = "127.0.0.1"\nport = {broker.port}\n'
    )
    return file


@pytest.fixture
def workers(config: Path) -> Iterator[list[Worker]]:
    workers = [Worker(name, config) for name in ("one", "two")]
    yield workers
    for worker in workers:
        worker.kill()


def days(count: int, driven: int) -> list[SimulatedBox]:
    names = [f"van-{number:04d}" for number in range(count)]
    return [SimulatedBox(name, SimulatedDay(name, START_S, driven=driven)) for name in names]


def test_every_event_and_minute_arrives_once_while_broker_and_worker_are_killed(
    broker: Mosquitto, conninfo: str, workers: list[Worker]
) -> None:
    boxes = days(20, driven=600)
    fleet = Fleet(boxes, broker.port, repeat_s=2.0)
    deeds = iter([workers[0].kill, workers[0].start, broker.kill, broker.start])
    due = iter([300, 600, 900, 1000, 10**9])
    next_due = next(due)

    def attend() -> None:
        nonlocal next_due
        if sum(box.kept for box in boxes) >= next_due or broker_is_down():
            next_due = next(due)
            next(deeds)()

    def broker_is_down() -> bool:
        return not any(box.client.is_connected() for box in boxes) and next_due == 1000

    fleet.run(attend)
    fleet.close()
    assert next(deeds, None) is None
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute("SELECT count(*), count(DISTINCT seq) FROM events").fetchone()
        minutes = connection.execute("SELECT count(*) FROM minutes").fetchone()
        gaps = connection.execute(
            "SELECT count(*) FROM (SELECT max(seq) - min(seq) + 1 - count(*) AS gap FROM events"
            " GROUP BY vehicle_id) AS per_box WHERE gap <> 0"
        ).fetchone()
    assert minutes == (20 * 600,)
    assert gaps == (0,)
    assert rows is not None
    assert rows[0] == sum(box.sent for box in boxes) - 20 * 600 // 5
