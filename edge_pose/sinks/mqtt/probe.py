"""One try at the configured broker, for the doctor: does it take us, our alerts, our name?"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from edge_pose.clock import SystemClock
from edge_pose.config.sinks import MqttConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.mqtt.connection import Connection, broker_port
from edge_pose.sinks.mqtt.event_payload import trial
from edge_pose.sinks.mqtt.news import Acknowledged, Arrived, News, OldBroker, Receipt, Up
from edge_pose.sinks.mqtt.situation import Standing
from edge_pose.sinks.mqtt.topics import Topics

_LOOK_S = 0.05
_ECHO_S = 2.0
_RIGHTS = "let this user read and write there in the broker's access list"
_NAMES = "give each device its own runtime.vehicle_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of it. ``away``: nobody answered, which may pass by itself. ``doubt``: it works,
    but this should be looked at."""

    accepted: bool
    away: bool = False
    text: str
    advice: str = ""
    doubt: str = ""


def probe_broker(
    config: MqttConfig, *, vehicle_id: str, device_id: str, timeout_s: float = 5.0
) -> Answer:
    """Connect with the configured address, login and certificates, send one message on the topic
    of the alerts that consumers ignore (its phase is "test"), wait for its echo, and leave."""
    try:
        return _Probe(config, Topics(f"{config.base_topic}/{vehicle_id}"), device_id).ask(timeout_s)
    except SinkError as error:
        advice = "check the files that [mqtt] names and the right to read them"
        return Answer(accepted=False, text=str(error), advice=advice)


class _Probe:
    def __init__(self, config: MqttConfig, topics: Topics, device_id: str) -> None:
        self._name = f"edge-pose-probe-{uuid.uuid4().hex[:8]}"
        self._config, self._topics, self._device_id = config, topics, device_id
        self._place = f"{config.host}:{broker_port(config)}"
        self._connection = Connection(
            config,
            client_id=self._name,
            will_topic=f"{config.base_topic}/{self._name}",
            will="",
            clock=SystemClock(),
        )
        self._up = self._echo = False
        self._receipt: Receipt | None = None
        self._namesake = False

    def ask(self, timeout_s: float) -> Answer:
        self._start()
        try:
            self._wait(lambda: self._up, timeout_s)
            if not self._up:
                return self._refused()
            self._connection.publish(self._topics.event, trial(self._name), qos=1)
            self._wait(lambda: self._echo or self._receipt is Receipt.REFUSED, _ECHO_S)
            return self._accepted()
        finally:
            self._connection.stop(1.0)

    def _start(self) -> None:
        self._connection.start([self._topics.event, self._topics.state])

    def _wait(self, done: Callable[[], bool], timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while not done() and time.monotonic() < deadline and not self._hopeless:
            self._connection.arrived.wait(_LOOK_S)
            for news in self._connection.news():
                self._take(news)

    @property
    def _hopeless(self) -> bool:
        """The broker has said no; only a change of the config would help."""
        return self._connection.situation.standing not in (Standing.NEW, Standing.ONLINE)

    def _take(self, news: News) -> None:
        if isinstance(news, Up):
            self._up = True
        elif isinstance(news, OldBroker):
            self._connection.stop(0.0)
            self._start()
        elif isinstance(news, Acknowledged):
            self._receipt = news.receipt
        elif isinstance(news, Arrived):
            self._hear(news)

    def _hear(self, message: Arrived) -> None:
        told = _parsed(message.payload)
        if message.topic == self._topics.state:
            device = told.get("device", self._device_id)
            self._namesake |= device != self._device_id and told.get("monitoring") is not None
        self._echo |= told.get("id") == self._name

    def _accepted(self) -> Answer:
        topic, text = self._topics.event, f"{self._place} accepts us"
        if self._receipt is Receipt.REFUSED:
            refusal = f"{self._place} does not let us write to {topic}: alerts would be kept"
            return Answer(accepted=False, text=refusal, advice=_RIGHTS)
        if self._namesake:
            doubt = f"{text}, but another device sends as {self._topics.root}"
            return Answer(accepted=True, text=text, doubt=doubt, advice=_NAMES)
        if self._echo:
            return Answer(accepted=True, text=f"{text} and our alerts")
        doubt = f"{text}, but a message to {topic} did not come back: alerts may be lost"
        return Answer(accepted=True, text=text, doubt=doubt, advice=_RIGHTS)

    def _refused(self) -> Answer:
        situation = self._connection.situation
        return Answer(
            accepted=False,
            away=situation.standing in (Standing.NEW, Standing.AWAY),
            text=f"{self._place} {situation.fact}",
            advice=situation.advice,
        )


def _parsed(payload: bytes) -> dict[str, object]:
    """A JSON object; anything else is an empty one."""
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
