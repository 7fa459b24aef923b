"""Erasing events for good: out of the tables, out of the file and out of its log."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs

from edge_pose.errors import SinkError
from edge_pose.sinks.store.schema import DATABASE, aside_of, connect
from edge_pose.sinks.wall_clock import iso

_TABLES = (("alerts", "utc_s"), ("episodes", "utc_start_s"), ("minutes", "utc_s"))


def erase_events(state_dir: Path, before_utc_s: float | None) -> int:
    """Delete events and minutes from before a moment, or (None) all of them, and databases that
    were set aside; rows deleted. Nothing of them is left in the files."""
    path = state_dir / DATABASE
    if before_utc_s is None:
        _delete_aside(path)
    if not path.exists():
        return 0
    with _explained(path):
        database = connect(path)
        try:
            return _erase(database, before_utc_s)
        finally:
            database.close()


def erase_backlog(path: Path, before_iso: str | None) -> int:
    """Delete what waits for the broker from before a moment (RFC 3339, UTC), or all of it; messages
    deleted."""
    if before_iso is None:
        _delete_aside(path)
    if not path.exists():
        return 0
    with _explained(path):
        database = sqlite3.connect(path, timeout=5.0, isolation_level=None)
        try:
            rows = database.execute("SELECT seq, payload FROM outbox").fetchall()
            gone = [(seq,) for seq, text in rows if before_iso is None or _utc(text) < before_iso]
            database.execute("PRAGMA secure_delete = ON")
            database.executemany("DELETE FROM outbox WHERE seq = ?", gone)
            _shrink(database)
            return len(gone)
        finally:
            database.close()


def _erase(database: sqlite3.Connection, before_utc_s: float | None) -> int:
    limit = float("inf") if before_utc_s is None else before_utc_s
    deleted = sum(
        database.execute(f"DELETE FROM {table} WHERE {column} < ?", (limit,)).rowcount
        for table, column in _TABLES
    )
    database.execute(
        "DELETE FROM runs WHERE run NOT IN (SELECT run FROM alerts UNION SELECT run FROM episodes"
        " UNION SELECT run FROM minutes) AND run < (SELECT max(run) FROM runs)"
    )
    _shrink(database)
    return deleted


def _delete_aside(path: Path) -> None:
    for aside in aside_of(path):
        aside.unlink(missing_ok=True)


def _shrink(database: sqlite3.Connection) -> None:
    """Rewrite the file without the deleted, then empty the write-ahead log, which has copies."""
    database.execute("VACUUM")
    busy = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        raise sqlite3.OperationalError("database is locked: its log still holds what was deleted")


def _utc(payload: str) -> str:
    """When a waiting message was, as JSON or (Traccar) a query tells it; one that does not say
    counts as old."""
    try:
        told = json.loads(payload)
        first = told["minutes"][0]["utc"] if "minutes" in told else told["utc"]
    except ValueError:
        return _utc_of_query(payload)
    except (KeyError, IndexError, TypeError, RecursionError):
        return ""
    return str(first)


def _utc_of_query(payload: str) -> str:
    try:
        return iso(float(parse_qs(payload)["timestamp"][0]))
    except (ValueError, KeyError, OverflowError, OSError):
        return ""


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if isinstance(error, SinkError):
            raise
        raise SinkError(
            f"{path}: not everything could be erased ({error}); stop the service (sudo systemctl "
            "stop edge-pose) and run this again"
        ) from error
