"""Filters whose answer depends on seconds, not on how many observations came in them."""

from __future__ import annotations

import math

from edge_pose.config.monitor import PoseFilterConfig


def share(dt_s: float, time_constant_s: float) -> float:
    """How far a first-order low-pass moves towards its input within ``dt_s``."""
    if time_constant_s <= 0.0:
        return 1.0
    return 1.0 - math.exp(-dt_s / time_constant_s)


class OneEuro:
    """A low-pass that follows fast movements and calms slow ones (Casiez, Roussel, Vogel 2012)."""

    def __init__(self, config: PoseFilterConfig) -> None:
        self._cutoff = config.cutoff_hz
        self._factor = config.speed_factor
        self._speed_constant = 1.0 / (2.0 * math.pi * config.speed_cutoff_hz)
        self._value: float | None = None
        self._speed = 0.0

    def update(self, value: float, dt_s: float) -> float:
        """The smoothed value."""
        last = self._value
        if last is None or dt_s <= 0.0:
            self._value = value if last is None else last
            return self._value
        speed = (value - last) / dt_s
        self._speed += share(dt_s, self._speed_constant) * (speed - self._speed)
        cutoff = self._cutoff + self._factor * abs(self._speed)
        self._value = last + share(dt_s, 1.0 / (2.0 * math.pi * cutoff)) * (value - last)
        return self._value

    def reset(self) -> None:
        """Start afresh with the next value."""
        self._value = None
        self._speed = 0.0
