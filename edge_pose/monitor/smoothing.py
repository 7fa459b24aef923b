"""Filters whose answer depends on seconds, not on how many observations came in them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from edge_pose.config.monitor import PoseFilterConfig


def share(dt_s: float, time_constant_s: float) -> float:
    """How far a first-order low-pass moves towards its input within ``dt_s``."""
    if time_constant_s <= 0.0:
        return 1.0
    return 1.0 - math.exp(-dt_s / time_constant_s)


class OneEuro:
    """A low-pass that follows fast movements and calms slow ones (Casiez, Roussel, Vogel 2012), for
    values that are measured together, each with its own speed."""

    def __init__(self, config: PoseFilterConfig) -> None:
        self._cutoff = config.cutoff_hz
        self._factor = config.speed_factor
        self._speed_constant = 1.0 / (2.0 * math.pi * config.speed_cutoff_hz)
        self._last: Sequence[float] | None = None
        self._speeds: list[float] = []

    def update(self, values: Sequence[float], dt_s: float) -> Sequence[float]:
        """The smoothed values, as many and in the same order."""
        last = self._last
        if last is None:
            self._last, self._speeds = values, [0.0] * len(values)
            return values
        if dt_s <= 0.0:
            return last
        calmed, speeds, smooth = share(dt_s, self._speed_constant), self._speeds, list(last)
        for i, value in enumerate(values):
            change = value - last[i]
            speeds[i] += calmed * (change / dt_s - speeds[i])
            cutoff = self._cutoff + self._factor * abs(speeds[i])
            smooth[i] += share(dt_s, 1.0 / (2.0 * math.pi * cutoff)) * change
        self._last = smooth
        return smooth

    def reset(self) -> None:
        """Start afresh with the next values."""
        self._last = None
