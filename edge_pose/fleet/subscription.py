"""The worker's end of the broker: an MQTT 5 shared subscription, acknowledged by hand."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from edge_pose.errors import SinkError
from edge_pose.fleet.messages import TOPICS
from edge_pose.fleet.settings import BrokerConfig
from edge_pose.tls import client_context

_KEEPALIVE_S = 20
_ANSWER_S = 10.0
_IN_FLIGHT = 4000
"""Messages that the broker may send ahead of our acknowledgement: some batches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One message, and by which connection it came: an old one's must not be acknowledged."""

    topic: str
    payload: bytes
    mid: int
    qos: int
    connection: int


class SharedSubscription:
    """Workers of one group share the messages. A worker's session outlives it for a while, so
    that what it had not acknowledged comes again to the one that takes its name."""

    def __init__(self, config: BrokerConfig, name: str) -> None:
        self._config = config
        self._arrived: queue.Queue[Arrived] = queue.Queue()
        self._connection = 0
        self._client: Any = self._make_client(f"edge-pose-fleet-{name}")

    def open(self) -> None:
        """Connect; from then on lost connections come back by themselves."""
        from paho.mqtt.packettypes import PacketTypes
        from paho.mqtt.properties import Properties

        make: Any = Properties  # paho leaves it without types
        properties = make(PacketTypes.CONNECT)
        properties.SessionExpiryInterval = self._config.session_s
        properties.ReceiveMaximum = _IN_FLIGHT
        self._client.connect_async(
            self._config.host, self._config.port, _KEEPALIVE_S,
            clean_start=False, properties=properties,
        )  # fmt: skip
        self._client.loop_start()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    @property
    def connected(self) -> bool:
        return bool(self._client.is_connected())

    def take(self, limit: int, wait_s: float, gather_s: float) -> list[Arrived]:
        """Up to ``limit`` messages; waits for the first, then a little for more."""
        taken: list[Arrived] = []
        deadline_s = time.monotonic() + wait_s
        while len(taken) < limit:
            try:
                taken.append(self._arrived.get(timeout=max(0.0, deadline_s - time.monotonic())))
            except queue.Empty:
                break
            if len(taken) == 1:
                deadline_s = time.monotonic() + gather_s
        return taken

    def acknowledge(self, messages: Iterable[Arrived]) -> None:
        """They are written down: the broker may forget them."""
        for message in messages:
            if message.connection == self._connection:
                self._client.ack(message.mid, message.qos)

    def tell(self, topic: str, payload: str) -> None:
        """Publish; what is lost will be asked for again."""
        self._client.publish(topic, payload, qos=0)

    def _make_client(self, client_id: str) -> Any:
        client = _client(self._config, client_id)
        client.reconnect_delay_set(1, 10)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        return client

    def _on_connect(self, client: Any, _: Any, __: Any, reason: Any, ___: Any) -> None:
        self._connection += 1
        if reason.is_failure:
            return
        base, group = self._config.base_topic, self._config.group
        client.subscribe([(f"$share/{group}/{base}/+/{what}", 1) for what in TOPICS])

    def _on_message(self, client: Any, _: Any, message: Any) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            client.ack(message.mid, message.qos)
            return
        self._arrived.put(
            Arrived(
                topic=topic, payload=message.payload, mid=message.mid, qos=message.qos,
                connection=self._connection,
            )
        )  # fmt: skip


def clear_retained(config: BrokerConfig, topics: Sequence[str]) -> None:
    """Delete retained messages; SinkError when the broker does not confirm it."""
    client = _client(config, "")
    try:
        client.connect(config.host, config.port, _KEEPALIVE_S)
        client.loop_start()
        sent = [client.publish(topic, b"", qos=1, retain=True) for topic in topics]
        for one in sent:
            one.wait_for_publish(_ANSWER_S)
        done = all(one.is_published() for one in sent)
    except (OSError, RuntimeError, ValueError) as error:
        raise SinkError(
            f"broker: {error}; what it retains of the vehicle is not cleared"
        ) from error
    finally:
        client.disconnect()
        client.loop_stop()
    if not done:
        raise SinkError("broker: no answer; what it retains of the vehicle is not cleared")


def _client(config: BrokerConfig, client_id: str) -> Any:
    from paho.mqtt.client import Client
    from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=MQTTProtocolVersion.MQTTv5,
        manual_ack=True,
    )
    if config.ca_file is not None:
        client.tls_set_context(client_context("broker", config))
    return client
