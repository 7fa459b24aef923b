"""Minutes on their way to the disk, dated by the clock as it goes when they are written."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from edge_pose.sinks.store.minutes import Minute
from edge_pose.sinks.wall_clock import WallTime

_WAITING = 120
_SAME_S = 1.0


@dataclass(frozen=True, slots=True)
class DatedMinute:
    """A minute with its beginning on the frame clock."""

    minute: Minute
    t_s: float | None
    synchronised: bool | None


class WaitingMinutes:
    """At most two hours of them; then the oldest are lost."""

    def __init__(self, wall: WallTime) -> None:
        self._wall = wall
        self._waiting: deque[DatedMinute] = deque(maxlen=_WAITING)

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, minute: Minute, began_t_s: float | None) -> None:
        t_s = None if self._wall.media else began_t_s
        moved = t_s is not None and abs(t_s + self._wall.offset_s - minute.utc_s) > _SAME_S
        synchronised = False if moved else self._wall.synchronised
        self._waiting.append(DatedMinute(minute, t_s, synchronised))

    def dated(self) -> list[DatedMinute]:
        """All of them, with the date by the clock as it goes now: it may have been set since."""
        return [self._dated(waiting) for waiting in self._waiting]

    def clear(self) -> None:
        self._waiting.clear()

    def _dated(self, waiting: DatedMinute) -> DatedMinute:
        if waiting.t_s is None or waiting.synchronised is True:
            return waiting
        utc_s = waiting.t_s + self._wall.offset_s
        if abs(utc_s - waiting.minute.utc_s) < _SAME_S:
            return waiting
        minute = replace(waiting.minute, utc_s=utc_s)
        return DatedMinute(minute, waiting.t_s, self._wall.synchronised)
