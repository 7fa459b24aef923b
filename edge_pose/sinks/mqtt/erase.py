"""Taking back what the broker keeps of this device."""

from __future__ import annotations

import time
import uuid

from edge_pose.clock import SystemClock
from edge_pose.config.sinks import MqttConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.mqtt.connection import Connection, broker_port
from edge_pose.sinks.mqtt.news import Acknowledged, OldBroker, Receipt, Up
from edge_pose.sinks.mqtt.topics import Topics

_LOOK_S = 0.05


def clear_retained(config: MqttConfig, vehicle_id: str, timeout_s: float = 5.0) -> int:
    """Have the broker forget the retained state, mute, enabled and availability; how many topics.
    Raises SinkError where it does not answer or does not let us."""
    topics = Topics(f"{config.base_topic}/{vehicle_id}")
    name = f"edge-pose-erase-{uuid.uuid4().hex[:8]}"
    connection = Connection(
        config, client_id=name, will_topic=f"{config.base_topic}/{name}", will="",
        clock=SystemClock(),
    )  # fmt: skip
    connection.start([])
    try:
        return _clear(connection, topics, time.monotonic() + timeout_s)
    except TimeoutError as error:
        raise SinkError(
            f"mqtt: {config.host}:{broker_port(config)} did not confirm within {timeout_s:g} s "
            f"({connection.situation.text}); it may still keep the last state: run this again"
        ) from error
    finally:
        connection.stop(1.0)


def _clear(connection: Connection, topics: Topics, deadline: float) -> int:
    kept = (topics.state, topics.mute, topics.enabled, topics.availability)
    waiting: set[int] | None = None
    while waiting is None or waiting:
        if time.monotonic() >= deadline:
            raise TimeoutError
        connection.arrived.wait(_LOOK_S)
        for news in connection.news():
            if isinstance(news, Up):
                waiting = {connection.publish(topic, "", qos=1, retain=True) for topic in kept}
            elif isinstance(news, OldBroker):
                connection.stop(0.0)
                connection.start([])
            elif isinstance(news, Acknowledged) and waiting is not None:
                if news.receipt is Receipt.REFUSED:
                    raise SinkError("mqtt: the broker does not let us clear what it keeps")
                waiting.discard(news.mid)
    return len(kept)
