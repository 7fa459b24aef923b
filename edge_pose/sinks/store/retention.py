"""How long events stay: by days, then by size, oldest first."""

from __future__ import annotations

import logging
import sqlite3

from edge_pose.config.sinks import StoreConfig
from edge_pose.sinks.wall_clock import PLAUSIBLE_UTC_S

log = logging.getLogger(__name__)

_DAY_S = 86400.0
_SHARE = 10  # one tenth of the rows at a time
UNHEARD_OF_S = 2 * 365 * _DAY_S
"""Nobody parks for so long: a clock that says so is wrong."""
_BY_AGE = (("alerts", "utc_s"), ("episodes", "utc_start_s"), ("minutes", "utc_s"))
_BY_SIZE = (("alerts", "id"), ("episodes", "run, episode"))


def prune(database: sqlite3.Connection, config: StoreConfig, now_utc_s: float | None) -> int:
    """Delete what is too old or too much; rows deleted. ``now_utc_s`` None: by size only."""
    deleted = 0
    if now_utc_s is not None:
        deleted += _delete_before(database, now_utc_s - config.days * _DAY_S)
    limit = config.max_mb * 1_000_000
    while size(database) > limit and (gone := _delete_oldest(database)):
        deleted += gone
    if deleted:
        # One step of it frees one page; only a script is stepped to its end.
        database.executescript("PRAGMA incremental_vacuum;")
        log.info("event store: %d old rows deleted", deleted)
    return deleted


def size(database: sqlite3.Connection) -> int:
    """Bytes in use, free pages not counted."""
    page, pages, free = (
        database.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_size", "page_count", "freelist_count")
    )
    return int(page * (pages - free))


def _delete_before(database: sqlite3.Connection, utc_s: float) -> int:
    """What is older, as far as its own date can be believed; what was written with an unset clock
    only when a later run is too old as well."""
    (newest,) = database.execute(
        "SELECT max(utc_s) FROM alerts WHERE run < (SELECT max(run) FROM runs)"
    ).fetchone()
    if newest is not None and utc_s - newest > UNHEARD_OF_S:
        return 0
    (bound,) = database.execute(
        "SELECT max(run) FROM alerts WHERE clock_synchronised = 1 AND utc_s < ?", (utc_s,)
    ).fetchone()
    return sum(
        database.execute(
            f"DELETE FROM {table} WHERE ({column} < ? AND {column} > ?"
            " AND clock_synchronised IS NOT 0) OR (run < ?"
            f" AND (clock_synchronised IS 0 OR {column} <= ?))",
            (utc_s, PLAUSIBLE_UTC_S, bound or 0, PLAUSIBLE_UTC_S),
        ).rowcount
        for table, column in _BY_AGE
    )


def _delete_oldest(database: sqlite3.Connection) -> int:
    """One tenth of the minutes, and when there are none left, of the events; 0 when nothing is
    left. Oldest by the order of writing, whatever the clock said."""
    gone = _delete_tenth(database, "minutes", "run, rowid")
    return gone or sum(_delete_tenth(database, table, order) for table, order in _BY_SIZE)


def _delete_tenth(database: sqlite3.Connection, table: str, order: str) -> int:
    rows = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return database.execute(
        f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} ORDER BY {order} LIMIT ?)",
        (-(-rows // _SHARE),),
    ).rowcount
