"""PERCLOS: the share of the last minute's measured time in which the eyes were closed.

Source: Wierwille et al. 1994; FHWA-MCRT-98-006. Closures shorter than a blink are excluded;
time in which the eyes cannot be measured, or are lowered by a look down, counts in neither
numerator nor denominator.
"""

from __future__ import annotations

from edge_pose.config.fatigue import PerclosConfig


class Perclos:
    """A ring of one-second buckets: constant memory at any frame rate."""

    def __init__(self, config: PerclosConfig) -> None:
        self._config = config
        self._measured = [0.0] * config.window_s
        self._closed = [0.0] * config.window_s
        self._measured_s = self._closed_s = 0.0
        self._second: int | None = None
        self._pending: dict[int, float] = {}
        self._closure_s = 0.0

    @property
    def value(self) -> float | None:
        """The share in [0, 1]; None while too little has been measured."""
        if self._measured_s < self._config.min_measured_s:
            return None
        return max(0.0, min(1.0, self._closed_s / self._measured_s))

    def update(self, t_s: float, dt_s: float, closed: bool | None) -> float | None:
        """Count one moment; ``closed`` None: not to be judged. Returns ``value``."""
        second = int(t_s)
        if second != self._second:
            self._advance(second)
        if closed is None:
            self._forget_closure()
            return self.value
        self._measured[second % self._config.window_s] += dt_s
        self._measured_s += dt_s
        if closed:
            self._count_closed(second, dt_s)
        else:
            self._forget_closure()
        return self.value

    def _count_closed(self, second: int, dt_s: float) -> None:
        """Hold a closure back until it is too long for a blink, then count all of it."""
        self._closure_s += dt_s
        self._pending[second] = self._pending.get(second, 0.0) + dt_s
        # Sums of time steps miss the limit by a rounding error.
        if self._closure_s < self._config.blink_s - 1e-6:
            return
        for when, amount in self._pending.items():
            self._closed[when % self._config.window_s] += amount
            self._closed_s += amount
        self._pending.clear()

    def _forget_closure(self) -> None:
        if self._closure_s:
            self._closure_s = 0.0
            self._pending.clear()

    def _advance(self, second: int) -> None:
        """Empty the buckets of the seconds that have passed since the last sample."""
        last = self._second
        self._second = second
        if last is None or second <= last:
            return
        for when in range(max(last, second - self._config.window_s) + 1, second + 1):
            self._measured[when % self._config.window_s] = 0.0
            self._closed[when % self._config.window_s] = 0.0
        # Summed afresh once a second, so that no rounding error grows.
        self._measured_s, self._closed_s = sum(self._measured), sum(self._closed)
