"""What MQTT 5 sends along with a message: how long it holds, what it is, who wrote it."""

from __future__ import annotations

from typing import Any

from edge_pose import __version__
from edge_pose.sinks.mqtt.news import Receipt

_NO_SUBSCRIBERS = 0x10
_FAILURE = 0x80


def publish_properties(payload: str | bytes, expiry_s: float | None) -> Any:
    """paho's Properties for one message: content type, our version, and after how many seconds a
    broker must forget it."""
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    make: Any = Properties  # paho leaves it without types
    properties = make(PacketTypes.PUBLISH)
    properties.UserProperty = [("edge_pose", __version__)]
    if isinstance(payload, bytes):
        properties.ContentType = "image/jpeg"
    else:
        properties.PayloadFormatIndicator = 1
        properties.ContentType = "application/json" if payload.startswith("{") else "text/plain"
    if expiry_s is not None:
        properties.MessageExpiryInterval = max(1, round(expiry_s))
    return properties


def receipt(code: int) -> Receipt:
    """A PUBACK's reason code in our words (MQTT 5, 3.4.2.1)."""
    if code >= _FAILURE:
        return Receipt.REFUSED
    return Receipt.NOBODY if code == _NO_SUBSCRIBERS else Receipt.TAKEN
