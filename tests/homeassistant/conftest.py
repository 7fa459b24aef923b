"""A broker, a Home Assistant and a car. They need an environment with Home Assistant, which
``make test-homeassistant`` makes."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from car_rig import Car
from home import Home, until

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "sinks"))

from broker_rig import Broker  # noqa: E402


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.fixture(scope="session")
def python() -> str:
    return os.environ["EDGE_POSE_HA_PYTHON"]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Keeps retained messages over its own end, as a broker on a disk does."""
    made = Broker(tmp_path_factory.mktemp("broker"), durable=True)
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def home(python: str, broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("home")
    blueprints = folder / "blueprints" / "automation" / "edge_pose"
    shutil.copytree(ROOT / "deploy" / "home" / "blueprints", blueprints)
    made = Home(python, folder, free_port())
    made.start()
    made.add_broker(broker.port)
    yield made
    made.stop()


@pytest.fixture
def car(home: Home, broker: Broker, tmp_path: Path) -> Iterator[Car]:
    """On the road, and known to Home Assistant."""
    made = Car(broker.port, tmp_path)
    made.start()
    until(lambda: home.state("sensor.driver_monitor_testcar_alert")["state"] == "none")
    yield made
    if made._program is not None:
        made.stop()
