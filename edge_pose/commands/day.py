"""Days as people write them."""

from __future__ import annotations

from datetime import date

from edge_pose.errors import ConfigError
from edge_pose.sinks.store.query import day_bounds


def day_of(text: str) -> date:
    """``YYYY-MM-DD`` or ``today``; ConfigError for anything else."""
    if text == "today":
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{text}: not a day; write it as YYYY-MM-DD, or today") from error


def bounds_of(text: str) -> tuple[float, float]:
    """[start, end) of that day, UTC seconds."""
    return day_bounds(day_of(text))
