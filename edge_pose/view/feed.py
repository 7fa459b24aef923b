"""What the views look at: the newest scene, and the alerts and trend of the drive so far.

The inference loop writes (``scene``, ``alert``: a few assignments under a lock, never a drawing);
views read in their own stages. Nothing is drawn or encoded here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from edge_pose.clock import Clock, SystemClock
from edge_pose.values import Alert, CameraCondition, DriverState, GuideView, Scene
from edge_pose.view.wording import Notice, guide_notice, past

_TREND_STEP_S = 0.1
_TREND_S = 120.0
_EPISODES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PastEpisode:
    """One episode of today, in civil time (UTC seconds since the epoch)."""

    id: str
    kind: str
    headline: str
    level: int
    start_s: float
    alert_s: float
    end_s: float | None
    reason: str
    ongoing: bool = False
    """It lasts still; without that and without an end nobody saw it end (a power cut)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One point of the small charts; None = not measured. Angles as the rules judge them: against
    the road ahead once that is known."""

    wall_s: float
    yaw_deg: float | None
    pitch_deg: float | None
    attention: float | None
    level: int
    eyes: float | None
    perclos: float | None


class SceneFeed:
    """One writer, many readers, each woken when something new is there."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock: Clock = clock or SystemClock()
        self._news = threading.Condition()
        self._scene: Scene | None = None
        self._number = 0
        self._wall_offset_s = 0.0
        self._came_s: float | None = None
        self._sampled_s = float("-inf")
        self._viewers = 0
        self._listeners: list[Callable[[Alert], None]] = []
        self._episodes: OrderedDict[int, PastEpisode] = OrderedDict()
        self.guide: GuideView | None = None
        """What the calibration guide says now; None while it does not run."""
        self._trend: deque[Sample] = deque(maxlen=int(_TREND_S / _TREND_STEP_S))

    def scene(self, scene: Scene) -> None:
        """The newest scene; the one before is forgotten."""
        wall_s = self._clock.wall()
        with self._news:
            self._scene = scene
            self._number += 1
            self._came_s = self._clock.now()
            self._wall_offset_s = wall_s - scene.state.t_s
            # By a clock that nobody sets: one set back by a year would end the curve for a year.
            if self._came_s - self._sampled_s >= _TREND_STEP_S - 0.005:
                self._sampled_s = self._came_s
                self._trend.append(_sample(scene, wall_s))
            self._news.notify_all()

    def alert(self, alert: Alert) -> None:
        """One turn of an episode: kept for the list, and told to every listener at once. Of a
        rule on trial nobody hears."""
        if alert.shadow:
            return
        with self._news:
            self._episodes[alert.id] = self._past(alert)
            while len(self._episodes) > _EPISODES:
                self._episodes.popitem(last=False)
            listeners = tuple(self._listeners)
            self._news.notify_all()
        for listener in listeners:
            listener(alert)

    @property
    def latest(self) -> tuple[int, Scene | None]:
        """(running number, newest scene); the number tells whether it is a new one."""
        with self._news:
            return self._number, self._scene

    def wait(self, after: int, timeout_s: float) -> tuple[int, Scene | None]:
        """The first scene with a number above ``after``; after the timeout whatever is there."""
        with self._news:
            self._news.wait_for(lambda: self._number > after, timeout_s)
            return self._number, self._scene

    @property
    def notice(self) -> Notice | None:
        """The guide's words for the banner, while it runs."""
        guide = self.guide
        return None if guide is None else guide_notice(guide)

    @property
    def age_s(self) -> float | None:
        """Seconds since the newest scene came; None before the first."""
        with self._news:
            return None if self._came_s is None else max(0.0, self._clock.now() - self._came_s)

    @property
    def episodes(self) -> tuple[PastEpisode, ...]:
        """This run's episodes, oldest first."""
        with self._news:
            return tuple(self._episodes.values())

    @property
    def trend(self) -> tuple[Sample, ...]:
        """The last two minutes at ten points a second, oldest first."""
        with self._news:
            return tuple(self._trend)

    @property
    def viewers(self) -> int:
        """How many want pictures now. At 0 nothing is drawn and nothing encoded."""
        with self._news:
            return self._viewers

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count the caller among the viewers."""
        with self._news:
            self._viewers += 1
        try:
            yield
        finally:
            with self._news:
                self._viewers -= 1

    @contextmanager
    def listening(self, listener: Callable[[Alert], None]) -> Iterator[None]:
        """Call ``listener`` from the writer's thread for each alert; it must not block."""
        with self._news:
            self._listeners.append(listener)
        try:
            yield
        finally:
            with self._news:
                self._listeners.remove(listener)

    def wall_s(self, t_s: float) -> float:
        """Civil time of a moment of the frame clock."""
        with self._news:
            return t_s + self._wall_offset_s

    def _past(self, alert: Alert) -> PastEpisode:
        now_s = self._clock.wall()
        start = now_s - (alert.t_s - alert.t_start_s)
        end = alert.t_end_s
        return PastEpisode(
            id=f"now-{alert.id}",
            kind=str(alert.kind),
            headline=past(alert.kind),
            level=int(alert.level),
            start_s=start,
            alert_s=start + (alert.t_alert_s - alert.t_start_s),
            end_s=None if end is None else start + (end - alert.t_start_s),
            reason=alert.reason,
            ongoing=end is None,
        )


def _sample(scene: Scene, wall_s: float) -> Sample:
    state = scene.state
    seen = state.enabled and state.camera is CameraCondition.OK
    yaw, pitch = _angles(state) if seen else (None, None)
    return Sample(
        wall_s=wall_s,
        yaw_deg=yaw,
        pitch_deg=pitch,
        attention=state.attention if seen else None,
        level=state.level,
        eyes=state.eyes.openness if state.eyes else None,
        perclos=state.perclos,
    )


def _angles(state: DriverState) -> tuple[float | None, float | None]:
    if state.off_neutral_deg is not None:
        return state.off_neutral_deg
    return (state.pose.yaw_deg, state.pose.pitch_deg) if state.pose else (None, None)
