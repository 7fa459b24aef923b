"""The program's settings for reading: every key with value, unit and meaning; secrets masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from edge_pose.config.camera_address import without_secrets
from edge_pose.config.describe import is_secret
from edge_pose.config.section import unit_of

_MASK = "••••••"
_SECRET_WORDS = ("token", "password", "secret")


def table(
    config: BaseModel | None, path: str = "", notes: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Rows of key, value, unit, meaning, whether the value is the default, and the note on what
    is in effect where there is one (by key), in order."""
    notes = notes or {}
    rows: list[dict[str, Any]] = []
    for name, field in type(config).model_fields.items() if config is not None else ():
        value, key = getattr(config, name), f"{path}{name}"
        if isinstance(value, BaseModel):
            rows += table(value, f"{key}.", notes)
        elif isinstance(value, Mapping) and all(isinstance(v, BaseModel) for v in value.values()):
            for part, section in value.items():
                rows += table(section, f"{key}.{part}.", notes)
        else:
            rows.append(_row(key, value, field) | {"note": notes.get(key, "")})
    for name, value in (config.model_extra or {}).items() if config is not None else ():
        rows.append(_of_plugin(f"{path}{name}", value))
    return rows


def _of_plugin(key: str, value: Any) -> dict[str, Any]:
    """A key that only another package knows: its name alone tells whether it is secret."""
    shown = _MASK if is_secret(key.rpartition(".")[2]) else _shown(key, value)
    return {"key": key, "value": shown, "unit": "", "meaning": "", "default": False, "note": ""}


def _row(key: str, value: Any, field: FieldInfo) -> dict[str, Any]:
    return {
        "key": key,
        "value": _shown(key, value),
        "unit": unit_of(field),
        "meaning": field.description or "",
        "default": value == field.get_default(call_default_factory=True, validated_data={}),
    }


def _shown(key: str, value: Any) -> str:
    if value is None:
        return "–"
    secret = isinstance(value, SecretStr) or key.rsplit(".", 1)[-1] in _SECRET_WORDS
    if secret:
        return _MASK
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_shown(key, item) for item in value) or "–"
    if isinstance(value, dict):
        parts = (
            f"{k}: {_MASK if is_secret(str(k)) else _shown(str(k), v)}" for k, v in value.items()
        )
        return ", ".join(parts) or "–"
    return without_secrets(str(getattr(value, "value", value)))
