"""Records of the event database as values: what can be read of them, whatever version wrote it."""

from __future__ import annotations

import json
import logging
import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from edge_pose.sinks.store.minutes import Minute
from edge_pose.sinks.wall_clock import iso
from edge_pose.values import AlertLevel

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEpisode:
    """One episode as the database tells it. ``utc_end_s`` None: open, or cut off and no
    program has run since."""

    run: int
    episode: int
    kind: str
    kinds: tuple[str, ...]
    level: int
    utc_start_s: float
    utc_alert_s: float
    utc_end_s: float | None
    clock_synchronised: bool | None
    t_start_s: float
    t_alert_s: float
    t_end_s: float | None
    reason: str
    values: dict[str, float]
    steps: tuple[dict[str, object], ...] = ()
    """When each kind and level was reached, in order: ``t_s``, ``utc``, ``kind``, ``level``."""
    shadow: bool = False
    """Found by a rule on trial, and told to nobody."""

    @property
    def duration_s(self) -> float | None:
        return None if self.t_end_s is None else self.t_end_s - self.t_start_s


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAlert:
    """One transition of an episode, as it was acknowledged."""

    run: int
    episode: int
    phase: str
    kind: str
    level: int
    utc_s: float
    clock_synchronised: bool | None
    t_s: float
    reason: str
    values: dict[str, float]
    shadow: bool = False


Stored = StoredEpisode | StoredAlert | Minute
_Row = TypeVar("_Row", StoredEpisode, StoredAlert, Minute)


def readable(make: Callable[[sqlite3.Row], _Row], rows: Iterable[sqlite3.Row]) -> Iterator[_Row]:
    """What can be read: one record in which a bit has turned over must not hide all others."""
    lost = 0
    for row in rows:
        try:
            yield make(row)
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            lost += 1
    if lost:
        log.warning("%d damaged records of the event database are left out", lost)


def _fields(row: sqlite3.Row, kind: type[Stored]) -> dict[str, Any]:
    """The columns that this version knows; ValueError for what cannot stand in one."""
    types = _TYPES[kind]
    found = {name: row[name] for name in row.keys() if name in types}  # noqa: SIM118 (no mapping)
    for name, value in found.items():
        if not _is_possible(name, types[name], value):
            raise ValueError(f"{name} = {value!r}")
    return found


_TYPES: Mapping[type[Any], Mapping[str, str]] = {
    kind: {field.name: str(field.type) for field in fields(kind)}
    for kind in (StoredEpisode, StoredAlert, Minute)
}


def _is_possible(name: str, kind: str, value: object) -> bool:
    if name == "level":
        return value in _LEVELS
    if kind == "int":
        return isinstance(value, int)
    if not kind.startswith("float"):
        return True
    if value is None:
        return "None" in kind
    low, high = _DATES if name.startswith("utc") else (-_LONGEST_S, _LONGEST_S)
    return isinstance(value, int | float) and low < value < high


def _flag(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def _numbers(text: str) -> dict[str, float]:
    values = {str(name): float(value) for name, value in json.loads(text).items()}
    return {name: value for name, value in values.items() if math.isfinite(value)}


def episode_of(row: sqlite3.Row) -> StoredEpisode:
    shift_s = row["utc_start_s"] - row["t_start_s"]
    found = _OF_AN_OLDER_VERSION | _fields(row, StoredEpisode)
    steps = json.loads(found["steps"])
    return StoredEpisode(
        **found
        | {
            "kinds": tuple(row["kinds"].split()),
            "clock_synchronised": _flag(row["clock_synchronised"]),
            "values": _numbers(row["values"]),
            "steps": tuple({"utc": iso(step["t_s"] + shift_s), **step} for step in steps),
            "shadow": bool(found["shadow"]),
        }
    )


def alert_of(row: sqlite3.Row) -> StoredAlert:
    found = {"shadow": 0} | _fields(row, StoredAlert)
    return StoredAlert(
        **found
        | {
            "clock_synchronised": _flag(row["clock_synchronised"]),
            "values": _numbers(row["values"]),
            "shadow": bool(found["shadow"]),
        }
    )


def minute_of(row: sqlite3.Row) -> Minute:
    return Minute(**_fields(row, Minute))


_OF_AN_OLDER_VERSION: dict[str, Any] = {"steps": "[]", "shadow": 0}
"""Columns that a database has only once a program of this version has opened it."""
_LEVELS = frozenset(int(level) for level in AlertLevel)
_DATES = (-86_400.0, 2.5e11)
"""From the day on which a clock begins that was never set, to the year 9999."""
_LONGEST_S = 1e12
