"""Which parts have stopped moving, told apart from a program that did not run at all."""

from __future__ import annotations

from edge_pose.clock import Clock
from edge_pose.runtime.stage import Stage

_OWN_PAUSE_S = 2.0
"""A watcher that was itself away for so long cannot blame others for the same time."""


class Stalls:
    """Looks at stages from the supervising thread; ``tick`` several times a second."""

    def __init__(self, clock: Clock, stall_s: float) -> None:
        self._clock = clock
        self._stall_s = stall_s
        self._ticked_s: float | None = None
        self._since_s = float("-inf")

    def tick(self) -> None:
        """Note that the watcher itself runs."""
        now = self._clock.now()
        if self._ticked_s is not None and now - self._ticked_s > _OWN_PAUSE_S:
            self._since_s = now
        self._ticked_s = now

    def idle_s(self, stage: Stage) -> float:
        """Seconds without progress, as far as the watcher saw them."""
        return self._clock.now() - max(stage.progress_s, self._since_s)

    def hangs(self, stage: Stage) -> bool:
        """The stage's thread lives and has made no progress for too long."""
        return stage.alive and self.idle_s(stage) > (stage.patience_s or self._stall_s)


class Gaps:
    """Notices from inside a loop that it did not run: stopped, starved, or the machine asleep."""

    def __init__(self, clock: Clock, limit_s: float) -> None:
        self._clock = clock
        self._limit_s = limit_s
        self._last_s: float | None = None

    def tick(self) -> float | None:
        """Call once a round; the length of the gap that has just ended, in seconds."""
        now = self._clock.elapsed()
        last, self._last_s = self._last_s, now
        return None if last is None or now - last < self._limit_s else now - last
