"""The MQTT sink: everything the monitor tells the world, and what the world may tell it."""

from __future__ import annotations

import logging
import time
import uuid
from pathlib import Path

from edge_pose.config.sinks import MqttConfig
from edge_pose.controls import Controls
from edge_pose.errors import SinkError
from edge_pose.sinks.mqtt import inputs, payloads
from edge_pose.sinks.mqtt.connection import Acknowledged, Arrived, Connection, Down, News, Up
from edge_pose.sinks.mqtt.delivery import Delivery
from edge_pose.sinks.mqtt.discovery import birth_topic, discovery, discovery_topic
from edge_pose.sinks.mqtt.outbox import FILE, Outbox
from edge_pose.sinks.mqtt.topics import OFF, OFFLINE, ON, ONLINE, STOPPED, Topics
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.values import Alert, DriverState, Health
from edge_pose.vehicle.topics import VehicleTopics

log = logging.getLogger(__name__)

_RETRY_FILES_S = 30.0
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
        vehicle_id: str,
        controls: Controls,
        wall: WallTime,
        state_dir: Path,
    ) -> None:
        self._config = config
        self._vehicle_id = vehicle_id
        self._controls = controls
        self._wall = wall
        self._clock = wall.clock
        self._run = uuid.uuid4().hex[:8]
        self._topics = Topics(f"{config.base_topic}/{vehicle_id}")
        self._outbox = Outbox(state_dir / FILE, limit=config.backlog_max, utc=wall.now)
        self._connection = Connection(
            config,
            client_id=config.client_id or f"edge-pose-{vehicle_id}",
            will_topic=self._topics.availability,
            will=OFFLINE,
            clock=self._clock,
        )
        self._delivery = Delivery(self._outbox, self._send_event)
        self._vehicle = VehicleTopics(config, controls.car)
        self._state: tuple[DriverState, Health] | None = None
        self._said: dict[str, str] = {}
        self._open = self._online = False
        self._opened_s = self._state_s = self._stats_s = self._clock.now()
        self._retry_s: float | None = None

    @property
    def situation(self) -> str:
        """How it stands with the broker, in words."""
        return self._connection.situation.text

    def open(self) -> None:
        self._outbox.open()
        self._opened_s = self._stats_s = self._clock.now()
        self._open = True
        self._connect()

    def alert(self, alert: Alert) -> None:
        self._outbox.add(
            lambda seq: payloads.event(
                alert, seq=seq, run=self._run, vehicle_id=self._vehicle_id, wall=self._wall
            )
        )
        self._delivery.pump()

    def state(self, state: DriverState, health: Health) -> None:
        self._state = (state, health)
        if self._online:
            self._say(self._topics.mute, ON if health.muted else OFF)
            self._say(self._topics.enabled, ON if state.enabled else OFF)

    def tick(self) -> None:
        self._take_news()
        now_s = self._clock.now()
        if self._online:
            self._say_what_is_due(now_s)
        if self._open and self._is_stuck(now_s):
            self._reconnect()

    def close(self) -> None:
        """Hand over what is waiting, say ``stopped``, go; all within a second. What the broker has
        not confirmed by then stays on the disk."""
        if not self._open:
            return
        self._open = False
        # Real seconds, not the clock's: this bounds how long a stop may take.
        deadline = time.monotonic() + _GOODBYE_S
        self._take_news()
        if self._online:
            self._connection.publish(self._topics.availability, STOPPED, qos=1, retain=True)
            self._wait_for_acknowledgements(deadline)
        self._online = False
        self._connection.stop(max(0.1, deadline - time.monotonic()))
        self._delivery.forget_client()
        self._vehicle.forget()
        self._outbox.close()

    def _connect(self) -> None:
        """A missing credential or certificate is told and tried again: alerts are kept."""
        try:
            self._connection.start(self._subscriptions())
            self._retry_s = None
        except SinkError as error:
            self._connection.situation.unusable(error)
            self._retry_s = self._clock.now() + _RETRY_FILES_S

    def _reconnect(self) -> None:
        self._connection.stop(0.0)
        self._delivery.forget_client()
        self._online = False
        self._connect()

    def _is_stuck(self, now_s: float) -> bool:
        """No client for want of files, or paho's thread gives no sign of life any more."""
        if self._retry_s is not None:
            return now_s >= self._retry_s
        config = self._config
        usual_s = max(2 * config.reconnect_max_s, 2 * config.stats_interval_s)
        return now_s - self._connection.sign_s > max(_LEAST_SILENCE_S, usual_s + 30.0)

    def _subscriptions(self) -> list[str]:
        topics = list(self._vehicle.topics)
        if self._config.commands:
            topics += [self._topics.command(name) for name in inputs.COMMANDS]
        if self._config.discovery:
            topics.append(birth_topic(self._config.discovery_prefix))
        return topics

    def _take_news(self) -> None:
        for news in self._connection.news():
            self._take(news)

    def _take(self, news: News) -> None:
        match news:
            case Up():
                self._on_up()
            case Down():
                self._online = False
                self._delivery.down()
                self._vehicle.forget()
            case Acknowledged():
                self._delivery.acknowledged(news.mid)
            case Arrived():
                self._on_message(news)

    def _on_up(self) -> None:
        """After every connect: we are here, what we are, how things stand, what you missed."""
        self._online = True
        self._said.clear()
        self._connection.publish(self._topics.availability, ONLINE, qos=1, retain=True)
        self._announce()
        if self._state is not None:
            self.state(*self._state)
            self._say_state(self._clock.now())
        self._delivery.up()

    def _announce(self) -> None:
        if self._config.discovery:
            text = discovery(self._topics, self._vehicle_id, commands=self._config.commands)
            topic = discovery_topic(self._config.discovery_prefix, self._vehicle_id)
            self._connection.publish(topic, text, qos=1, retain=True)

    def _on_message(self, message: Arrived) -> None:
        if self._config.discovery and message.topic == birth_topic(self._config.discovery_prefix):
            if message.payload == ONLINE.encode() and not message.retained:
                self._announce()
        elif (name := self._topics.command_name(message.topic)) is not None:
            self._obey(name, message)
        else:
            self._vehicle.take(message.topic, message.payload, message.retained)

    def _obey(self, name: str, message: Arrived) -> None:
        """A retained command is an old one: obeying it at every connect would be wrong."""
        command = inputs.command(name, message.payload)
        if message.retained or not self._config.commands:
            log.warning("MQTT command %s was retained: not obeyed", name)
        elif command is None:
            log.warning("MQTT command %s: payload not understood; send ON or OFF", name)
        else:
            self._controls.send(command)

    def _say_what_is_due(self, now_s: float) -> None:
        if self._state is None:
            return
        if now_s - self._state_s >= self._config.state_interval_s:
            self._say_state(now_s)
        if now_s - self._stats_s >= self._config.stats_interval_s:
            self._stats_s = now_s
            self._say_stats(self._state[1])

    def _say_state(self, now_s: float) -> None:
        if self._state is not None and self._say(self._topics.state, payloads.state(*self._state)):
            self._state_s = now_s

    def _say_stats(self, health: Health) -> None:
        text = payloads.stats(
            health,
            uptime_s=self._clock.now() - self._opened_s,
            events=self._delivery.sent,
            backlog=len(self._outbox),
            lost=self._outbox.lost,
        )
        self._connection.publish(self._topics.stats, text, qos=1)

    def _say(self, topic: str, text: str) -> bool:
        """Publish retained if it is news on this connection."""
        if self._said.get(topic) == text:
            return False
        self._said[topic] = text
        self._connection.publish(topic, text, qos=0 if topic == self._topics.state else 1,
                                 retain=True)  # fmt: skip
        return True

    def _send_event(self, payload: str) -> int:
        return self._connection.publish(self._topics.event, payload, qos=1)

    def _wait_for_acknowledgements(self, deadline: float) -> None:
        while not self._delivery.idle and (left := deadline - time.monotonic()) > 0:
            self._connection.arrived.wait(left)
            self._take_news()
