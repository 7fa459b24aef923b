"""Meters for a loop: rates and quantiles over the last samples, without a per-frame allocation."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


class Quantiles:
    """The last ``capacity`` samples of a quantity; one thread writes, any thread reads."""

    def __init__(self, capacity: int = 512) -> None:
        self._samples = np.zeros(capacity, dtype=np.float64)
        self._count = 0
        self.total = 0.0
        """Sum of all samples ever added."""

    def add(self, value: float) -> None:
        self._samples[self._count % len(self._samples)] = value
        self._count += 1
        self.total += value

    def quantile(self, q: float) -> float:
        """The q-quantile (0 … 1) of the samples kept; 0.0 when there are none."""
        ordered = np.sort(self._samples[: min(self._count, len(self._samples))])
        if not len(ordered):
            return 0.0
        # np.quantile would bring in masked arrays at its first call: 1.3 MB, and a stall on a Pi.
        below = int(q * (len(ordered) - 1))
        share = q * (len(ordered) - 1) - below
        low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
        return min(low + share * (high - low), high)  # rounding must not lead beyond a sample

    @property
    def p50(self) -> float:
        return self.quantile(0.50)

    @property
    def p95(self) -> float:
        return self.quantile(0.95)

    @property
    def count(self) -> int:
        """Samples ever added."""
        return self._count

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Add the duration of the block, in milliseconds."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add((time.perf_counter() - started) * 1e3)


class Rate:
    """Events per second over the last ``window_s`` seconds (at most ``capacity`` events)."""

    def __init__(self, window_s: float = 2.0, capacity: int = 256) -> None:
        self._window_s = window_s
        self._times = np.full(capacity, -np.inf, dtype=np.float64)
        self._count = 0

    def add(self, t_s: float) -> None:
        """Note an event at clock time ``t_s``."""
        self._times[self._count % len(self._times)] = t_s
        self._count += 1

    def per_s(self, now_s: float) -> float:
        """The present rate; 0.0 when fewer than two events lie in the window."""
        recent = self._times[self._times > now_s - self._window_s]
        if len(recent) < 2:
            return 0.0
        span = float(recent.max() - recent.min())
        return (len(recent) - 1) / span if span > 0 else 0.0

    @property
    def count(self) -> int:
        """Events ever noted."""
        return self._count
