"""Reading the event database: for ``edge-pose events``, the web page and the day report."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any, TextIO

from edge_pose.errors import SinkError
from edge_pose.sinks.store.minutes import Minute
from edge_pose.sinks.store.schema import DATABASE
from edge_pose.sinks.store.stored import (
    Stored,
    StoredAlert,
    StoredEpisode,
    alert_of,
    episode_of,
    minute_of,
    readable,
)
from edge_pose.sinks.wall_clock import iso


class EventLog:
    """Questions to ``<state_dir>/events.db``; opens it for reading on each, so it never locks."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / DATABASE

    def episodes(
        self, since_utc_s: float = 0.0, until_utc_s: float = 1e12, *, last: int | None = None
    ) -> list[StoredEpisode]:
        """Episodes that began in [since, until), oldest first; only the ``last`` ones if given."""
        rows = self._rows("episodes", "utc_start_s", since_utc_s, until_utc_s, last)
        return list(readable(episode_of, rows))

    def alerts(
        self, since_utc_s: float = 0.0, until_utc_s: float = 1e12, *, last: int | None = None
    ) -> list[StoredAlert]:
        """Alert transitions in [since, until), oldest first."""
        rows = self._rows("alerts", "utc_s", since_utc_s, until_utc_s, last)
        return list(readable(alert_of, rows))

    def every_episode(
        self, since_utc_s: float = 0.0, until_utc_s: float = 1e12
    ) -> Iterator[StoredEpisode]:
        """The same as ``episodes``, one by one: a database of any size passes through."""
        rows = self._stream("episodes", "utc_start_s", since_utc_s, until_utc_s)
        yield from readable(episode_of, rows)

    def every_alert(
        self, since_utc_s: float = 0.0, until_utc_s: float = 1e12
    ) -> Iterator[StoredAlert]:
        """The same as ``alerts``, one by one."""
        yield from readable(alert_of, self._stream("alerts", "utc_s", since_utc_s, until_utc_s))

    def minutes(self, since_utc_s: float = 0.0, until_utc_s: float = 1e12) -> list[Minute]:
        """Per-minute numbers in [since, until), oldest first; minutes not driven are absent."""
        rows = self._rows("minutes", "utc_s", since_utc_s, until_utc_s, None)
        return list(readable(minute_of, rows))

    def _rows(
        self, table: str, column: str, since: float, until: float, last: int | None
    ) -> list[sqlite3.Row]:
        if not self._path.exists():
            return []
        with self._reading() as database:
            newest_first = database.execute(
                f"SELECT * FROM {table} WHERE {column} >= ? AND {column} < ?"
                f" ORDER BY {column} DESC, rowid DESC LIMIT ?",
                (since, until, -1 if last is None else last),
            ).fetchall()
        return newest_first[::-1]

    def _stream(self, table: str, column: str, since: float, until: float) -> Iterator[sqlite3.Row]:
        if not self._path.exists():
            return
        with self._reading() as database:
            yield from database.execute(
                f"SELECT * FROM {table} WHERE {column} >= ? AND {column} < ?"
                f" ORDER BY {column}, rowid",
                (since, until),
            )

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            database = sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True)
            try:
                database.row_factory = sqlite3.Row
                database.text_factory = lambda stored: stored.decode("utf-8", "replace")
                yield database
            finally:
                database.close()
        except sqlite3.Error as error:
            raise SinkError(
                f"{self._path}: cannot be read ({error}); run as the service's user or with sudo"
            ) from error


def day_bounds(day: date, zone: tzinfo | None = None) -> tuple[float, float]:
    """[start, end) of a civil day in UTC seconds; ``zone`` None is the machine's own.

    Days of 23 or 25 hours come out right: each midnight is converted by itself.
    """
    midnights = (datetime.combine(day + timedelta(days=n), time(), tzinfo=zone) for n in (0, 1))
    start, end = (midnight.timestamp() for midnight in midnights)
    return start, end


def as_record(row: Stored) -> dict[str, object]:
    """One row as plain values to the thousandth, UTC moments as RFC 3339 text under ``utc…``
    keys."""
    record: dict[str, object] = {key: _rounded(value) for key, value in asdict(row).items()}
    for key in [key for key in record if key.startswith("utc")]:
        moment = getattr(row, key)
        del record[key]
        record[key.removesuffix("_s")] = None if moment is None else iso(moment)
    return record


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, 3) if isinstance(value, float) else value


def write_jsonl(rows: Iterable[Stored], out: TextIO) -> int:
    """One JSON object a line; how many."""
    count = 0
    for row in rows:
        out.write(json.dumps(as_record(row)) + "\n")
        count += 1
    return count


def write_csv(rows: Iterable[Stored], out: TextIO) -> int:
    """A header and one line per row; lists and values as JSON text. Nothing for no rows. How many
    rows."""
    count, writer = 0, None
    for row in rows:
        record = as_record(row)
        if writer is None:
            writer = csv.DictWriter(out, fieldnames=list(record), lineterminator="\n")
            writer.writeheader()
        writer.writerow({key: _cell(value) for key, value in record.items()})
        count += 1
    return count


def _cell(value: object) -> object:
    """Words that a spreadsheet would take for a formula are quoted: they may come from plugins."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return json.dumps(value) if isinstance(value, dict | list | tuple) else value


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
