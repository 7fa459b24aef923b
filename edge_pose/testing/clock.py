"""A clock that tests own: it stands still until told, and a wait on it passes at once."""

from __future__ import annotations

import threading


class FakeClock:
    """Monotonic seconds from ``start_s``; ``wait`` moves it on, so nothing ever sleeps."""

    def __init__(self, start_s: float = 0.0, *, wall_s: float = 1_700_000_000.0) -> None:
        self._lock = threading.Lock()
        self._now = start_s
        self._wall = wall_s
        self._slept = 0.0
        self.waits: list[float] = []

    def now(self) -> float:
        with self._lock:
            return self._now

    def wall(self) -> float:
        with self._lock:
            return self._wall

    def elapsed(self) -> float:
        with self._lock:
            return self._now + self._slept

    def sleep(self, seconds: float) -> None:
        """The machine is suspended: only ``elapsed`` and the wall clock go on."""
        with self._lock:
            self._slept += seconds
            self._wall += seconds

    def advance(self, seconds: float) -> None:
        """Let time pass, on both clocks."""
        with self._lock:
            self._now += seconds
            self._wall += seconds

    def jump_wall(self, seconds: float) -> None:
        """What a time server does to a board without a battery clock."""
        with self._lock:
            self._wall += seconds

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        if not event.is_set():
            self.waits.append(timeout_s)
            self.advance(max(0.0, timeout_s))
        return event.is_set()
