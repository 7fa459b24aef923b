"""Publishing to an MQTT broker, and what comes back from it. Topics: see ``topics``."""

from __future__ import annotations

from edge_pose.sinks.mqtt.discovery import Device
from edge_pose.sinks.mqtt.picture_sink import PictureMqttSink
from edge_pose.sinks.mqtt.probe import Answer, probe_broker
from edge_pose.sinks.mqtt.sink import MqttSink

__all__ = ["Answer", "Device", "MqttSink", "PictureMqttSink", "probe_broker"]
