"""What every config section is: frozen, strict, and self-describing (unit, range, source)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

HOST = {
    "pattern": r"^[A-Za-z0-9.:_-]{1,253}$",
    "form": "a host name or an address, without port or path",
}
"""For ``setting``: a text that names a machine."""
WORD = {"pattern": r"^[^+#/\x00\s]+$", "form": "one word without spaces, +, # and /"}
"""For ``setting``: one part of an MQTT topic."""


class Section(BaseModel):
    """One TOML table. Unknown keys are errors; values are validated, then frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class OutputSection(Section):
    """An output that can be switched on; ``Config.silenced`` switches all of them off."""

    enabled: bool = False


def setting(
    default: Any,
    text: str,
    *,
    unit: str = "",
    source: str = "",
    form: str = "",
    **constraints: Any,
) -> Any:
    """A field with its meaning, unit and where its default comes from (a norm or a paper).

    ``constraints`` are pydantic's own: ge, gt, le, lt, min_length, pattern, …; ``form`` says in
    words what a ``pattern`` asks for.
    ``edge-pose check`` prints text, unit, range and source beside each value.
    """
    return Field(
        default,
        description=text,
        json_schema_extra={"unit": unit, "source": source, "form": form},
        **constraints,
    )


def unit_of(field: FieldInfo) -> str:
    """The field's unit, or nothing."""
    return _said(field, "unit")


def source_of(field: FieldInfo) -> str:
    """Where the field's default comes from, or nothing."""
    return _said(field, "source")


def form_of(field: FieldInfo) -> str:
    """What a text must look like, or nothing."""
    return _said(field, "form")


def _said(field: FieldInfo, what: str) -> str:
    extra = field.json_schema_extra
    return str(extra.get(what, "")) if isinstance(extra, dict) else ""
