"""Alerts for Home Assistant: each once, in order, when it listens.

Home Assistant keeps no session with the broker: what is sent while it restarts is gone. So its
alerts have a topic of their own on which they are held until it can hear them: until its birth
message, or, where it was there all along and says nothing, for some seconds after our connect.
A birth repeats what may have been missed; Home Assistant drops a late number that it knows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from edge_pose.clock import Clock
from edge_pose.sinks.mqtt.event_payload import UnreadableEvent
from edge_pose.sinks.mqtt.news import Receipt
from edge_pose.sinks.mqtt.outbox import Outbox

FILE = "mqtt-home.db"
LIMIT = 500
_HOLD_S = 12.0
"""After our connect: Home Assistant itself tries again every 10 s."""
_SETTLE_S = 2.0
"""From an announcement or a birth until its entities listen."""
_SURE_S = 180.0
"""How long a delivered alert is kept: a Home Assistant that dies is missed by the broker only
after 1.5 times its keepalive of 60 s."""
_WINDOW = 16


class HomeLane:
    """Called by the sink's thread only. ``send`` gets the text and whether it is a repetition."""

    def __init__(self, outbox: Outbox, send: Callable[[str, bool], int], clock: Clock) -> None:
        self._outbox = outbox
        self._send = send
        self._clock = clock
        self._on_the_way: dict[int, int] = {}
        self._heard: deque[tuple[int, float]] = deque()
        self._last = self._top = -1
        self._open_s: float | None = None
        self._proven = False

    def open(self) -> None:
        self._outbox.open()

    def close(self) -> None:
        for seq, _ in self._heard:
            self._outbox.done(seq)
        self._heard.clear()
        self._outbox.close()

    def add(self, text: str) -> None:
        self._outbox.add(lambda _: text)
        self.pump()

    def up(self) -> None:
        """Connected: whether Home Assistant is there is not known yet."""
        self._on_the_way.clear()
        self._last = self._delivered
        self._proven = False
        self._open_s = self._clock.now() + _HOLD_S

    def down(self) -> None:
        self._open_s = None

    def birth(self) -> bool:
        """Home Assistant has begun to listen: repeat what it may have missed. More births before
        that do not put it off: whoever sends them all the time would keep it from ever hearing.
        False: it is awaited already."""
        now_s = self._clock.now()
        waiting = self._proven and self._open_s is not None and now_s < self._open_s
        if waiting:
            return False
        self.pump()  # what had waited for this moment goes before all is repeated
        self._on_the_way.clear()
        self._heard.clear()
        self._last = -1
        self._proven = True
        self._open_s = now_s + _SETTLE_S
        return True

    def away(self) -> None:
        """Home Assistant has said goodbye, or nobody took the last alert."""
        self._proven = False
        self._open_s = None
        self._last = min([self._last, *(seq - 1 for seq in self._on_the_way.values())])

    def acknowledged(self, mid: int, receipt: Receipt) -> None:
        seq = self._on_the_way.pop(mid, None)
        if seq is None:
            return
        if receipt is Receipt.TAKEN:
            if self._proven:
                self._heard.append((seq, self._clock.now()))
            self.pump()
        else:
            self.away()
            self._last = min(self._last, seq - 1)

    def pump(self) -> None:
        """Send what is due; forget what has surely been heard."""
        now_s = self._clock.now()
        while self._heard and now_s - self._heard[0][1] > _SURE_S:
            self._outbox.done(self._heard.popleft()[0])
        if self._open_s is None or now_s < self._open_s:
            return
        for seq, text in self._outbox.after(self._last, _WINDOW - len(self._on_the_way)):
            again, self._last, self._top = seq <= self._top, seq, max(seq, self._top)
            try:
                self._on_the_way[self._send(text, again)] = seq
            except UnreadableEvent:  # the other lane tells it
                self._outbox.done(seq)

    @property
    def _delivered(self) -> int:
        return max((seq for seq, _ in self._heard), default=-1)
