"""What a message of the car means: pure, and at ease with any bytes."""

from __future__ import annotations

import json
import math
from typing import Any

_MAX_BYTES = 4096
_MAX_KMH = 500.0
_ON = {"on", "true", "1", "yes"}
_OFF = {"off", "false", "0", "no"}


def switch(payload: bytes, key: str = "") -> bool | None:
    """On or off from ON/OFF, true/false, 1/0, yes/no in any case, or a number; else None."""
    value = _value(payload, key)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return value != 0
    word = value.strip().lower() if isinstance(value, str) else ""
    return True if word in _ON else False if word in _OFF else None


def speed_kmh(payload: bytes, key: str, factor: float) -> float | None:
    """A speed in km/h, driving backwards too; None when it is none, or none a car can have."""
    value = _value(payload, key)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        speed = abs(float(value)) * factor
    except (ValueError, OverflowError):
        return None
    return speed if math.isfinite(speed) and speed <= _MAX_KMH else None


def _value(payload: bytes, key: str) -> Any:
    """The payload as JSON, or else as text; ``key`` walks into objects, dots between names."""
    if len(payload) > _MAX_BYTES:
        return None
    text = payload.decode("utf-8", errors="replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None if key else text
    for name in key.split(".") if key else ():
        value = value.get(name) if isinstance(value, dict) else None
    return value
