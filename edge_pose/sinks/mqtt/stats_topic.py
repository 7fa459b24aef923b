"""The statistics of the program itself, each minute."""

from __future__ import annotations

from edge_pose.clock import Clock
from edge_pose.sinks import Link
from edge_pose.sinks.mqtt.standing_topics import Publish
from edge_pose.sinks.mqtt.stats_payload import stats
from edge_pose.values import Health


class StatsTopic:
    """Called by the sink's thread only. Not retained, and forgotten by the broker when the next
    but one is due."""

    def __init__(self, topic: str, every_s: float, clock: Clock, *, publish: Publish) -> None:
        self._topic, self._every_s = topic, every_s
        self._clock = clock
        self._publish = publish
        self.begin()

    def begin(self) -> None:
        """The program's time counts from here."""
        self._opened_s = self._said_s = self._clock.now()

    def tick(self, health: Health, link: Link, *, events: int) -> None:
        """Say them if they are due. ``events``: taken by the broker since the start."""
        now_s = self._clock.now()
        if now_s - self._said_s < self._every_s:
            return
        self._said_s = now_s
        text = stats(
            health,
            uptime_s=now_s - self._opened_s,
            events=events,
            backlog=link.backlog,
            lost=link.lost,
        )
        self._publish(self._topic, text, qos=1, expiry_s=2 * self._every_s)
