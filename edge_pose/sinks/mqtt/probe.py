"""One try at the configured broker, for the doctor."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from edge_pose.clock import SystemClock
from edge_pose.config.sinks import MqttConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.mqtt.connection import Connection, broker_port
from edge_pose.sinks.mqtt.situation import Standing

_LOOK_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of it. ``away``: nobody answered, which may pass by itself."""

    accepted: bool
    away: bool = False
    text: str
    advice: str = ""


def probe_broker(config: MqttConfig, timeout_s: float = 5.0) -> Answer:
    """Connect with the configured address, login and certificates, and leave again.

    Publishes nothing: its last will goes to a topic of its own and is never told after a proper
    goodbye.
    """
    name = f"edge-pose-probe-{uuid.uuid4().hex[:8]}"
    connection = Connection(
        config,
        client_id=name,
        will_topic=f"{config.base_topic}/{name}",
        will="",
        clock=SystemClock(),
    )
    try:
        connection.start([])
    except SinkError as error:
        advice = "check the files that [mqtt] names and the right to read them"
        return Answer(accepted=False, text=str(error), advice=advice)
    try:
        return _answer(connection, f"{config.host}:{broker_port(config)}", timeout_s)
    finally:
        connection.stop(1.0)


def _answer(connection: Connection, place: str, timeout_s: float) -> Answer:
    situation = connection.situation
    deadline = time.monotonic() + timeout_s
    while situation.standing is Standing.NEW and time.monotonic() < deadline:
        connection.arrived.wait(_LOOK_S)
    if situation.standing is Standing.ONLINE:
        return Answer(accepted=True, text=f"{place} accepts us")
    return Answer(
        accepted=False,
        away=situation.standing in (Standing.NEW, Standing.AWAY),
        text=f"{place} {situation.fact}",
        advice=situation.advice,
    )
