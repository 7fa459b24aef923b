"""When something with a rate of its own is due, by frame time."""

from __future__ import annotations

import math


class Due:
    """A clock that says yes at most ``rate_hz`` times a second; never at 0."""

    def __init__(self, rate_hz: float) -> None:
        # A tenth early counts, or a rate that divides the frame rate would lose every other turn.
        self._period_s = 0.9 / rate_hz if rate_hz > 0.0 else math.inf
        self._last_s: float | None = None

    def now(self, t_s: float) -> bool:
        """Whether it is due at this time; a clock that went back makes it due."""
        if self._period_s == math.inf:
            return False
        return self._last_s is None or not 0.0 <= t_s - self._last_s < self._period_s

    def done(self, t_s: float) -> None:
        self._last_s = t_s

    def reset(self) -> None:
        """Due at once."""
        self._last_s = None
