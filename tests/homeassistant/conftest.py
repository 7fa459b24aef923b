"""A broker, a Home Assistant and a car. They need an environment with Home Assistant, which
``make test-homeassistant`` makes."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
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
    found = os.environ.get("EDGE_POSE_HA_PYTHON", "")
    if not found or shutil.which(found) is None:
        pytest.skip("needs Home Assistant: make test-homeassistant")
    if shutil.which("mosquitto", path="/usr/sbin:/usr/bin") is None:
        pytest.skip("needs mosquitto: apt-get install mosquitto")
    return found


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


class Car:
    """The child program; it may be killed and started again with what it kept."""

    def __init__(self, port: int, folder: Path) -> None:
        self._command = [sys.executable, str(Path(__file__).with_name("car.py")), str(port),
                         str(folder)]  # fmt: skip
        self._program: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._program = subprocess.Popen(
            self._command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert self._program.stdout is not None
        assert self._program.stdout.readline() == "open\n"

    def say(self, line: str) -> None:
        assert self._program is not None
        assert self._program.stdin is not None
        self._program.stdin.write(line + "\n")
        self._program.stdin.flush()

    def alert(self, number: int, kind: str = "distraction.glance", level: str = "warning",
              phase: str = "new") -> None:  # fmt: skip
        self.say(f"alert {number} {kind} {level} {phase}")

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        if self._program is not None:
            self.say("quit")
            self._end(None)

    def _end(self, how: signal.Signals | None) -> None:
        program, self._program = self._program, None
        assert program is not None
        if how is not None:
            program.send_signal(how)
        program.wait(20)
        for pipe in (program.stdin, program.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def car(home: Home, broker: Broker, tmp_path: Path) -> Iterator[Car]:
    """On the road, and known to Home Assistant."""
    made = Car(broker.port, tmp_path)
    made.start()
    until(lambda: home.state("sensor.driver_monitor_testcar_alert")["state"] == "none")
    yield made
    if made._program is not None:
        made.stop()
