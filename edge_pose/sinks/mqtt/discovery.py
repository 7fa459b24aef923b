"""How Home Assistant learns of the device: one message that describes all of it.

Format: https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
A component that holds nothing but its platform takes back what an earlier message announced.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from edge_pose import __version__
from edge_pose.sinks.mqtt import components
from edge_pose.sinks.mqtt.components import Component
from edge_pose.sinks.mqtt.topics import OFFLINE, ONLINE, Topics
from edge_pose.values import DriverState, Health

SOURCE_URL = "https://pypi.org/project/edge-pose/"
_AVAILABLE = f"{{{{ '{ONLINE}' if value == '{ONLINE}' else '{OFFLINE}' }}}}"  # stopped is offline


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What the device page tells of the device itself. ``page_url``: its live page, empty where
    only the device can reach it."""

    vehicle_id: str
    device_id: str
    board: str = ""
    page_url: str = ""
    preset: str = ""
    """Of the rules in effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What there is to show: only what this board can measure, only what the config allows."""

    commands: bool
    picture: bool = False
    temperature: bool = False
    throttling: bool = False
    eyes: bool = False
    regions: bool = False

    def seen(self, state: DriverState, health: Health) -> Abilities:
        """With what a state has shown to be there; once seen it stays."""
        return replace(
            self,
            temperature=self.temperature or health.temperature_c is not None,
            throttling=self.throttling or health.throttled is not None,
            eyes=self.eyes or state.eyes is not None,
            regions=self.regions or state.region is not None,
        )


def discovery_topic(prefix: str, vehicle_id: str) -> str:
    return f"{prefix}/device/{_node(vehicle_id)}/config"


def birth_topic(prefix: str) -> str:
    """Where Home Assistant says ``online`` after its own start, and ``offline``."""
    return f"{prefix}/status"


def discovery(topics: Topics, device: Device, abilities: Abilities) -> str:
    """The retained discovery message."""
    node = _node(device.vehicle_id)
    return json.dumps(
        {
            "device": _described(device, node),
            "origin": {
                "name": "edge_pose",
                "sw_version": __version__,
                "support_url": SOURCE_URL,
            },
            "availability": [{"topic": topics.availability, "value_template": _AVAILABLE}],
            "qos": 1,
            "components": _components(topics, node, abilities),
        }
    )


def _components(topics: Topics, node: str, abilities: Abilities) -> dict[str, Component]:
    """What the config forbids is taken back. What has not been measured yet is left out, not taken
    back: a person may have given it a name of its own."""
    measured = {
        "temperature": abilities.temperature,
        "throttled": abilities.throttling,
        "perclos": abilities.eyes,
        "drowsiness": abilities.eyes,
        "region": abilities.regions,
    }
    allowed = {
        "picture": abilities.picture,
        **dict.fromkeys(components.controls(topics), abilities.commands),
    }
    told: dict[str, Component] = {}
    for name, component in components.everything(topics).items():
        if not allowed.get(name, True):
            told[name] = {"platform": component["platform"]}
        elif measured.get(name, True):
            told[name] = component | _identity(node, name, component)
    return told


def _identity(node: str, name: str, component: Component) -> Component:
    """A trigger is no entity: it is known by its type and subtype."""
    return {} if component["platform"] == "device_automation" else {"unique_id": f"{node}_{name}"}


def _described(device: Device, node: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "identifiers": [node],
        "name": f"Driver monitor {device.vehicle_id}",
        "manufacturer": "edge_pose",
        "model": device.board or "Driver monitor",
        "serial_number": device.device_id,
        "sw_version": __version__,
    }
    if device.page_url:
        told["configuration_url"] = device.page_url
    return told


def _node(vehicle_id: str) -> str:
    return f"edge_pose_{vehicle_id}"
