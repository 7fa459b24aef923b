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
        self._usual_s = 0.0
        self._seen = 0

    def accept(self, t_s: float) -> Step | None:
        """Where this observation lies in time; None for one that is to be dropped."""
        if not math.isfinite(t_s):
            return None
        if self._last is None:
            self._last = self._now = t_s
            return Step(t_s=t_s, dt_s=0.0)
        gap = t_s - self._last
        if gap <= 0.0:
            return self._late(t_s, gap)
        self._strays = 0
        self._last = t_s
        hole = gap > max(self._config.longest_step_s, self._config.lost_in_a_row * self._usual_s)
        self._learn(gap)
        if hole:
            return Step(t_s=self._now, dt_s=0.0, hole_s=gap, interval_s=self._usual_s)
        self._now += gap
        return Step(t_s=self._now, dt_s=gap, interval_s=self._usual_s)

    def _learn(self, gap: float) -> None:
        """The median of the last intervals: lost observations do not change it."""
        if gap > self._config.jump_back_s:
            return
        self._intervals.append(gap)
        self._seen += 1
        if self._seen < _INTERVALS or self._seen % _EVERY == 0:
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
        return Step(t_s=self._now, dt_s=0.0, hole_s=-gap, restarted=True)
