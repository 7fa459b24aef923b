"""Speed and ignition from the broker, for as long as they can be believed."""

from __future__ import annotations

import logging

from edge_pose.config.sinks import MqttConfig
from edge_pose.controls import Hearing
from edge_pose.vehicle.payload import speed_kmh, switch

log = logging.getLogger(__name__)

_SOURCE = "mqtt"


class VehicleTopics:
    """What the car says by MQTT. Nobody knows how old a retained message is: of one only
    "ignition on" counts, because it asks for monitoring."""

    def __init__(self, config: MqttConfig, car: Hearing) -> None:
        self._config = config
        self._car = car
        self._complained: set[str] = set()

    @property
    def topics(self) -> list[str]:
        return [topic for topic in (self._config.speed_topic, self._config.ignition_topic) if topic]

    def take(self, topic: str, payload: bytes, retained: bool) -> None:
        """One message."""
        config = self._config
        if topic == config.speed_topic and not retained:
            speed = speed_kmh(payload, config.speed_key, config.speed_factor)
            self._complain(speed is None, topic)
            self._car.hear(_SOURCE, valid_s=config.vehicle_timeout_s, speed_kmh=speed)
        if topic == config.ignition_topic:
            ignition = switch(payload, config.ignition_key)
            self._complain(ignition is None, topic)
            if retained and ignition is False:
                log.warning("MQTT topic %s: a retained 'off' is not believed", topic)
                ignition = None
            self._car.hear(_SOURCE, ignition=ignition)

    def forget(self) -> None:
        """The broker is gone. Only what came from here: a pin may go on telling the rest."""
        self._car.forget(_SOURCE)

    def _complain(self, bad: bool, topic: str) -> None:
        if bad and topic not in self._complained:
            log.warning("MQTT topic %s: its payload is not understood; taken as unknown", topic)
            self._complained.add(topic)
        elif not bad:
            self._complained.discard(topic)
