"""What must arrive, however long the broker is away: events, and sums of minutes for a centre."""

from __future__ import annotations

from pathlib import Path

from edge_pose.config.sinks import MqttConfig
from edge_pose.sinks.mqtt.alert_lanes import AlertLanes
from edge_pose.sinks.mqtt.centre_receipt import REPEAT_S, kept_numbers
from edge_pose.sinks.mqtt.connection import Connection
from edge_pose.sinks.mqtt.home_lane import HomeLane
from edge_pose.sinks.mqtt.minute_lane import MinuteLane
from edge_pose.sinks.mqtt.news import Acknowledged
from edge_pose.sinks.mqtt.topics import Topics
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.values import Alert, DriverState, Health


class Deliveries:
    """Called by the sink's thread only. Each is on the disk until the broker has it, or with
    ``confirm = "centre"`` until a fleet's centre has written it down."""

    def __init__(
        self,
        config: MqttConfig,
        topics: Topics,
        connection: Connection,
        *,
        vehicle_id: str,
        wall: WallTime,
        state_dir: Path,
        run: str,
    ) -> None:
        self._until_kept = until_kept = config.confirm == "centre"
        self._clock = wall.clock
        self._repeated_s = wall.clock.now()
        self._alerts = AlertLanes(
            state_dir,
            topics,
            vehicle_id=vehicle_id,
            wall=wall,
            limit=config.backlog_max,
            run=run,
            for_home=config.discovery,
            until_kept=until_kept,
            publish=connection.publish,
            situation=connection.situation,
        )
        self._minutes = (
            MinuteLane(
                state_dir,
                topics.minutes,
                vehicle_id=vehicle_id,
                run=self._alerts.run,
                wall=wall,
                publish=connection.publish,
                until_kept=until_kept,
            )
            if config.minutes
            else None
        )

    @property
    def run(self) -> str:
        """Names this start of the program in every event."""
        return self._alerts.run

    @property
    def home(self) -> HomeLane | None:
        """The way to Home Assistant, where it is wanted."""
        return self._alerts.home

    @property
    def backlog(self) -> int:
        """Events that wait."""
        return len(self._alerts.outbox)

    @property
    def lost(self) -> int:
        """Events that a full outbox has dropped."""
        return self._alerts.outbox.lost

    @property
    def sent(self) -> int:
        """Events that the broker has taken since the start."""
        return self._alerts.sent

    @property
    def unanswered_s(self) -> float:
        """For how long events are on the way and the broker has acknowledged nothing."""
        return self._alerts.unanswered_s

    @property
    def idle(self) -> bool:
        """No event is on the way to the broker."""
        return self._alerts.idle

    def open(self) -> None:
        self._alerts.open()
        if self._minutes is not None:
            self._minutes.open()

    def add(self, alert: Alert, *, step: bool) -> None:
        self._alerts.add(alert, step=step)

    def state(self, state: DriverState, health: Health) -> None:
        if self._minutes is not None:
            self._minutes.state(state, health)

    def up(self) -> None:
        self._alerts.up()
        if self._minutes is not None:
            self._minutes.delivery.up()

    def down(self) -> None:
        self._alerts.down()
        if self._minutes is not None:
            self._minutes.delivery.down()

    def forget_client(self) -> None:
        self._alerts.forget_client()
        if self._minutes is not None:
            self._minutes.delivery.forget_client()

    def receipt(self, news: Acknowledged) -> None:
        """What the broker says to a message."""
        self._alerts.receipt(news)
        if self._minutes is not None:
            self._minutes.receipt(news)

    def kept(self, payload: bytes) -> None:
        """What the centre has written down."""
        self._alerts.kept(kept_numbers(payload, "events"))
        if self._minutes is not None:
            self._minutes.delivery.kept(kept_numbers(payload, "minutes"))

    def tick(self) -> None:
        self._alerts.tick()
        if self._until_kept and self._clock.now() - self._repeated_s >= REPEAT_S:
            self._repeated_s = self._clock.now()
            self._start_over()

    def _start_over(self) -> None:
        self._alerts.start_over()
        if self._minutes is not None:
            self._minutes.delivery.start_over()

    def finish(self) -> None:
        """The run ends: the minutes that there are go now."""
        if self._minutes is not None:
            self._minutes.finish()

    def close(self) -> None:
        self._alerts.close()
        if self._minutes is not None:
            self._minutes.close()
