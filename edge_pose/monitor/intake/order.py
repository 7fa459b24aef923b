"""Intake: observations put in order, each with the time it stands for.

Rules count on the intake's own clock: seconds of observation with the holes cut out, never
running back. A duplicate or a latecomer is dropped. A clock that jumps ahead is a hole; one that
jumps back is believed once several observations agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from edge_pose.config.monitor import IntakeConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An accepted observation's place in time."""

    t_s: float
    """On the intake's own clock."""
    dt_s: float
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
        dt = min(gap, self._config.longest_step_s)
        self._last = t_s
        self._now += dt
        return Step(t_s=self._now, dt_s=dt)

    def _late(self, t_s: float, gap: float) -> Step | None:
        """A latecomer, or with others that follow it in order, a new clock."""
        if gap > -self._config.jump_back_s:
            return None
        self._strays = self._strays + 1 if t_s > self._stray else 1
        self._stray = t_s
        if self._strays < self._config.jump_count:
            return None
        self._last, self._strays, self._stray = t_s, 0, math.inf
        return Step(t_s=self._now, dt_s=0.0, restarted=True)
