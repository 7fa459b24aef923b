"""Numbers from a file that anybody may have written to: finite and possible, or refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_LARGEST = 65_536


def number(fields: Mapping[str, Any], name: str, lowest: float, highest: float) -> float:
    """The number called ``name``; ValueError says what is wrong with it, KeyError that it is
    missing. True and "12" are no numbers."""
    value = fields[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} = {value!r} is no number")
    if not (lowest <= value <= highest):  # whole numbers may be too large for a float
        raise ValueError(f"{name} = {str(value)[:20]} is not within {lowest:g} … {highest:g}")
    return float(value)


def read_table(path: Path) -> Mapping[str, Any]:
    """The JSON object in a small file; OSError, or ValueError for anything else in it."""
    with path.open(encoding="utf-8") as file:
        text = file.read(_LARGEST + 1)
    try:
        value = json.loads(text) if len(text) <= _LARGEST else None
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not a table of values")
    return value
