"""Looking costs monitoring nothing: the real loop with and without three viewers."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

import pytest

from edge_pose.app import App
from edge_pose.config.root import Config
from edge_pose.runtime.stage import Stage

SECONDS = 20.0
VIEWERS = 3
FPS = 15.0
"""Of the demo clip."""


class Program(Stage):
    """The whole program in a thread."""

    def __init__(self, app: App) -> None:
        super().__init__("program")
        self._app = app

    def step(self) -> None:
        self._app.run()
        self.finish()

    def wake(self) -> None:
        self._app.stop_requested.set()


class Viewer(Stage):
    """Reads the live picture as fast as it comes."""

    def __init__(self, port: int) -> None:
        super().__init__("viewer")
        self._port = port
        self.received = 0

    def setup(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        self._connection.request("GET", "/stream.mjpg")
        self._answer = self._connection.getresponse()

    def step(self) -> None:
        self.received += len(self._answer.read1(65536))

    def teardown(self) -> None:
        self._connection.close()


@contextmanager
def running(stage: Stage) -> Iterator[None]:
    stage.start()
    try:
        yield
    finally:
        stage.stop()
        assert stage.join(8.0)


def frames_seen(port: int, state: Path, viewers: int) -> int:
    """How many frames the loop handles in the given time, after it has begun."""
    config = Config.model_validate(
        {
            "camera": {"source": "demo:"},
            "web": {"port": port},
            "store": {"enabled": False},
            "runtime": {"state_dir": str(state)},
        }
    )
    app = App(config, remember=False)
    with running(Program(app)), ExitStack() as stack:
        clock, never = app.clock, Event()
        while app.inference.seen < 10:
            clock.wait(never, 0.05)
        watching = [Viewer(port) for _ in range(viewers)]
        for viewer in watching:
            stack.enter_context(running(viewer))
        before = app.inference.seen
        clock.wait(never, SECONDS)
        seen = app.inference.seen - before
        assert all(viewer.received > 100_000 for viewer in watching)
    return seen


@pytest.mark.soak
def test_three_viewers_leave_the_inference_rate_alone(tmp_path: Path, free_port: int) -> None:
    alone = frames_seen(free_port, tmp_path, 0)
    if alone < 0.97 * FPS * SECONDS:
        pytest.skip(f"this machine is busy: only {alone} frames in {SECONDS:.0f} s without viewers")
    watched = frames_seen(free_port, tmp_path, VIEWERS)
    print(f"{alone} frames in {SECONDS:.0f} s alone, {watched} with {VIEWERS} viewers")
    assert abs(watched - alone) <= 0.03 * alone
