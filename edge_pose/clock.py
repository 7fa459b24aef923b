"""Time as the program sees it: monotonic seconds, injected so that tests own it."""

from __future__ import annotations

import threading
import time
from typing import Protocol

_SLEEP_COUNTS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Clock(Protocol):
    """Monotonic seconds and a wait; the only way code outside stages learns the time."""

    def now(self) -> float:
        """Seconds since an arbitrary fixed moment; never goes back."""
        ...

    def wall(self) -> float:
        """Seconds since the epoch, UTC; for people and records only, never for rules."""
        ...

    def elapsed(self) -> float:
        """As ``now``, but the seconds in which the machine slept count, too."""
        ...

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait until the event is set or the time has passed; True if it is set."""
        ...


class SystemClock:
    """The machine's own clocks; ``now`` shares its zero with V4L2 and libcamera timestamps."""

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()

    def elapsed(self) -> float:
        return time.clock_gettime(_SLEEP_COUNTS)

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        return event.wait(max(0.0, timeout_s))
