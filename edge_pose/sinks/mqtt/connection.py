"""The line to the broker: paho's client and its own loop thread, spoken to by a mailbox.

paho's thread never runs our logic: its callbacks only leave ``News``, which the sink's stage takes.
So no lock of ours is ever held around one of paho's, and a broker that hangs hangs only there.
"""

from __future__ import annotations

import logging
import sys
import threading
from typing import Any

from edge_pose.clock import Clock
from edge_pose.config.sinks import MqttConfig
from edge_pose.sinks.mqtt.credentials import Login, login
from edge_pose.sinks.mqtt.largest_packet import bounded_client, wanted_size
from edge_pose.sinks.mqtt.news import Acknowledged, Arrived, Down, News, NewsQueue, OldBroker, Up
from edge_pose.sinks.mqtt.properties import publish_properties, receipt
from edge_pose.sinks.mqtt.situation import Situation, Standing
from edge_pose.tls import client_context

log = logging.getLogger(__name__)

_TAKEN_OVER = 0x8E
_OLD = 0x84
_MQTT_5, _MQTT_3 = 5, 4
_TAKEN_PAUSE_S = 30
"""Two clients of one name would else throw each other off every second."""


def broker_port(config: MqttConfig) -> int:
    return config.port or (8883 if config.tls else 1883)


class Connection:
    """One client. ``start`` returns at once; paho connects and reconnects in its own thread.

    MQTT 5, in which a broker can refuse a message; 3.1.1 from the next ``start`` on where the
    broker does not know it (``OldBroker`` among the news)."""

    def __init__(
        self, config: MqttConfig, *, client_id: str, will_topic: str, will: str, clock: Clock
    ) -> None:
        self._config = config
        self._client_id = client_id
        self._will = (will_topic, will)
        self._clock = clock
        self._client: Any = None
        self._closing = False
        self._news = NewsQueue()
        self._protocol = _MQTT_5
        self.situation = Situation(config.host, broker_port(config))
        self.arrived = self._news.arrived
        """Set when there is news; a waiter clears it."""
        self.sign_s = clock.now()
        """When paho's thread last showed that it lives."""

    def start(self, subscriptions: list[str]) -> None:
        """Begin to connect; SinkError when a credential or certificate file cannot be read."""
        self._closing = False
        self.sign_s = self._clock.now()
        self._subscriptions = subscriptions
        self._client = self._make_client(login(self._config))
        config = self._config
        self._client.connect_async(
            config.host, broker_port(config), config.keepalive_s,
            properties=wanted_size() if self._protocol == _MQTT_5 else None,
        )  # fmt: skip
        self._client.loop_start()

    def stop(self, timeout_s: float) -> None:
        """Say goodbye, waiting for it at most so long. paho's thread ends by itself: it is a
        daemon, and joining it could take as long as a connection attempt."""
        client, self._client = self._client, None
        if client is None:
            return
        self._closing = True
        gone = threading.Event()
        client.on_disconnect = lambda *_: gone.set()
        if client.is_connected():
            client.disconnect()
            gone.wait(timeout_s)
        else:
            client.disconnect()

    def publish(
        self,
        topic: str,
        payload: str | bytes,
        *,
        qos: int = 0,
        retain: bool = False,
        expiry_s: float | None = None,
    ) -> int:
        """Hand a message to paho, which only queues it; its message id. ``expiry_s``: after so
        long a broker that speaks MQTT 5 forgets it."""
        modern = self._protocol == _MQTT_5
        properties = publish_properties(payload, expiry_s) if modern and payload else None
        info = self._client.publish(topic, payload, qos=qos, retain=retain, properties=properties)
        return int(info.mid)

    def news(self) -> list[News]:
        """What has happened since the last call, in order."""
        return self._news.take()

    def _make_client(self, who: Login) -> Any:
        from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

        client = bounded_client()(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            protocol=MQTTProtocolVersion(self._protocol),
        )
        client.connect_timeout = self._config.connect_timeout_s
        client.reconnect_delay_set(1, self._config.reconnect_max_s)
        client.will_set(self._will[0], self._will[1], qos=1, retain=True)
        if who.username is not None:
            client.username_pw_set(who.username, who.password)
        if self._config.tls:
            client.tls_set_context(client_context("mqtt", self._config))
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    def _leave(self, news: News) -> None:
        self.sign_s = self._clock.now()
        self._news.leave(news)

    def _on_connect(self, client: Any, _: Any, __: Any, reason: Any, ___: Any) -> None:
        self.sign_s = self._clock.now()
        if self._closing:
            client.disconnect()
        elif self._protocol == _MQTT_5 and reason.value == _OLD:
            self._fall_back()
        elif reason.is_failure:
            self.situation.refused(str(reason))
        else:
            self.situation.online(self._clock.now())
            for topic in self._subscriptions:
                client.subscribe(topic, qos=1)
            self._leave(Up())

    def _on_connect_fail(self, client: Any, _: Any) -> None:
        """paho calls this while it handles the exception, which it does not hand over."""
        self.sign_s = self._clock.now()
        if self._closing:
            client.disconnect()
        else:
            self.situation.failed(sys.exc_info()[1])

    def _on_disconnect(self, client: Any, _: Any, __: Any, reason: Any, ___: Any) -> None:
        if reason.value == _TAKEN_OVER:
            self.situation.taken_over(self._client_id)
        else:
            speechless = self.situation.standing in (Standing.NEW, Standing.SPEECHLESS)
            self.situation.lost(str(reason), self._client_id, self._clock.now())
            if speechless and self._protocol == _MQTT_5 and not self._config.tls:
                self._fall_back()
        if self.situation.standing is Standing.TAKEN_OVER:
            client.reconnect_delay_set(_TAKEN_PAUSE_S, 2 * _TAKEN_PAUSE_S)
        self._leave(Down())

    def _fall_back(self) -> None:
        """An old broker says so, or hangs up on the first word that it does not know."""
        self._protocol = _MQTT_3
        self._leave(OldBroker())

    def _on_publish(self, _: Any, __: Any, mid: int, reason: Any, ____: Any) -> None:
        self._leave(Acknowledged(mid=mid, receipt=receipt(reason.value)))

    def _on_message(self, _: Any, __: Any, message: Any) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        self._leave(Arrived(topic=topic, payload=message.payload, retained=message.retain))
