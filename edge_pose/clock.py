"""Time as the program sees it: monotonic seconds, injected so that tests own it."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Monotonic seconds and a wait; the only way code outside stages learns the time."""

    def now(self) -> float:
        """Seconds since an arbitrary fixed moment; never goes back."""
        ...

    def wall(self) -> float:
        """Seconds since the epoch, UTC; for people and records only, never for rules."""
        ...


class SystemClock:
    """The machine's own clocks; ``now`` shares its zero with V4L2 and libcamera timestamps."""

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()
