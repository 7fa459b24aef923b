"""What a report tells, as values: facts, curves on one time axis, episodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edge_pose.plural import counted

Series = NDArray[np.float64]
"""One value for each moment of the axis; NaN = not measured."""

LEVELS = ("note", "advisory", "warning", "critical")
_MANY = ("notes", "advisories", "warnings", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A named curve; ``style`` is its CSS class. ``low``/``high``: its spread within a column."""

    name: str
    style: str
    values: Series
    unit: str = ""
    decimals: int = 0
    low: Series | None = None
    high: Series | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Curves over one value range. ``marks``: (value, label) of grid lines; ``bands``: (from, to,
    CSS class) of tinted ranges."""

    title: str
    note: str
    low: float
    high: float
    marks: tuple[tuple[float, str], ...]
    lines: tuple[Line, ...]
    bands: tuple[tuple[float, float, str], ...] = ()

    @property
    def measured(self) -> bool:
        """False where not one value was measured."""
        return any(bool(np.isfinite(line.values).any()) for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One episode on the report's time axis (seconds). ``level``: 1–3."""

    headline: str
    kind: str
    level: int
    start_s: float
    alert_s: float
    end_s: float | None
    reason: str

    @property
    def of_driver(self) -> bool:
        """False for what the monitor says of itself: still learning, sight limited."""
        return not self.kind.startswith("monitor.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A whole report. ``clock`` turns a moment of the axis into the words people read."""

    title: str
    subtitle: str
    start_s: float
    end_s: float
    times: Series
    charts: tuple[Chart, ...]
    events: tuple[Event, ...]
    facts: tuple[tuple[str, str, str], ...]
    """(value, name, a word of explanation) for the tiles at the top."""
    clock: Callable[[float], str]
    utc_offset_s: float | None = None
    """Of local time, where the axis is civil time; None: it counts from the drive's start."""
    ends_seen: bool = True
    """False where an episode without an end may have been cut off: nobody saw its end."""
    empty: str = field(default="Nothing happened that called for an alert.")


def condensed(times: Series, lines: Sequence[Line], columns: int) -> tuple[Series, list[Line]]:
    """The same curves in at most ``columns`` points: means, with lowest and highest of each."""
    count = len(times)
    if count <= columns:
        return times, list(lines)
    edges = np.linspace(0, count, columns + 1).astype(int)[:-1]
    return _means(times, edges), [_condensed(line, edges) for line in lines]


def _condensed(line: Line, edges: NDArray[np.int_]) -> Line:
    values = line.values
    low = np.minimum.reduceat(np.where(np.isfinite(values), values, np.inf), edges)
    high = np.maximum.reduceat(np.where(np.isfinite(values), values, -np.inf), edges)
    return Line(
        name=line.name,
        style=line.style,
        unit=line.unit,
        decimals=line.decimals,
        values=_means(values, edges),
        low=np.where(np.isfinite(low), low, np.nan),
        high=np.where(np.isfinite(high), high, np.nan),
    )


def _means(values: Series, edges: NDArray[np.int_]) -> Series:
    known = np.isfinite(values)
    total = np.add.reduceat(np.where(known, values, 0.0), edges)
    count = np.add.reduceat(known.astype(np.float64), edges)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan), np.float64)


def worst(events: Sequence[Event]) -> Event | None:
    """The driver's most urgent episode, the first of equals."""
    told = [event for event in events if event.of_driver]
    return max(told, key=lambda e: (e.level, -e.start_s), default=None)


def counts(events: Sequence[Event]) -> str:
    """'1 critical, 2 warnings' and its like."""
    found = {level: sum(event.level == level for event in events) for level in (3, 2, 1)}
    words = [counted(count, LEVELS[at], _MANY[at]) for at, count in found.items() if count]
    return ", ".join(words) or "none"
