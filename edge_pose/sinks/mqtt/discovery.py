"""How Home Assistant learns of the device: one message that describes all of it.

Format: https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
"""

from __future__ import annotations

import json
from typing import Any

from edge_pose import __version__
from edge_pose.sinks.mqtt.topics import OFF, OFFLINE, ON, ONLINE, PRESS, Topics
from edge_pose.values import AlertKind

Component = dict[str, Any]

_AVAILABLE = f"{{{{ '{ONLINE}' if value == '{ONLINE}' else '{OFFLINE}' }}}}"  # stopped is offline


def discovery_topic(prefix: str, vehicle_id: str) -> str:
    return f"{prefix}/device/{_device_id(vehicle_id)}/config"


def birth_topic(prefix: str) -> str:
    """Where Home Assistant says ``online`` after its own start."""
    return f"{prefix}/status"


def discovery(topics: Topics, vehicle_id: str, *, commands: bool) -> str:
    """The retained discovery message."""
    components = {**_sensors(topics), **_binary_sensors(topics), "alert_event": _event(topics)}
    if commands:
        components |= _controls(topics)
    device = _device_id(vehicle_id)
    for name, component in components.items():
        component["unique_id"] = f"{device}_{name}"
    return json.dumps(
        {
            "device": {
                "identifiers": [device],
                "name": f"Driver monitor {vehicle_id}",
                "manufacturer": "edge_pose",
                "model": "Driver monitor",
                "sw_version": __version__,
            },
            "origin": {"name": "edge_pose", "sw_version": __version__},
            "availability": [{"topic": topics.availability, "value_template": _AVAILABLE}],
            "qos": 1,
            "components": components,
        }
    )


def _device_id(vehicle_id: str) -> str:
    return f"edge_pose_{vehicle_id}"


def _field(topics: Topics, platform: str, name: str, key: str, **more: Any) -> Component:
    template = f"{{{{ value_json.{key} }}}}"
    return {
        "platform": platform,
        "name": name,
        "state_topic": topics.state,
        "value_template": template,
        **more,
    }


def _sensors(topics: Topics) -> dict[str, Component]:
    percent = {"unit_of_measurement": "%", "state_class": "measurement"}
    diagnostic = {"entity_category": "diagnostic", "state_class": "measurement"}
    attention = _field(topics, "sensor", "Attention", "attention", icon="mdi:eye", **percent)
    attention["value_template"] = "{{ (value_json.attention * 100) | round }}"
    perclos = _field(topics, "sensor", "PERCLOS", "perclos", icon="mdi:sleep", **percent)
    perclos["value_template"] = (
        "{{ (value_json.perclos * 100) | round(1) if value_json.perclos is not none else none }}"
    )
    return {
        "attention": attention,
        "perclos": perclos,
        "level": _field(topics, "sensor", "Attention level", "level", icon="mdi:gauge"),
        "alert": _field(topics, "sensor", "Alert", "alert", icon="mdi:alert"),
        "fps": _field(topics, "sensor", "Frame rate", "fps", unit_of_measurement="fps",
                      **diagnostic),
        "temperature": _field(topics, "sensor", "Board temperature", "temperature_c",
                              device_class="temperature", unit_of_measurement="°C", **diagnostic),
    }  # fmt: skip


def _binary_sensors(topics: Topics) -> dict[str, Component]:
    def flag(name: str, key: str, **more: Any) -> Component:
        component = _field(topics, "binary_sensor", name, key, **more)
        component["value_template"] = f"{{{{ '{ON}' if value_json.{key} else '{OFF}' }}}}"
        return component

    problem = {"device_class": "problem", "entity_category": "diagnostic"}
    return {
        "face": flag("Face visible", "face", device_class="occupancy"),
        "distracted": flag("Distracted", "distracted", icon="mdi:eye-off"),
        "throttled": flag("Board throttled", "throttled", **problem),
    }


def _event(topics: Topics) -> Component:
    return {
        "platform": "event",
        "name": "Alerts",
        "state_topic": topics.event,
        "event_types": [kind.value for kind in AlertKind],
        "value_template": (
            "{% if value_json.phase == 'new' %}{{ {'event_type': value_json.kind, "
            "'level': value_json.level_name, 'reason': value_json.reason} | tojson }}{% endif %}"
        ),
    }


def _controls(topics: Topics) -> dict[str, Component]:
    def switch(name: str, state_topic: str, command: str, icon: str) -> Component:
        return {
            "platform": "switch",
            "name": name,
            "state_topic": state_topic,
            "command_topic": topics.command(command),
            "payload_on": ON,
            "payload_off": OFF,
            "icon": icon,
        }

    def button(name: str, command: str, icon: str) -> Component:
        return {
            "platform": "button",
            "name": name,
            "command_topic": topics.command(command),
            "payload_press": PRESS,
            "icon": icon,
        }

    return {
        "mute": switch("Mute", topics.mute, "mute", "mdi:volume-off"),
        "enable": switch("Monitoring", topics.enabled, "enable", "mdi:eye-check"),
        "acknowledge": button("Acknowledge", "acknowledge", "mdi:check"),
        "recalibrate": button("Recalibrate", "recalibrate", "mdi:crosshairs"),
    }
