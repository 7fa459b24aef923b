"""What presses and pulses mean: pure, over (time, level, rises)."""

from __future__ import annotations

from collections import deque

_WINDOW_S = 2.0
STANDSTILL_KMH = 1.0


class Button:
    """A press is told at once; held for ``hold_s`` it is told as held too, once a press."""

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self._since_s: float | None = None
        self._held = False

    def update(self, t_s: float, active: bool, rises: int) -> tuple[bool, bool]:
        """(pressed, held) since the last call; a press shorter than a call counts."""
        fresh = active and self._since_s is None
        if fresh or (active and rises):
            self._since_s, self._held = t_s, False
        elif not active:
            self._since_s = None
        held = self._holding(t_s)
        self._held = self._held or held
        return fresh or rises > 0, held

    def _holding(self, t_s: float) -> bool:
        if self._since_s is None or self._held or self._hold_s <= 0:
            return False
        return t_s - self._since_s >= self._hold_s


class SpeedMeter:
    """Speed from pulses over the last two seconds.

    Unknown until the first pulse: a cut wire must not look like a standing car.
    """

    def __init__(self, pulses_per_km: float) -> None:
        self._km = 1.0 / pulses_per_km
        self._counts: deque[tuple[float, int]] = deque()
        self._total = 0

    def update(self, t_s: float, pulses: int) -> float | None:
        """Take the pulses since the last call; the speed in km/h."""
        self._total += pulses
        self._counts.append((t_s, self._total))
        while len(self._counts) > 2 and self._counts[1][0] <= t_s - _WINDOW_S:
            self._counts.popleft()
        if not self._total:
            return None
        start_s, before = self._counts[0]
        span_s = t_s - start_s
        return (self._total - before) * self._km / span_s * 3600.0 if span_s > 0 else None


class MovingLine:
    """A line that only tells moving from standing; unknown until it has told moving once."""

    def __init__(self) -> None:
        self._trusted = False

    def standstill(self, moving: bool) -> bool | None:
        self._trusted = self._trusted or moving
        return not moving if self._trusted else None
