"""The page's connections: so many and no more, none idle for long, so that no visitor can use up
the descriptors that the camera and the outputs need."""

from __future__ import annotations

import contextlib
import errno
import resource
import socket
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from edge_pose.view.web.limits import Bucket, network_of

Peer = tuple[str, int]

IDLE_S = 10.0
"""A connection without a request for so long is closed, whatever trickles in."""
_NEW_PER_S, _NEW_AT_ONCE = 30.0, 100.0
_ADDRESS_SHARE = 0.4
"""Of all connections, what one address may hold; more only on loopback, where proxies live."""
_DESCRIPTOR_SHARE = 0.25
_QUEUE = 64
"""Connections that may wait in the kernel."""
_UNREAD_MS = 20_000
"""What a visitor has not taken after so long ends the connection."""


@dataclass(slots=True)
class _Open:
    """One connection: since when it has been idle, or None while it is being answered."""

    channel: socket.socket
    idle_since_s: float | None


class Connections:
    """Counts what is open. All calls come from the server's event loop."""

    def __init__(self, most: int, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        allowed = limit if limit != resource.RLIM_INFINITY else most / _DESCRIPTOR_SHARE
        self.most = max(4, min(most, int(allowed * _DESCRIPTOR_SHARE)))
        self._open: dict[Peer, _Open] = {}
        self._by_host: Counter[str] = Counter()
        self._new = Bucket(_NEW_PER_S, _NEW_AT_ONCE)
        self.refused = 0

    def __len__(self) -> int:
        return len(self._open)

    def crowded(self) -> bool:
        """So many new ones came that the next must wait."""
        return self._new.take(self._now()) > 0.0

    def admit(self, peer: Peer, channel: socket.socket) -> bool:
        """Whether there is room for one more; counts it if so."""
        full = len(self._open) >= self.most
        host = network_of(peer[0])
        greedy = self._by_host[host] >= _ADDRESS_SHARE * self.most and not _is_loopback(peer[0])
        if full or greedy:
            self.refused += 1
            return False
        self._open[peer] = _Open(channel, self._now())
        self._by_host[host] += 1
        return True

    def gone(self, peer: Peer) -> None:
        """It has been closed."""
        if self._open.pop(peer, None) is not None:
            host = network_of(peer[0])
            self._by_host[host] -= 1
            if not self._by_host[host]:
                del self._by_host[host]

    def answering(self, peer: Peer) -> None:
        """A whole request has come and is being answered."""
        if peer in self._open:
            self._open[peer].idle_since_s = None

    def answered(self, peer: Peer) -> None:
        if peer in self._open:
            self._open[peer].idle_since_s = self._now()

    def sweep(self) -> None:
        """Hang up on those that have been idle for too long."""
        now = self._now()
        for one in list(self._open.values()):
            if one.idle_since_s is not None and now - one.idle_since_s > IDLE_S:
                one.idle_since_s = now  # once is enough: the close follows
                with contextlib.suppress(OSError):
                    one.channel.shutdown(socket.SHUT_RDWR)


class Listener(socket.socket):
    """A listening socket that asks ``connections`` before it hands out another one."""

    connections: Connections

    def listen(self, backlog: int = 0, /) -> None:
        """With our own queue, whatever is asked for: asyncio takes the same number as how often it
        accepts in a row."""
        super().listen(max(backlog, _QUEUE))

    def accept(self) -> tuple[socket.socket, Any]:
        """A full house refuses at once; too many at a time make asyncio pause for a second, as it
        does when descriptors run out."""
        if self.connections.crowded():
            raise OSError(errno.EMFILE, "too many new connections")
        plain, address = super().accept()
        peer = (str(address[0]), int(address[1]))
        channel = _Accepted(fileno=plain.detach())
        if not self.connections.admit(peer, channel):
            channel.close()
            raise BlockingIOError(errno.EAGAIN, "no room for another connection")
        channel.follow(self.connections, peer)
        with contextlib.suppress(OSError):
            channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNREAD_MS)
        return channel, address


class _Accepted(socket.socket):
    """A connection that says when it is closed."""

    _whose: tuple[Connections, Peer] | None = None

    def follow(self, connections: Connections, peer: Peer) -> None:
        self._whose = (connections, peer)

    def close(self) -> None:
        whose, self._whose = self._whose, None
        if whose is not None:
            whose[0].gone(whose[1])
        super().close()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
