"""The configuration reference, from the config's own classes: nothing is written twice."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from edge_pose.config.root import Config
from edge_pose.config.section import source_of, unit_of

_HEAD = """# Configuration

A TOML file, one table for each part; every key is optional. `edge-pose check FILE` says what is
wrong with a file, all at once, and prints the settings in effect. `--set section.key=value` on the
command line wins over the file. This page is made from the program's own settings.
"""


_Entry = tuple[str, FieldInfo, type[BaseModel] | None]
_TABLE = "| key | default | range | meaning |\n|---|---|---|---|\n"


def config_reference() -> str:
    """Markdown: a section for each table, a row for each key."""
    return _HEAD + "".join(_sections(Config, "", ""))


def _sections(model: type[BaseModel], path: str, text: str) -> Iterator[str]:
    keys, tables = list[_Entry](), list[_Entry]()
    for name, field in model.model_fields.items():
        inner = _section_of(field.annotation)
        (keys if inner is None else tables).append((name, field, inner))
    if keys:
        yield f"\n## `[{path}]`\n\n{_sentence(text)}\n\n{_TABLE}"
        yield from (_row(name, field) for name, field, _ in keys)
    for name, field, inner in tables:
        assert inner is not None
        many = ".NAME" if get_origin(field.annotation) is dict else ""
        table = f"{path}.{name}{many}" if path else f"{name}{many}"
        yield from _sections(inner, table, field.description or "")


def _row(name: str, field: FieldInfo) -> str:
    unit = f" {unit_of(field)}" if unit_of(field) else ""
    meaning = _sentence(field.description or "")
    source = f" Source: {source_of(field)}." if source_of(field) else ""
    default = "unset" if field.default is None else f"`{_shown(field.default)}`{unit}"
    return f"| `{name}` | {default} | {_range(field)} | {_cell(meaning + source)} |\n"


def _range(field: FieldInfo) -> str:
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    if choices:
        return ", ".join(f"`{choice}`" for choice in choices)
    low = _limit(field, "ge", "gt")
    high = _limit(field, "le", "lt")
    return "" if low is None and high is None else f"{_end(low)} … {_end(high)}"


def _limit(field: FieldInfo, *names: str) -> Any:
    limits = (getattr(mark, name, None) for mark in field.metadata for name in names)
    return next((limit for limit in limits if limit is not None), None)


def _end(limit: Any) -> str:
    return "" if limit is None else f"{limit:g}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _section_of(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (types.UnionType, dict):
        inner = [_section_of(part) for part in get_args(annotation)]
        return next((part for part in inner if part is not None), None)
    return None


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
