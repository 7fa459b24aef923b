"""Sums of minutes on their way to a fleet's centre: some in one message, dropped before alerts."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from edge_pose import __version__
from edge_pose.sinks.mqtt.delivery import Delivery
from edge_pose.sinks.mqtt.news import Acknowledged
from edge_pose.sinks.mqtt.outbox import Outbox
from edge_pose.sinks.mqtt.standing_topics import Publish
from edge_pose.sinks.store.minutes import Minute, MinuteSum
from edge_pose.sinks.wall_clock import WallTime, iso
from edge_pose.values import DriverState, Health

FILE = "mqtt-minutes.db"
LIMIT = 2100
"""Messages kept while the broker is away: a week of driving around the clock."""
TOGETHER = 5
"""Minutes in one message: a fifth of the messages, and no dashboard looks closer."""


class MinuteLane:
    """Called by the sink's thread only; a queue of its own, so that it pushes out no alert."""

    def __init__(
        self,
        state_dir: Path,
        topic: str,
        *,
        vehicle_id: str,
        run: str,
        wall: WallTime,
        publish: Publish,
        until_kept: bool,
    ) -> None:
        self._topic, self._vehicle_id, self._run = topic, vehicle_id, run
        self._wall, self._publish = wall, publish
        self._outbox = Outbox(state_dir / FILE, limit=LIMIT, utc=wall.now, dear=False)
        self.delivery = Delivery(self._outbox, self._send, until_kept=until_kept)
        self._sum = MinuteSum()
        self._waiting: list[Minute] = []

    def open(self) -> None:
        self._outbox.open()

    def state(self, state: DriverState, health: Health) -> None:
        minute = self._sum.add(self._wall.at(state.t_s), state, health)
        if minute is not None:
            self._waiting.append(minute)
        if len(self._waiting) >= TOGETHER:
            self._queue()

    def finish(self) -> None:
        """The run ends: what there is goes now."""
        if (minute := self._sum.finish()) is not None:
            self._waiting.append(minute)
        if self._waiting:
            self._queue()

    def receipt(self, news: Acknowledged) -> None:
        """What the broker says to a message, if it was one of these."""
        self.delivery.acknowledged(news.mid, news.receipt)

    def close(self) -> None:
        self.delivery.forget_client()
        self._outbox.close()

    def _queue(self) -> None:
        minutes, self._waiting = self._waiting, []
        self._outbox.add(
            lambda seq: minutes_text(minutes, seq=seq, run=self._run, vehicle_id=self._vehicle_id)
        )
        self.delivery.pump()

    def _send(self, _seq: int, text: str) -> int:
        return self._publish(self._topic, text, qos=1)


def minutes_text(minutes: list[Minute], *, seq: int, run: str, vehicle_id: str) -> str:
    """Some minutes as JSON; numbers rounded to what they mean."""
    rows = []
    for minute in minutes:
        row = {name: _rounded(value) for name, value in asdict(minute).items() if name != "utc_s"}
        rows.append({"utc": iso(minute.utc_s), **row})
    head = {"version": 1, "run": run, "seq": seq, "vehicle_id": vehicle_id}
    return json.dumps({**head, "software": __version__, "minutes": rows}, separators=(",", ":"))


def _rounded(value: float | None) -> float | None:
    return round(value, 4) if isinstance(value, float) else value
