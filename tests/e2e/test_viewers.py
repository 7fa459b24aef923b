"""Looking costs monitoring nothing: one run of the real loop, now watched and now not."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from threading import Event

import pytest
from whole_program import Program

from edge_pose.config.root import Config
from edge_pose.live.app import App
from edge_pose.testing.endless import EndlessDemo
from edge_pose.view.drawing.overlay import Overlay

PAIRS = int(os.environ.get("EDGE_POSE_VIEWER_PAIRS", "12"))
WINDOW_S = float(os.environ.get("EDGE_POSE_VIEWER_WINDOW_S", "5"))
VIEWERS = 3
CHANGE = 0.03
"""By how much the rate may change."""


# ---- the statistic ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """Rate when watched over rate when alone, with its 90 % interval."""

    ratio: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """``unchanged``: the whole interval lies within the limits (two one-sided tests at 5 %);
        ``changed``: it lies outside; ``unsure``: the windows scatter too much to tell."""
        if self.low >= 1.0 - CHANGE and self.high <= 1.0 + CHANGE:
            return "unchanged"
        if self.high < 1.0 - CHANGE or self.low > 1.0 + CHANGE:
            return "changed"
        return "unsure"

    def __str__(self) -> str:
        return f"{self.ratio:.4f} (90 % interval {self.low:.4f} to {self.high:.4f})"


def compared(alone: Sequence[float], watched: Sequence[float]) -> Comparison:
    """Of neighbouring windows, so that whatever else the machine does cancels out."""
    from scipy.stats import t

    logs = [math.log(b / a) for a, b in zip(alone, watched, strict=True)]
    middle = fmean(logs)
    reach = float(t.ppf(0.95, len(logs) - 1)) * stdev(logs) / math.sqrt(len(logs))
    return Comparison(math.exp(middle), math.exp(middle - reach), math.exp(middle + reach))


@pytest.mark.parametrize(
    ("factor", "scatter", "verdict"),
    [(1.0, 0.005, "unchanged"), (0.99, 0.005, "unchanged"), (0.9, 0.005, "changed"),
     (1.0, 0.2, "unsure"), (0.97, 0.01, "unsure")],
)  # fmt: skip
def test_the_comparison_knows_what_it_does_not_know(
    factor: float, scatter: float, verdict: str
) -> None:
    drift = [30.0 - 0.8 * pair for pair in range(12)]  # a machine that grows busier
    signs = (1.0, -1.0, 0.5, -0.5) * 3
    watched = [rate * factor * (1.0 + scatter * s) for rate, s in zip(drift, signs, strict=True)]
    found = compared(drift, watched)
    assert found.verdict == verdict
    assert found.low <= factor <= found.high * 1.001


# ---- the run ----------------------------------------------------------------------------------


_VIEWERS = """
import http.client, selectors, sys
port, count = int(sys.argv[1]), int(sys.argv[2])
chosen, received = selectors.DefaultSelector(), [0] * count
for number in range(count):
    viewer = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    viewer.request("GET", "/stream.mjpg")
    chosen.register(viewer.sock, selectors.EVENT_READ, (number, viewer, viewer.getresponse()))
told = False
while True:
    for key, _ in chosen.select():
        number, viewer, answer = key.data
        received[number] += len(answer.read1(65536))
    if not told and min(received) > 20000:
        told = True
        print("watching", flush=True)
"""
"""Reads all pictures as fast as they come, in a process of its own as a browser is."""


@contextmanager
def watching(port: int) -> Iterator[None]:
    """Three viewers, from the moment when each has its first pictures."""
    command = [sys.executable, "-c", _VIEWERS, str(port), str(VIEWERS)]
    viewers = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert viewers.stdout is not None
        assert viewers.stdout.readline() == "watching\n"
        yield
    finally:
        viewers.kill()
        viewers.wait(5)
        assert viewers.stdout is not None
        viewers.stdout.close()


class Watch:
    """Measures windows of a running program."""

    def __init__(self, app: App, port: int) -> None:
        self._app, self._port, self._never = app, port, Event()

    def until_seen(self, frames: int) -> None:
        while self._app.inference.seen < frames:
            self._app.clock.wait(self._never, 0.05)

    def alone(self) -> float:
        while self._app.feed.viewers:
            self._app.clock.wait(self._never, 0.05)
        return self._rate()

    def watched(self) -> float:
        with watching(self._port):
            assert self._app.feed.viewers == VIEWERS
            return self._rate()

    def _rate(self) -> float:
        clock, stage = self._app.clock, self._app.inference
        began_s, before = clock.now(), stage.seen
        clock.wait(self._never, WINDOW_S)
        return (stage.seen - before) / (clock.now() - began_s)


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Grows by one with every picture drawn anywhere."""
    made: list[float] = []
    draw = Overlay.draw

    def counted(self: Overlay, *args: object, **kwargs: object) -> object:
        made.append(1.0)
        return draw(self, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Overlay, "draw", counted)
    return made


@pytest.mark.soak
def test_three_viewers_leave_the_inference_rate_alone(
    tmp_path: Path, free_port: int, drawings: list[float]
) -> None:
    """Windows alone and watched by turns (A B, B A, …); their ratio must be 1 within 3 %."""
    app = App(
        Config.model_validate(
            {
                "web": {"port": free_port},
                "store": {"enabled": False},
                "runtime": {"state_dir": str(tmp_path)},
            }
        ),
        remember=False,
        source=(source := EndlessDemo()),
    )
    stage = Program(app)
    stage.start()
    alone, watched, unseen, seen = [], [], 0, 0
    try:
        watch = Watch(app, free_port)
        watch.until_seen(60)
        for pair in range(PAIRS):
            for first in (True, False) if pair % 2 else (False, True):
                before = len(drawings)
                if first:
                    alone.append(watch.alone())
                    unseen += len(drawings) - before
                else:
                    watched.append(watch.watched())
                    seen += len(drawings) - before
    finally:
        stage.stop()
        assert stage.join(8.0)
    found = compared(alone, watched)
    print(
        f"\n{PAIRS} pairs of {WINDOW_S:g} s at {source.fps:g} fps: {fmean(alone):.2f} frames a "
        f"second alone, {fmean(watched):.2f} with {VIEWERS} viewers: {found}; {seen} pictures "
        f"drawn while watched, {unseen} while not"
    )
    assert unseen == 0, "nothing is drawn while nobody looks"
    assert seen > 0
    if found.verdict == "unsure":
        pytest.skip(f"this machine is too busy to tell: {found}; more EDGE_POSE_VIEWER_PAIRS")
    assert found.verdict == "unchanged", str(found)
