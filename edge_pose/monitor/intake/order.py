"""Intake: observations put in order, each with the time it stands for.

Rules count on the intake's own clock: seconds of observation with the holes cut out, never
running back. A duplicate or a latecomer is dropped. Nothing is credited for a hole. A clock that
jumps ahead is a hole; one that jumps back is believed once several observations agree.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from edge_pose.config.monitor import IntakeConfig

_INTERVALS = 31  # so many intervals make the usual one, their median
_EVERY = 5  # … which is taken again after so many
_LATELY_S = 3.0  # … but of no more than so long: a stream that slows down is told within seconds
_FEWEST = 3  # … and of no fewer
_SLOW_S = 0.2  # observations so far apart are each looked at
_LONGEST_S = 5.0  # a longer pause is no rate: the camera was away


@dataclass(slots=True, kw_only=True)
class Step:
    """An accepted observation's place in time. No one writes to it (see ``Sample``)."""

    t_s: float
    """On the intake's own clock."""
    dt_s: float
    hole_s: float = 0.0
    """Time before it in which nothing was observed."""
    interval_s: float = 0.0
    """The usual time between two observations; 0 while it is not known."""
    restarted: bool = False
    """The clock of the observations has jumped back."""


class Intake:
    """Keeps the last accepted time, and a possible new one after a jump back."""

    def __init__(self, config: IntakeConfig) -> None:
        self._config = config
        self._last: float | None = None
        self._now = 0.0
        self._strays = 0
        self._stray: float = math.inf
        self._intervals: deque[float] = deque(maxlen=_INTERVALS)
        self._picture_s: float | None = None
        self._usual_s = 0.0
        self._seen = 0

    def accept(self, t_s: float, *, picture: bool = True) -> Step | None:
        """Where this observation lies in time; None for one that is to be dropped. ``picture``:
        it comes from a picture, not from the want of one, which says nothing of their rate."""
        if not math.isfinite(t_s):
            return None
        if self._last is None:
            self._last = self._now = self._picture_s = t_s
            return Step(t_s=t_s, dt_s=0.0)
        gap = t_s - self._last
        if gap <= 0.0:
            return self._late(t_s, gap)
        self._strays = 0
        self._last = t_s
        hole = gap > max(self._config.longest_step_s, self._config.lost_in_a_row * self._usual_s)
        if picture:
            self._learn(gap if self._picture_s is None else t_s - self._picture_s)
            self._picture_s = t_s
        if hole:
            return Step(t_s=self._now, dt_s=0.0, hole_s=gap, interval_s=self._usual_s)
        self._now += gap
        return Step(t_s=self._now, dt_s=gap, interval_s=self._usual_s)

    def _learn(self, gap: float) -> None:
        """The median of the last intervals: lost observations do not change it."""
        if gap > _LONGEST_S:
            return
        intervals = self._intervals
        intervals.append(gap)
        if gap > _SLOW_S:  # sums only where they matter: 31 quick ones are soon over
            while len(intervals) > _FEWEST and sum(intervals) - intervals[0] > _LATELY_S:
                intervals.popleft()
        self._seen += 1
        if self._seen < _INTERVALS or self._seen % _EVERY == 0 or gap > _SLOW_S:
            self._usual_s = sorted(self._intervals)[len(self._intervals) // 2]

    def _late(self, t_s: float, gap: float) -> Step | None:
        """A latecomer, or with others that follow it in order, a new clock."""
        if gap > -self._config.jump_back_s:
            return None
        self._strays = self._strays + 1 if t_s > self._stray else 1
        self._stray = t_s
        if self._strays < self._config.jump_count:
            return None
        self._last, self._strays, self._stray = t_s, 0, math.inf
        self._picture_s = t_s
        return Step(t_s=self._now, dt_s=0.0, hole_s=-gap, restarted=True)
