"""The config in effect as commented TOML: value, meaning, range, unit and source of each key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from edge_pose.config.section import source_of, unit_of

_SECRETS = ("password", "token", "secret", "key")
"""A plugin's setting whose name holds one of these is not shown."""


def describe(config: BaseModel, path: str = "") -> Iterator[str]:
    """Lines that are themselves a valid config file; what is unset is commented out, a secret
    is starred."""
    tables: list[tuple[str, BaseModel]] = []
    for name, field in type(config).model_fields.items():
        value = getattr(config, name)
        table = f"{path}.{name}" if path else name
        if isinstance(value, BaseModel):
            tables.append((table, value))
        elif isinstance(value, Mapping):
            tables += [(f"{table}.{key}", section) for key, section in value.items()]
        else:
            yield _line(name, value, field)
    for name, value in (config.model_extra or {}).items():
        yield f"{name} = {_toml('********' if is_secret(name) else value)}"
    for table, section in tables:
        yield f"\n[{table}]"
        yield from describe(section, table)


def is_secret(name: str) -> bool:
    """Whether a key of another package holds a secret, by its name."""
    return any(word in name.lower() for word in _SECRETS)


def _line(name: str, value: Any, field: FieldInfo) -> str:
    shown = f"# {name} =" if value is None else f"{name} = {_toml(value)}"
    return f"{shown}  # {_comment(field)}"


def _comment(field: FieldInfo) -> str:
    """Meaning, range, unit and source, as far as the field tells them."""
    parts = [field.description or ""]
    low, high = _limit(field, "ge", "gt"), _limit(field, "le", "lt")
    if low is not None or high is not None:
        parts.append(f"[{'' if low is None else low}…{'' if high is None else high}]")
    if unit := unit_of(field):
        parts.append(f"({unit})")
    if source := source_of(field):
        parts.append(f"— {source}")
    return " ".join(part for part in parts if part)


def _limit(field: FieldInfo, *names: str) -> Any:
    limits = [getattr(mark, name, None) for mark in field.metadata for name in names]
    return next((limit for limit in limits if limit is not None), None)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, Mapping):
        shown = {key: "********" if is_secret(str(key)) else item for key, item in value.items()}
        return "{" + ", ".join(f"{key} = {_toml(item)}" for key, item in shown.items()) + "}"
    text = "********" if isinstance(value, SecretStr) else str(value)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
