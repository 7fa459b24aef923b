"""Home Assistant is told what there is, once it can be known, and again after its own start; what
is no longer there is taken back."""

from __future__ import annotations

from edge_pose.config.sinks import MqttConfig
from edge_pose.sinks.mqtt.discovery import (
    Abilities,
    Device,
    birth_topic,
    discovery,
    discovery_topic,
)
from edge_pose.sinks.mqtt.standing_topics import Publish
from edge_pose.sinks.mqtt.topics import Topics
from edge_pose.values import DriverState, Health

Newest = tuple[DriverState, Health]


class Announcement:
    """Called by the sink's thread only. With discovery off it takes back what was announced."""

    def __init__(
        self,
        config: MqttConfig,
        topics: Topics,
        device: Device,
        *,
        publish: Publish,
    ) -> None:
        self._wanted = config.discovery
        self._topic = discovery_topic(config.discovery_prefix, device.vehicle_id)
        self._topics, self._device = topics, device
        self._publish = publish
        self._abilities = Abilities(commands=config.commands, picture=config.alert_picture)
        self._told: Abilities | None = None
        self.subscriptions = [birth_topic(config.discovery_prefix)] if config.discovery else []

    def up(self, newest: Newest | None) -> None:
        self._told = None
        if self._wanted:
            self._learn(newest)
            self.again()
        else:
            self._publish(self._topic, "", qos=1, retain=True)

    def tick(self, newest: Newest | None) -> None:
        """Tell more when a state has shown that this board can measure more."""
        self._learn(newest)
        if self._wanted and self._abilities != self._told:
            self.again()

    def again(self) -> None:
        self._told = self._abilities
        text = discovery(self._topics, self._device, self._abilities)
        self._publish(self._topic, text, qos=1, retain=True)

    def _learn(self, newest: Newest | None) -> None:
        if newest is not None:
            self._abilities = self._abilities.seen(*newest)
