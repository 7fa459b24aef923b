"""A one-slot hand-off between two threads: the newest value wins, overwritten ones are counted."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """Carries frames from a fast writer to a slow reader without ever queueing.

    After ``close`` the value still in the slot can be taken; then the hand-off is ``drained``.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._slot: list[T] = []
        self._dropped = 0
        self._closed = False

    def put(self, value: T) -> None:
        """Offer a value at once; one that nobody took yet is dropped. Ignored once closed."""
        with self._changed:
            if self._closed:
                return
            self._dropped += len(self._slot)
            self._slot[:] = [value]
            self._changed.notify_all()

    def hand_over(self, value: T, timeout_s: float) -> bool:
        """Offer a value without dropping one: wait for a free slot. False: it was not placed."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or not self._slot, timeout_s)
            if self._closed or self._slot:
                return False
            self._slot.append(value)
            self._changed.notify_all()
            return True

    def take(self, timeout_s: float) -> T | None:
        """The newest value, removed from the slot; None when none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._slot, timeout_s)
            if not self._slot:
                return None
            value = self._slot.pop()
            self._changed.notify_all()
            return value

    def close(self) -> None:
        """No more values will come; wakes everyone who waits. May be called again."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def dropped(self) -> int:
        """How many values were overwritten before anyone took them."""
        with self._changed:
            return self._dropped

    @property
    def closed(self) -> bool:
        with self._changed:
            return self._closed

    @property
    def drained(self) -> bool:
        """True when closed and empty: nothing can ever be taken again."""
        with self._changed:
            return self._closed and not self._slot
