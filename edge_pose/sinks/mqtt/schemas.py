"""The JSON schemas that are committed beside this file: of events and of states, each in draft
2020-12 and in draft-07 (Node-RED, older validators).

python -m edge_pose.sinks.mqtt.schemas writes them anew after a change of the payloads.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from edge_pose.sinks.mqtt.event_payload import EventPayload
from edge_pose.sinks.mqtt.state_payload import StatePayload

_NEW = "https://json-schema.org/draft/2020-12/schema"
_OLD = "http://json-schema.org/draft-07/schema#"


def schemas() -> dict[str, str]:
    """File name → text."""
    texts: dict[str, str] = {}
    for name, model in (("event", EventPayload), ("state", StatePayload)):
        schema = model.model_json_schema(mode="serialization")
        texts[f"{name}.schema.json"] = _text({"$schema": _NEW, **schema})
        texts[f"{name}.schema.draft-07.json"] = _text({"$schema": _OLD, **_older(schema)})
    return texts


def _older(schema: Any) -> Any:
    """The same in draft-07's words: ``$defs`` were ``definitions`` there."""
    if isinstance(schema, list):
        return [_older(item) for item in schema]
    if isinstance(schema, str):
        return schema.replace("#/$defs/", "#/definitions/")
    if not isinstance(schema, dict):
        return schema
    names = {"$defs": "definitions"}
    return {names.get(key, key): _older(value) for key, value in schema.items()}


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    for file, text in schemas().items():
        Path(__file__).with_name(file).write_text(text, encoding="utf-8")
