"""A bounded queue for values that matter one by one (alerts): never lost silently."""

from __future__ import annotations

import logging
import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


class Mailbox(Generic[T]):
    """First in, first out. When full the oldest value gives way, which is counted and logged.

    After ``close`` the waiting values can still be taken; then the mailbox is ``drained``.
    """

    def __init__(self, name: str, capacity: int = 256) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._waiting: deque[T] = deque()
        self._capacity = capacity
        self._lost = 0
        self._overflowing = False
        self._closed = False

    def put(self, value: T) -> bool:
        """Queue a value without waiting. False when that cost the oldest one, or when closed."""
        with self._changed:
            if self._closed:
                self._lost += 1
                log.warning("%s: a message came after the end and was not delivered", self._name)
                return False
            overflow = len(self._waiting) >= self._capacity
            if overflow:
                self._waiting.popleft()
                self._lost += 1
            self._waiting.append(value)
            self._changed.notify_all()
            started, self._overflowing = overflow and not self._overflowing, overflow
        if started:
            log.warning("%s: %d messages wait, the oldest is dropped", self._name, self._capacity)
        return not overflow

    def take(self, timeout_s: float) -> T | None:
        """The oldest waiting value, or None when none came in time."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting, timeout_s)
            return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        """No more values will come; wakes everyone who waits. May be called again."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def __len__(self) -> int:
        with self._changed:
            return len(self._waiting)

    @property
    def lost(self) -> int:
        """How many values were dropped since the start."""
        with self._changed:
            return self._lost

    @property
    def drained(self) -> bool:
        """True when closed and empty: nothing can ever be taken again."""
        with self._changed:
            return self._closed and not self._waiting
