"""Speed and ignition from the broker, for as long as they can be believed."""

from __future__ import annotations

import logging

from edge_pose.clock import Clock
from edge_pose.config.sinks import MqttConfig
from edge_pose.controls import Controls
from edge_pose.sinks.mqtt.inputs import speed_kmh, switch

log = logging.getLogger(__name__)

_STANDSTILL_KMH = 1.0


class VehicleTopics:
    """What the car says. A speed goes stale; a lost broker makes all of it unknown, which means
    the strictest monitoring."""

    def __init__(self, config: MqttConfig, controls: Controls, clock: Clock) -> None:
        self._config = config
        self._controls = controls
        self._clock = clock
        self._speed_s: float | None = None
        self._complained = False

    @property
    def topics(self) -> list[str]:
        return [topic for topic in (self._config.speed_topic, self._config.ignition_topic) if topic]

    def take(self, topic: str, payload: bytes, retained: bool) -> None:
        """One message; of a retained speed nobody knows how old it is, so it does not count."""
        config = self._config
        if topic == config.speed_topic and not retained:
            self._take_speed(speed_kmh(payload, config.speed_key, config.speed_factor), topic)
        if topic == config.ignition_topic:
            engaged = switch(payload, config.ignition_key)
            self._complain(engaged is None, topic)
            self._controls.set_vehicle(engaged=engaged)

    def expire(self) -> None:
        """Forget a speed that is no longer renewed."""
        limit_s = self._config.vehicle_timeout_s
        if self._speed_s is not None and 0 < limit_s < self._clock.now() - self._speed_s:
            self._take_speed(None, "")

    def forget(self) -> None:
        """Only what came from here: a pin may go on telling the rest."""
        if self._config.speed_topic:
            self._take_speed(None, "")
        if self._config.ignition_topic:
            self._controls.set_vehicle(engaged=None)

    def _take_speed(self, speed: float | None, topic: str) -> None:
        self._complain(bool(topic) and speed is None, topic)
        self._speed_s = None if speed is None else self._clock.now()
        standing = None if speed is None else speed < _STANDSTILL_KMH
        self._controls.set_vehicle(speed_kmh=speed, standstill=standing)

    def _complain(self, bad: bool, topic: str) -> None:
        if bad and not self._complained:
            log.warning("MQTT topic %s: its payload is not understood; taken as unknown", topic)
        self._complained = bad
