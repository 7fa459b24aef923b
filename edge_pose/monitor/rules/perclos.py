"""PERCLOS: the share of the last minute's measured time in which the eyes were closed.

Source: Wierwille et al. 1994; FHWA-MCRT-98-006. Closures shorter than a blink are excluded;
time in which the eyes cannot be measured, or are lowered by a look down, counts in neither
numerator nor denominator.
"""

from __future__ import annotations

from edge_pose.config.fatigue import PerclosConfig

_CELLS = 4  # a second; the window forgets in steps of a quarter


class Perclos:
    """A ring of cells: constant memory at any frame rate."""

    def __init__(self, config: PerclosConfig) -> None:
        self._config = config
        self._size = config.window_s * _CELLS
        self._measured = [0.0] * self._size
        self._closed = [0.0] * self._size
        self._measured_s = self._closed_s = 0.0
        self._cell: int | None = None
        self._pending: dict[int, float] = {}
        self._closure_s = 0.0
        self._was_closed = False

    @property
    def value(self) -> float | None:
        """The share in [0, 1]; None while too little has been measured."""
        if self._measured_s < self._config.min_measured_s:
            return None
        return max(0.0, min(1.0, self._closed_s / self._measured_s))

    def update(self, t_s: float, dt_s: float, closed: bool | None) -> float | None:
        """Count one moment; ``closed`` None: not to be judged. Returns ``value``. Lids are taken
        to have moved halfway between two samples, so that the rate makes no difference."""
        cell = int(t_s * _CELLS)
        if cell != self._cell:
            self._advance(cell)
        if closed is None:
            self._forget_closure()
            return self.value
        self._measured[cell % self._size] += dt_s
        self._measured_s += dt_s
        if closed:
            self._count_closed(cell, dt_s if self._was_closed else dt_s / 2.0)
        elif self._was_closed:
            self._count_closed(cell, dt_s / 2.0)
            self._forget_closure()
        self._was_closed = closed
        return self.value

    def _count_closed(self, cell: int, dt_s: float) -> None:
        """Hold a closure back until it is too long for a blink, then count all of it."""
        self._closure_s += dt_s
        self._pending[cell] = self._pending.get(cell, 0.0) + dt_s
        # Sums of time steps miss the limit by a rounding error.
        if self._closure_s < self._config.blink_s - 1e-6:
            return
        for when, amount in self._pending.items():
            self._closed[when % self._size] += amount
            self._closed_s += amount
        self._pending.clear()

    def _forget_closure(self) -> None:
        self._was_closed = False
        if self._closure_s:
            self._closure_s = 0.0
            self._pending.clear()

    def _advance(self, cell: int) -> None:
        """Empty the cells that have passed since the last sample."""
        last = self._cell
        self._cell = cell
        if last is None or cell <= last:
            return
        for when in range(max(last, cell - self._size) + 1, cell + 1):
            index = when % self._size
            self._measured_s -= self._measured[index]
            self._closed_s -= self._closed[index]
            self._measured[index] = self._closed[index] = 0.0
            if index == 0:  # summed afresh, so that no rounding error grows
                self._measured_s, self._closed_s = sum(self._measured), sum(self._closed)
