"""What the pulses of a speed line and the level of a moving line mean: pure, over time.

A cut wire is silent like a standing car. So silence is believed only where a car could have
stopped, and only for a while.
"""

from __future__ import annotations

import math
from collections import deque

_WINDOW_S = 2.0
_BRAKING_M_S2 = 11.8
"""1.2 g: no road car on road tyres brakes harder, so a speed that ends faster is a broken line."""
_STRETCH_M = 1.5
"""The last speed is taken over this distance: short against any way to brake, long against the
spacing of pulses and the pace at which lines are looked at."""


_GAP_S = 0.5
"""A shorter silence is a line looked at late."""


class SpeedMeter:
    """Speed from pulses over the last two seconds.

    Unknown until the first pulse, after a stop that no car can make, and after ``silence_max_s``
    without a pulse.
    """

    def __init__(self, pulses_per_km: float, silence_max_s: float) -> None:
        self._pulse_m = 1000.0 / pulses_per_km
        self._silence_max_s = silence_max_s
        self._counts: deque[tuple[float, int]] = deque()
        self._total = 0
        self._ending = _Ending(self._pulse_m)

    def update(self, t_s: float, pulses: int) -> float | None:
        """Take the pulses since the last call; the speed in km/h."""
        self._total += pulses
        self._counts.append((t_s, self._total))
        while len(self._counts) > 2 and self._counts[1][0] <= t_s - _WINDOW_S:
            self._counts.popleft()
        if pulses:
            self._ending.note(t_s, self._total)
        silence_s = self._ending.silence_s(t_s)
        if silence_s > self._silence_max_s or self._ending.is_impossible(t_s):
            return None
        start_s, before = self._counts[0]
        span_s = t_s - start_s
        return (self._total - before) * self._pulse_m / span_s * 3.6 if span_s > 0 else None


class _Ending:
    """How the pulses ended: whether the car that gave them can have stopped since."""

    def __init__(self, pulse_m: float) -> None:
        self._pulse_m = pulse_m
        self._stretch = max(4, math.ceil(_STRETCH_M / pulse_m))
        self._last: deque[tuple[float, int]] = deque()

    def note(self, t_s: float, total: int) -> None:
        """There were pulses; ``total`` of them so far."""
        self._last.append((t_s, total))
        while len(self._last) > 2 and total - self._last[1][1] >= self._stretch:
            self._last.popleft()

    def silence_s(self, t_s: float) -> float:
        """Seconds since the last pulse; infinite before the first."""
        return t_s - self._last[-1][0] if self._last else math.inf

    def is_impossible(self, t_s: float) -> bool:
        """Even under full braking it would have given another pulse by now, with half of one for
        when within a look the last one came."""
        (start_s, before), (end_s, total) = self._last[0], self._last[-1]
        took_s = end_s - start_s
        if took_s <= 0:
            return False
        mean_m_s = (total - before) * self._pulse_m / took_s
        end_m_s = max(0.0, mean_m_s - _BRAKING_M_S2 * took_s / 2.0)
        rolls_s = min(t_s - end_s, end_m_s / _BRAKING_M_S2)
        rolled_m = end_m_s * rolls_s - _BRAKING_M_S2 * rolls_s**2 / 2.0
        return t_s - end_s > _GAP_S and rolled_m > 1.5 * self._pulse_m


class MovingLine:
    """A line that only tells moving from standing; unknown until it has told moving once, and
    again when it has told standing for ``silence_max_s``."""

    def __init__(self, silence_max_s: float) -> None:
        self._silence_max_s = silence_max_s
        self._moving_s: float | None = None

    def standstill(self, t_s: float, moving: bool) -> bool | None:
        if moving:
            self._moving_s = t_s
        if self._moving_s is None or t_s - self._moving_s > self._silence_max_s:
            return None
        return not moving
