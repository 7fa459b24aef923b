"""The stage that reads frames: times that a source of another package may give."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from edge_pose.live.stages import CaptureStage
from edge_pose.runtime.latest import Latest
from edge_pose.testing.clock import FakeClock
from edge_pose.testing.sources import ScriptedSource
from edge_pose.values import Frame


class Lying(ScriptedSource):
    """A live camera whose frames say another time."""

    def __init__(self, clock: FakeClock, told: Callable[[float, int], float]) -> None:
        super().__init__([1000], clock, fps=10.0)
        self._told = told

    def read(self) -> Frame | None:
        frame = super().read()
        return frame and replace(frame, t=self._told(frame.t, frame.index))


LIES: dict[str, Callable[[float, int], float]] = {
    "always the same": lambda _t, _n: 5.0,
    "backwards": lambda t, n: t - 0.2 * n,
    "the same twice": lambda t, n: t - 0.1 * (n % 2),
    "from the future": lambda t, _n: t + 1000.0,
    "the epoch's": lambda t, _n: t + 1.7e9,
    "of its own start": lambda t, _n: t - 100.0,
    "no number": lambda _t, _n: math.nan,
}


@pytest.mark.parametrize("told", LIES.values(), ids=LIES.keys())
def test_a_camera_that_lies_about_the_time_is_watched_all_the_same(
    told: Callable[[float, int], float],
) -> None:
    clock, frames, times = FakeClock(100.0), Latest[Frame](), list[float]()
    stage = CaptureStage(Lying(clock, told), frames, clock=clock)
    stage.setup()
    for _ in range(50):
        stage.step()
        frame = frames.take(0.0)
        assert frame is not None
        assert 0.0 <= clock.now() - frame.t <= 2.0
        times.append(frame.t)
    assert times == sorted(set(times)), "each later than the one before"


def test_the_sensors_own_times_are_kept() -> None:
    clock, frames = FakeClock(100.0), Latest[Frame]()
    stage = CaptureStage(Lying(clock, lambda t, _n: t - 0.03), frames, clock=clock)
    stage.setup()
    stage.step()
    frame = frames.take(0.0)
    assert frame is not None
    assert frame.t == pytest.approx(clock.now() - 0.03)
