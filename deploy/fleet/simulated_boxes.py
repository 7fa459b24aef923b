"""Many boxes in one process, each with a connection of its own, that keep every message until the
centre has confirmed it: the protocol of ``mqtt.confirm = "centre"``."""

from __future__ import annotations

import json
import selectors
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from deploy.fleet.simulated_day import Message, SimulatedDay

_WINDOW = 16
_UNKEPT_MAX = 64
_PUMP_S = 0.5
_KEEPALIVE_S = 120
_CONFIRMED = {"event": "events", "minutes": "minutes"}


class SimulatedBox:
    """One box: a day's messages, some of them on their way."""

    def __init__(self, name: str, day: SimulatedDay, *, base: str = "edge_pose") -> None:
        self.name = name
        self._root = f"{base}/{name}"
        self._day: Iterator[Message] = day.messages()
        self._unsent: deque[Message] = deque()
        self._unkept: dict[tuple[str, int], Message] = {}
        self._first_s: dict[tuple[str, int], float] = {}
        self._on_the_way = 0
        self._sent_s = 0.0
        self._exhausted = False
        self.client: Any = None
        self.done = False
        self.allowed = 2**63
        """How many of the day's messages it may have sent by now: its pace."""
        self.sent = self.kept = 0
        self.lags_s: list[float] = []

    def stop(self) -> None:
        """No more of the day: done once everything sent is confirmed."""
        self._day = iter(())
        self.allowed = 2**63

    def connected(self) -> None:
        """On a new connection everything unconfirmed goes again."""
        self._on_the_way = 0
        self.client.subscribe(f"{self._root}/kept", qos=0)
        self._unsent = deque(self._unkept.values())
        self.client.publish(f"{self._root}/availability", "online", qos=1, retain=True)
        self._on_the_way = 1

    def acknowledged(self) -> None:
        self._on_the_way = max(0, self._on_the_way - 1)

    def confirmed(self, payload: bytes) -> None:
        told, now_s = json.loads(payload), time.monotonic()
        for lane, name in _CONFIRMED.items():
            for seq in told.get(name, ()):
                if self._unkept.pop((lane, seq), None) is not None:
                    self.kept += 1
                    self.lags_s.append(now_s - self._first_s.pop((lane, seq)))

    def pump(self, repeat_s: float) -> None:
        """Send what fits into the window; what is unconfirmed for long goes again."""
        now_s = time.monotonic()
        if self._unkept and not self._unsent and now_s - self._sent_s > repeat_s:
            self._unsent = deque(self._unkept.values())
        while self._on_the_way < _WINDOW:
            message = self._next(now_s)
            if message is None:
                break
            self.client.publish(f"{self._root}/{message.lane}", message.text, qos=1)
            self._on_the_way += 1
            self._sent_s = now_s
        self.done = self._exhausted and not self._unkept

    def _next(self, now_s: float) -> Message | None:
        while self._unsent:
            message = self._unsent.popleft()
            if (message.lane, message.seq) in self._unkept:
                return message
        if len(self._unkept) >= _UNKEPT_MAX or self.sent >= self.allowed:
            return None
        new = next(self._day, None)
        if new is None:
            self._exhausted = True
            return None
        self._unkept[new.lane, new.seq] = new
        self._first_s[new.lane, new.seq] = now_s
        self.sent += 1
        return new


class Fleet:
    """Drives all boxes from one thread. ``connect``: prepares a paho client (TLS, login)."""

    def __init__(
        self,
        boxes: list[SimulatedBox],
        port: int,
        *,
        repeat_s: float,
        prepare: Callable[[Any, str], None] = lambda _client, _name: None,
        host: str = "127.0.0.1",
    ) -> None:
        self.boxes = boxes
        self._host, self._port, self._repeat_s = host, port, repeat_s
        self._selector = selectors.DefaultSelector()
        self._away: deque[SimulatedBox] = deque(boxes)
        for box in boxes:
            box.client = self._client(box)
            prepare(box.client, box.name)

    def run(self, attend: Callable[[], None] = lambda: None) -> None:
        """Until every box has had everything confirmed. ``attend`` is called about twice a
        second."""
        pumped_s = float("-inf")
        while not all(box.done for box in self.boxes):
            self._connect_some()
            for key, events in self._selector.select(timeout=0.1):
                self._serve(key.data, events)
            if time.monotonic() - pumped_s > _PUMP_S:
                for box in self.boxes:
                    box.client.loop_misc()
                    if box.client.is_connected():
                        box.pump(self._repeat_s)
                        self._watch(box)
                attend()
                pumped_s = time.monotonic()

    def close(self) -> None:
        for box in self.boxes:
            box.client.disconnect()

    def _serve(self, box: SimulatedBox, events: int) -> None:
        if events & selectors.EVENT_READ:
            box.client.loop_read(16)
        if box.client.is_connected():
            box.pump(self._repeat_s)
        if box.client.socket() is not None:
            if events & selectors.EVENT_WRITE or box.client.want_write():
                box.client.loop_write()
            self._watch(box)

    def _watch(self, box: SimulatedBox) -> None:
        line = box.client.socket()
        if line is None:
            return
        want = selectors.EVENT_READ | (selectors.EVENT_WRITE if box.client.want_write() else 0)
        try:
            if self._selector.get_key(line).events != want:
                self._selector.modify(line, want, box)
        except (KeyError, ValueError):
            return

    def _connect_some(self) -> None:
        for _ in range(min(50, len(self._away))):
            box = self._away.popleft()
            try:
                box.client.connect(self._host, self._port, _KEEPALIVE_S)
            except OSError:
                self._away.append(box)
                return

    def _client(self, box: SimulatedBox) -> Any:
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"edge-pose-{box.name}",
            protocol=MQTTProtocolVersion.MQTTv5,
        )
        client.max_queued_messages_set(0)
        client.on_connect = lambda *_: box.connected()
        client.on_publish = lambda *_: box.acknowledged()
        client.on_message = lambda _, __, message: box.confirmed(bytes(message.payload))

        def watch(_client: object, _data: object, line: Any) -> None:
            self._selector.register(line, selectors.EVENT_READ | selectors.EVENT_WRITE, box)

        def leave(_client: object, _data: object, line: Any) -> None:
            self._selector.unregister(line)

        client.on_socket_open, client.on_socket_close = watch, leave
        client.on_disconnect = lambda *_: self._away.append(box)
        return client
