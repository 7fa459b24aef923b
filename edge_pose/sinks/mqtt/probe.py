"""One try at the configured broker, for the doctor."""

from __future__ import annotations

import time
import uuid

from edge_pose.clock import SystemClock
from edge_pose.config.sinks import MqttConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.mqtt.connection import Connection, Up, broker_port


def probe_broker(config: MqttConfig, timeout_s: float = 5.0) -> str:
    """Connect with the configured address, login and certificates, and leave again.

    Returns what was reached; SinkError says why it was not. Publishes nothing: its last will goes
    to a topic of its own and is never told after a proper goodbye.
    """
    name = f"edge-pose-probe-{uuid.uuid4().hex[:8]}"
    connection = Connection(
        config,
        client_id=name,
        will_topic=f"{config.base_topic}/{name}",
        will="",
        clock=SystemClock(),
    )
    connection.start([])
    try:
        deadline = time.monotonic() + timeout_s
        while (left := deadline - time.monotonic()) > 0:
            connection.arrived.wait(left)
            if any(isinstance(news, Up) for news in connection.news()):
                return f"{config.host}:{broker_port(config)} accepts us"
        raise SinkError(f"MQTT broker {config.host}: {connection.situation.text}")
    finally:
        connection.stop(1.0)
