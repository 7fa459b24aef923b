"""What every config section is: frozen, strict, and self-describing (unit, range, source)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


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
    **constraints: Any,
) -> Any:
    """A field with its meaning, unit and where its default comes from (a norm or a paper).

    ``constraints`` are pydantic's own: ge, gt, le, lt, min_length, pattern, …
    ``edge-pose check`` prints text, unit, range and source beside each value.
    """
    return Field(
        default,
        description=text,
        json_schema_extra={"unit": unit, "source": source},
        **constraints,
    )
