"""Alerts on their way: at once for everyone, and for Home Assistant when it listens."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from pathlib import Path

from edge_pose.kinds import FACTS
from edge_pose.sinks.mqtt import event_payload
from edge_pose.sinks.mqtt.delivery import Delivery
from edge_pose.sinks.mqtt.home_lane import FILE as HOME_FILE
from edge_pose.sinks.mqtt.home_lane import LIMIT as HOME_LIMIT
from edge_pose.sinks.mqtt.home_lane import HomeLane
from edge_pose.sinks.mqtt.news import Acknowledged
from edge_pose.sinks.mqtt.outbox import FILE, Outbox
from edge_pose.sinks.mqtt.situation import Situation
from edge_pose.sinks.mqtt.standing_topics import Publish
from edge_pose.sinks.mqtt.topics import Topics
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.values import Alert

_LATE_S = 15.0
"""An alert that reaches the broker after so long is no longer happening."""
_RETRY_REFUSED_S = 30.0


class AlertLanes:
    """Called by the sink's thread only. Each alert is on the disk when ``add`` returns."""

    def __init__(
        self,
        state_dir: Path,
        topics: Topics,
        *,
        vehicle_id: str,
        wall: WallTime,
        limit: int,
        for_home: bool,
        until_kept: bool,
        publish: Publish,
        situation: Situation,
        run: str = "",
    ) -> None:
        self._topics, self._vehicle_id = topics, vehicle_id
        self._wall, self._clock = wall, wall.clock
        self._publish, self._situation = publish, situation
        self.run = (run or uuid.uuid4().hex)[:8]
        self.outbox = Outbox(state_dir / FILE, limit=limit, utc=wall.now)
        self._delivery = Delivery(self.outbox, self._send, until_kept=until_kept)
        home = Outbox(state_dir / HOME_FILE, limit=HOME_LIMIT, utc=wall.now, dear=False)
        self.home = HomeLane(home, self._send_home, self._clock) if for_home else None
        self._raised_s: dict[int, float] = {}
        self._refused_s = self._answered_s = self._clock.now()

    def open(self) -> None:
        self.outbox.open()
        if self.home is not None:
            self.home.open()

    def close(self) -> None:
        self._delivery.forget_client()
        self.outbox.close()
        if self.home is not None:
            self.home.down()
            self.home.close()

    def add(self, alert: Alert, *, step: bool) -> None:
        told: list[str] = []

        def text(seq: int) -> str:
            told[:] = [
                event_payload.event(
                    alert, seq=seq, run=self.run, vehicle_id=self._vehicle_id, wall=self._wall,
                    step=step,
                )
            ]  # fmt: skip
            return told[0]

        seq = self.outbox.add(text)
        now_s = self._clock.now()
        self._raised_s = {s: t for s, t in self._raised_s.items() if now_s - t <= _LATE_S}
        self._raised_s[seq] = now_s
        self._delivery.pump()
        if self.home is not None and not FACTS[alert.kind].silent:
            self.home.add(told[0])

    def up(self) -> None:
        self._answered_s = self._clock.now()
        self._delivery.up()
        if self.home is not None:
            self.home.up()

    def down(self) -> None:
        self._delivery.down()
        if self.home is not None:
            self.home.down()

    def forget_client(self) -> None:
        self._delivery.forget_client()

    def kept(self, numbers: Iterable[int]) -> None:
        """A fleet's centre has written these down."""
        self._delivery.kept(numbers)

    def start_over(self) -> None:
        """Send anew what the centre has not confirmed."""
        self._delivery.start_over()

    def receipt(self, news: Acknowledged) -> None:
        """What the broker says to a message; a refusal is told and all is kept."""
        self._answered_s = self._clock.now()
        if not self._delivery.acknowledged(news.mid, news.receipt):
            if self.home is not None:
                self.home.acknowledged(news.mid, news.receipt)
        elif self._delivery.refused:
            self._situation.not_allowed(self._topics.event)
        else:
            self._situation.allowed()

    def tick(self) -> None:
        """A broker that refused us is asked now and then: its rights may have been put right."""
        self.outbox.tend()
        if self.home is not None:
            self.home.pump()
        now_s = self._clock.now()
        if self._delivery.idle:
            self._answered_s = now_s
        if self._delivery.refused and now_s - self._refused_s >= _RETRY_REFUSED_S:
            self._refused_s = now_s
            self._delivery.again()

    @property
    def unanswered_s(self) -> float:
        """For how long alerts are on the way and the broker has acknowledged nothing."""
        return 0.0 if self._delivery.idle else self._clock.now() - self._answered_s

    @property
    def idle(self) -> bool:
        """Nothing on the way to the broker."""
        return self._delivery.idle

    @property
    def sent(self) -> int:
        """Events that the broker has taken since the start."""
        return self._delivery.sent

    def _send(self, seq: int, text: str) -> int:
        return self._publish(self._topics.event, self._dated(seq, text), qos=1)

    def _send_home(self, text: str, again: bool) -> int:
        seq = event_payload.seq_of(text)
        text = event_payload.marked_late(text) if again else self._dated(seq, text)
        return self._publish(self._topics.home_event, text, qos=1)

    def _dated(self, seq: int, text: str) -> str:
        """The event, marked if it is late: of an earlier run, or old by the monotonic clock."""
        raised_s = self._raised_s.get(seq)
        late = raised_s is None or self._clock.now() - raised_s > _LATE_S
        return event_payload.marked_late(text) if late else text
