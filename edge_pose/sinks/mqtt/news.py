"""What the line to the broker reports, taken by the sink's own thread."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

_CAPACITY = 1000
_BYTES = 4_000_000
"""Of messages that wait while the sink's disk stalls: a thousand large ones fill the memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Up:
    """The broker has accepted us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """The connection is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldBroker:
    """The broker does not speak MQTT 5: connect again with 3.1.1."""


class Receipt(Enum):
    """What the broker says of a QoS 1 message; with MQTT 3.1.1 it can only say ``TAKEN``."""

    TAKEN = auto()
    NOBODY = auto()
    """Taken, but nobody listens on its topic."""
    REFUSED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """The broker has answered to a QoS 1 message."""

    mid: int
    receipt: Receipt = Receipt.TAKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A message on a subscribed topic."""

    topic: str
    payload: bytes
    retained: bool


News = Up | Down | OldBroker | Acknowledged | Arrived


class NewsQueue:
    """From paho's thread to the sink's, in order. A full one drops its oldest message; what tells
    of the connection is never dropped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news: deque[News] = deque()
        self._messages = self._bytes = 0
        self.arrived = threading.Event()
        """Set when there is news; ``take`` clears it."""

    def leave(self, news: News) -> None:
        with self._lock:
            if isinstance(news, Arrived):
                self._messages += 1
                self._bytes += len(news.payload)
                while self._messages and (self._messages > _CAPACITY or self._bytes > _BYTES):
                    self._drop_oldest_message()
            self._news.append(news)
        self.arrived.set()

    def take(self) -> list[News]:
        """What has happened since the last call, in order."""
        self.arrived.clear()
        with self._lock:
            news = list(self._news)
            self._news.clear()
            self._messages = self._bytes = 0
        return news

    def _drop_oldest_message(self) -> None:
        waiting = enumerate(self._news)
        at, size = next((i, len(one.payload)) for i, one in waiting if isinstance(one, Arrived))
        del self._news[at]
        self._messages -= 1
        self._bytes -= size
