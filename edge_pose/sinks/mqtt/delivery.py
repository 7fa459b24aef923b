"""Events from the outbox to the broker: in order, few at a time, kept until acknowledged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from edge_pose.sinks.mqtt.event_payload import UnreadableEvent
from edge_pose.sinks.mqtt.news import Receipt
from edge_pose.sinks.mqtt.outbox import Outbox

log = logging.getLogger(__name__)

_WINDOW = 16  # below paho's own limit of 20 in flight, so that paho keeps no queue of its own


class Delivery:
    """Called by the sink's thread only.

    After a reconnect paho itself sends again what was on the way. Nothing newer is sent until all
    of that is acknowledged, or it could overtake. A broker that refuses an event is asked again
    from there on, when ``again`` is called.

    ``until_kept``: a broker's word is not enough. What a fleet's centre has not called ``kept``
    stays, and is sent anew after each connect and each ``start_over``.
    """

    def __init__(
        self, outbox: Outbox, send: Callable[[int, str], int], *, until_kept: bool = False
    ) -> None:
        self._outbox = outbox
        self._until_kept = until_kept
        self._send = send
        self._last = -1
        self._reopened = 0
        self._on_the_way: dict[int, int] = {}
        self._again: set[int] = set()
        self._online = False
        self.refused = False
        """The broker does not let us write: all is kept."""
        self.sent = 0

    def up(self) -> None:
        self._online = True
        self._again = set(self._on_the_way)
        if self._until_kept:
            self._last = -1
        self.pump()

    def down(self) -> None:
        self._online = False

    def forget_client(self) -> None:
        """A new client knows nothing of the messages of the old one: begin with the oldest."""
        self._on_the_way.clear()
        self._again.clear()
        self._last, self._online, self.refused = -1, False, False

    def acknowledged(self, mid: int, receipt: Receipt = Receipt.TAKEN) -> bool:
        """What the broker says to a message; False when it was none of these."""
        seq = self._on_the_way.pop(mid, None)
        self._again.discard(mid)
        if seq is None:
            return False
        if receipt is Receipt.REFUSED:
            self.refused = True
            self._last = min(self._last, seq - 1)
            return True
        self.refused = False
        if not self._until_kept:
            self._outbox.done(seq)
        self.sent += 1
        self.pump()
        return True

    def kept(self, numbers: Iterable[int]) -> None:
        """The centre has written these down."""
        for seq in numbers:
            self._outbox.done(seq)

    def start_over(self) -> None:
        """Send anew what is still here."""
        if self._until_kept and not self._on_the_way:
            self._last = -1
            self.pump()

    def again(self) -> None:
        """Try once more what was refused."""
        if self.refused and not self._on_the_way:
            self._push(1)

    def pump(self) -> None:
        """Send what fits into the window."""
        room = _WINDOW - len(self._on_the_way)
        if self._online and not self._again and not self.refused and room > 0:
            self._push(room)

    def _push(self, count: int) -> None:
        if self._reopened != self._outbox.reopened:  # older ones may have come back with the disk
            self._reopened, self._last = self._outbox.reopened, -1
        sent = set(self._on_the_way.values())
        waiting = self._outbox.after(self._last, count + len(sent))
        for seq, payload in [row for row in waiting if row[0] not in sent][:count]:
            self._last = seq
            try:
                self._on_the_way[self._send(seq, payload)] = seq
            except UnreadableEvent as error:  # it must not hold up those behind it
                log.error("MQTT backlog: number %d is given up: %s", seq, error)
                self._outbox.done(seq)

    @property
    def idle(self) -> bool:
        """Nothing on the way."""
        return not self._on_the_way
