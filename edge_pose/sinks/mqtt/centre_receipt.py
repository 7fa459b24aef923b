"""A fleet centre's word that it has written events and minutes down; until then they stay here."""

from __future__ import annotations

import json

REPEAT_S = 600.0
"""What the centre has not confirmed by then is sent again: the broker, or the confirmation, may
have been lost. The centre drops what it has."""


def kept_numbers(payload: bytes, lane: str) -> list[int]:
    """The confirmed numbers of one lane, ``events`` or ``minutes``; none of what makes no sense."""
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        return []
    numbers = told.get(lane) if isinstance(told, dict) else None
    if not isinstance(numbers, list):
        return []
    return [one for one in numbers if isinstance(one, int) and 0 <= one < 2**63]
