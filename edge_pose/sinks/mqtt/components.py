"""The entities and triggers of the device page, each as Home Assistant's discovery wants it."""

from __future__ import annotations

from typing import Any

from edge_pose.config.monitor import PRESETS
from edge_pose.sinks.mqtt.state_payload import NO_ALERT
from edge_pose.sinks.mqtt.topics import OFF, ON, PRESS, Topics
from edge_pose.values import AlertKind, AlertLevel

Component = dict[str, Any]

LATE = "late"
"""The event type of an alert that is told too late to act on."""
_LEVELS = [level.label for level in AlertLevel]
_DIAGNOSTIC: dict[str, Any] = {"entity_category": "diagnostic"}
_CONFIG: dict[str, Any] = {"entity_category": "config"}
_MEASURED: dict[str, Any] = {"state_class": "measurement"}


_EVENT_ATTRIBUTES = {
    **{name: name for name in ("kind", "phase", "late", "reason", "utc", "seq", "steps")},
    "level": "level_name",
    "episode": "id",
}
"""What an automation can read of an alert, and where it stands in the payload."""


def everything(topics: Topics) -> dict[str, Component]:
    """Every component that any configuration shows, by name."""
    return {
        **_sensors(topics),
        **_binary_sensors(topics),
        "alert_event": _event(topics),
        **{f"trigger_{level}": _trigger(topics, level) for level in _LEVELS},
        "picture": _picture(topics),
        **controls(topics),
    }


def _field(topics: Topics, platform: str, name: str, key: str, **more: Any) -> Component:
    return {
        "platform": platform,
        "name": name,
        "state_topic": topics.state,
        "value_template": f"{{{{ value_json.{key} }}}}",
        **more,
    }


def _percent(topics: Topics, name: str, key: str, *, digits: int = 0, **more: Any) -> Component:
    share = f"(value_json.{key} * 100) | round({digits})" + ("" if digits else " | int")
    told = _field(topics, "sensor", name, key, unit_of_measurement="%", **_MEASURED, **more)
    return told | {"value_template": f"{{{{ {share} if value_json.{key} is not none else none }}}}"}


def _choice(topics: Topics, name: str, key: str, options: list[str], **more: Any) -> Component:
    return _field(topics, "sensor", name, key, device_class="enum", options=options, **more)


def _sensors(topics: Topics) -> dict[str, Component]:
    kinds = [NO_ALERT, *(kind.value for kind in AlertKind)]
    return {
        "attention": _percent(topics, "Attention", "attention", icon="mdi:eye"),
        "perclos": _percent(topics, "PERCLOS", "perclos", digits=1, icon="mdi:sleep"),
        "drowsiness": _percent(topics, "Drowsiness", "drowsiness", icon="mdi:power-sleep"),
        "region": _field(topics, "sensor", "Looking at", "region", icon="mdi:eye-arrow-right"),
        "level": _field(
            topics, "sensor", "Attention level", "level", icon="mdi:gauge", **_MEASURED
        ),
        "alert": _choice(topics, "Alert", "alert", kinds, icon="mdi:alert"),
        "alert_level": _choice(
            topics, "Alert level", "alert_level", [NO_ALERT, *_LEVELS], icon="mdi:alert-octagon"
        ),
        "last_alert": _last_alert(topics),
        "camera": _choice(
            topics, "Camera", "camera", ["ok", "blocked", "frozen", "lost", "unknown"],
            icon="mdi:camera", **_DIAGNOSTIC,
        ),
        "calibration": _percent(
            topics, "Calibration", "calibration", icon="mdi:crosshairs", **_DIAGNOSTIC
        ),
        "fps": _field(topics, "sensor", "Frame rate", "fps", unit_of_measurement="fps",
                      **_MEASURED, **_DIAGNOSTIC),
        "temperature": _field(topics, "sensor", "Board temperature", "temperature_c",
                              device_class="temperature", unit_of_measurement="°C",
                              **_MEASURED, **_DIAGNOSTIC),
    }  # fmt: skip


def _last_alert(topics: Topics) -> Component:
    attributes = "{{ (value_json.last_alert or {}) | tojson }}"
    return _field(topics, "sensor", "Last alert", "last_alert", device_class="timestamp") | {
        "value_template": "{{ value_json.last_alert.utc if value_json.last_alert else none }}",
        "json_attributes_topic": topics.state,
        "json_attributes_template": attributes,
        "icon": "mdi:history",
    }


def _binary_sensors(topics: Topics) -> dict[str, Component]:
    def flag(name: str, key: str, **more: Any) -> Component:
        """On, off, or unknown where the state says null."""
        yes_no = f"('{ON}' if value_json.{key} else '{OFF}')"
        template = f"{{{{ {yes_no} if value_json.{key} is not none else none }}}}"
        return _field(topics, "binary_sensor", name, key, **more) | {"value_template": template}

    camera = flag("Camera sees nothing", "camera", device_class="problem", **_DIAGNOSTIC)
    camera["value_template"] = (
        f"{{{{ '{OFF}' if value_json.camera == 'ok' else none if value_json.camera == 'unknown' "
        f"else '{ON}' }}}}"
    )
    return {
        "face": flag("Face visible", "face", device_class="occupancy"),
        "distracted": flag("Distracted", "distracted", icon="mdi:eye-off"),
        "camera_problem": camera,
        "throttled": flag("Board throttled", "throttled", device_class="problem", **_DIAGNOSTIC),
    }


def _event(topics: Topics) -> Component:
    """Each alert once: a number that comes again late is known. What is late has a type of its
    own, so that an automation on a kind acts on what happens now only."""
    told = ", ".join(f"'{name}': value_json.{key}" for name, key in _EVENT_ATTRIBUTES.items())
    known = "value_json.late and value_json.seq <= (this.attributes.seq | default(0, true) | int)"
    return {
        "platform": "event",
        "name": "Alerts",
        "state_topic": topics.home_event,
        "event_types": [*(kind.value for kind in AlertKind), LATE],
        "icon": "mdi:bell-alert",
        "value_template": (
            f"{{% if value_json.step and not ({known}) %}}"
            f"{{{{ {{'event_type': '{LATE}' if value_json.late else value_json.kind, {told}}}"
            " | tojson }}{% endif %}"
        ),
    }


def _trigger(topics: Topics, level: str) -> Component:
    """Fires for what happens now; what the monitor says of itself is no alert of the driver's."""
    now = "value_json.step and not value_json.late and not value_json.kind.startswith('monitor.')"
    return {
        "platform": "device_automation",
        "automation_type": "trigger",
        "type": "alert",
        "subtype": level,
        "topic": topics.home_event,
        "qos": 1,
        "value_template": f"{{{{ value_json.level_name if {now} else '' }}}}",
        "payload": level,
    }


def _picture(topics: Topics) -> Component:
    return {
        "platform": "image",
        "name": "Last alert picture",
        "image_topic": topics.picture,
        "content_type": "image/jpeg",
        "icon": "mdi:image",
    }


def controls(topics: Topics) -> dict[str, Component]:
    """What a person may ask for."""

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

    def button(name: str, command: str, icon: str, **more: Any) -> Component:
        return {
            "platform": "button",
            "name": name,
            "command_topic": topics.command(command),
            "payload_press": PRESS,
            "icon": icon,
            **more,
        }

    return {
        "preset": {
            "platform": "select",
            "name": "Rules",
            "state_topic": topics.preset,
            "command_topic": topics.command("preset"),
            "options": list(PRESETS),
            "icon": "mdi:tune",
            **_CONFIG,
        },
        "mute": switch("Mute", topics.mute, "mute", "mdi:volume-off"),
        "enable": switch("Monitoring", topics.enabled, "enable", "mdi:eye-check"),
        "acknowledge": button("Acknowledge", "acknowledge", "mdi:check"),
        "recalibrate": button("Recalibrate", "recalibrate", "mdi:crosshairs", **_CONFIG),
        "restart": button("Restart", "restart", "mdi:restart", device_class="restart", **_CONFIG),
    }
