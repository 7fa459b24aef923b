"""The MQTT sink: everything the monitor tells the world, and what the world may tell it."""

from __future__ import annotations

import time
from pathlib import Path

from edge_pose.config.sinks import MqttConfig
from edge_pose.controls import Controls
from edge_pose.errors import SinkError
from edge_pose.kinds import FACTS
from edge_pose.sinks import Link
from edge_pose.sinks.mqtt import inputs
from edge_pose.sinks.mqtt.announcement import Announcement
from edge_pose.sinks.mqtt.connection import Connection
from edge_pose.sinks.mqtt.deliveries import Deliveries
from edge_pose.sinks.mqtt.discovery import Device
from edge_pose.sinks.mqtt.event_payload import StepWatch
from edge_pose.sinks.mqtt.news import Acknowledged, Arrived, Down, News, OldBroker, Up
from edge_pose.sinks.mqtt.orders import Orders
from edge_pose.sinks.mqtt.situation import UNKNOWN_TO_BROKER
from edge_pose.sinks.mqtt.standing_topics import StandingTopics
from edge_pose.sinks.mqtt.state_payload import StateWriter, last_alert
from edge_pose.sinks.mqtt.stats_topic import StatsTopic
from edge_pose.sinks.mqtt.topics import OFFLINE, ONLINE, Topics
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.values import Alert, DriverState, Health
from edge_pose.vehicle.topics import VehicleTopics

_RETRY_FILES_S = 30.0
_RENEWED_S = 300.0
"""Where the broker takes us for nobody, so soon are password and certificates read again: whoever
renews them cannot restart every car."""
_GOODBYE_S = 1.0
_LEAST_SILENCE_S = 90.0


class MqttSink:
    """All logic runs in the calling stage; paho's thread only leaves news. ``alert`` writes to the
    disk and hands over to paho, so a slow or dead broker delays nobody."""

    name = "mqtt"
    tick_s = 0.1

    def __init__(
        self,
        config: MqttConfig,
        *,
        device: Device,
        controls: Controls,
        wall: WallTime,
        state_dir: Path,
        run: str = "",
    ) -> None:
        self._config, self._controls = config, controls
        self._wall, self._clock = wall, wall.clock
        self._topics = topics = Topics(f"{config.base_topic}/{device.vehicle_id}")
        self._connection = connection = Connection(
            config,
            client_id=config.client_id or f"edge-pose-{device.vehicle_id}",
            will_topic=topics.availability,
            will=OFFLINE,
            clock=self._clock,
        )
        self._deliveries = Deliveries(
            config,
            topics,
            connection,
            vehicle_id=device.vehicle_id,
            wall=wall,
            state_dir=state_dir,
            run=run,
        )
        writer = StateWriter(run=self._deliveries.run, device=device.device_id)
        self._standing = StandingTopics(
            topics,
            config,
            self._clock,
            writer=writer,
            preset=device.preset,
            publish=connection.publish,
        )
        self._announcement = Announcement(config, topics, device, publish=connection.publish)
        self._stats = StatsTopic(
            topics.stats, config.stats_interval_s, self._clock, publish=connection.publish
        )
        self._orders = Orders(controls, self._clock)
        self._vehicle = VehicleTopics(config, controls.car)
        self._steps = StepWatch()
        self._open = self._online = False
        self._retry_s: float | None = None
        self._started_s = self._clock.now()
        self._link = Link(connected=False)

    @property
    def situation(self) -> str:
        """How it stands with the broker, in words."""
        return self._connection.situation.text

    @property
    def link(self) -> Link:
        """Whether the broker has taken us in, and how many alerts wait for it."""
        return self._link

    def open(self) -> None:
        self._deliveries.open()
        self._stats.begin()
        self._open = True
        self._connect()

    def alert(self, alert: Alert) -> None:
        """A rule on trial tells nobody."""
        if alert.shadow:
            return
        step, silent = self._steps.is_step(alert), FACTS[alert.kind].silent
        self._standing.alert(alert, last_alert(alert, self._wall) if step and not silent else None)
        self._deliveries.add(alert, step=step)
        if step:
            self._raised(alert)

    def _raised(self, alert: Alert) -> None:
        """An episode is new or has risen; here nothing more is to be done."""

    def state(self, state: DriverState, health: Health) -> None:
        self._standing.state(state, health)
        self._deliveries.state(state, health)

    def tick(self) -> None:
        self._take_news()
        now_s = self._clock.now()
        if self._online:
            self._connection.situation.settled(now_s)
            self._standing.tick()
            self._announcement.tick(self._standing.newest)
            self._deliveries.tick()
            self._stats.tick(self._standing.health, self._link, events=self._deliveries.sent)
        waiting, lost = self._deliveries.backlog, self._deliveries.lost
        self._link = Link(connected=self._online, backlog=waiting, lost=lost)
        if self._online and self._deliveries.unanswered_s > _LEAST_SILENCE_S:
            self._connection.situation.unanswered()
            self._reconnect()
        elif self._open and self._is_stuck(now_s):
            self._reconnect()

    def close(self) -> None:
        """Hand over what is waiting, clear the state, say ``stopped``, go; all within a second.
        What the broker has not confirmed by then stays on the disk."""
        if not self._open:
            return
        self._open = False
        # Real seconds, not the clock's: this bounds how long a stop may take.
        deadline = time.monotonic() + _GOODBYE_S
        self._take_news()
        self._deliveries.finish()
        if self._online:
            self._standing.goodbye()
            self._wait_for_acknowledgements(deadline)
        self._online = False
        self._connection.stop(max(0.1, deadline - time.monotonic()))
        self._deliveries.close()
        self._vehicle.forget()

    def _connect(self) -> None:
        """A missing credential or certificate is told and tried again: alerts are kept."""
        self._started_s = self._clock.now()
        try:
            self._connection.start(self._subscriptions())
            self._retry_s = None
        except SinkError as error:
            self._connection.situation.unusable(error)
            self._retry_s = self._clock.now() + _RETRY_FILES_S

    def _reconnect(self) -> None:
        self._connection.stop(0.0)
        self._on_down()
        self._deliveries.forget_client()
        self._connect()

    def _is_stuck(self, now_s: float) -> bool:
        """No client for want of files or with old ones, or paho's thread gives no sign of life any
        more."""
        if self._retry_s is not None:
            return now_s >= self._retry_s
        if self._connection.situation.standing in UNKNOWN_TO_BROKER and not self._online:
            return now_s - self._started_s >= _RENEWED_S
        config = self._config
        usual_s = max(2 * config.reconnect_max_s, 2 * config.stats_interval_s)
        return now_s - self._connection.sign_s > max(_LEAST_SILENCE_S, usual_s + 30.0)

    def _subscriptions(self) -> list[str]:
        topics = list(self._vehicle.topics)
        if self._config.confirm == "centre":
            topics.append(self._topics.kept)
        if self._config.commands:
            topics += [self._topics.command(name) for name in inputs.COMMANDS]
        return [*topics, *self._announcement.subscriptions]

    def _take_news(self) -> None:
        for news in self._connection.news():
            self._take(news)

    def _take(self, news: News) -> None:
        match news:
            case Up():
                self._on_up()
            case Down():
                self._on_down()
            case OldBroker():
                self._reconnect()
            case Acknowledged():
                self._deliveries.receipt(news)
            case Arrived():
                self._on_message(news)

    def _on_up(self) -> None:
        """After every connect: how things stand, that we are here, what we are, what you missed."""
        self._online = True
        self._standing.up()
        self._announcement.up(self._standing.newest)
        self._deliveries.up()

    def _on_down(self) -> None:
        self._online = False
        self._standing.down()
        self._deliveries.down()
        self._vehicle.forget()

    def _on_message(self, message: Arrived) -> None:
        if message.topic == self._topics.kept:
            self._deliveries.kept(message.payload)
        elif message.topic in self._announcement.subscriptions:
            self._on_home_assistant(message)
        elif (name := self._topics.command_name(message.topic)) is not None:
            if self._config.commands:
                self._orders.obey(name, message.payload, retained=message.retained)
        else:
            self._vehicle.take(message.topic, message.payload, message.retained)

    def _on_home_assistant(self, message: Arrived) -> None:
        """It says when it begins to listen, and when it stops."""
        home = self._deliveries.home
        if message.payload == ONLINE.encode() and not message.retained:
            if home is None or home.birth():
                self._announcement.again()
                self._standing.renew()
        elif message.payload == OFFLINE.encode() and home is not None:
            home.away()

    def _wait_for_acknowledgements(self, deadline: float) -> None:
        while not self._deliveries.idle and (left := deadline - time.monotonic()) > 0:
            self._connection.arrived.wait(left)
            self._take_news()
