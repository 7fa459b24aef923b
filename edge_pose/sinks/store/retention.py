"""How long events stay: by days, then by size, oldest first."""

from __future__ import annotations

import logging
import sqlite3

from edge_pose.config.sinks import StoreConfig

log = logging.getLogger(__name__)

_DAY_S = 86400.0
_SHARE = 10  # one tenth of the rows at a time
_TABLES = (("alerts", "utc_s"), ("episodes", "utc_start_s"), ("minutes", "utc_s"))


def prune(database: sqlite3.Connection, config: StoreConfig, now_utc_s: float | None) -> int:
    """Delete what is too old or too much; rows deleted. ``now_utc_s`` None: by size only."""
    deleted = 0
    if now_utc_s is not None:
        deleted += _delete_before(database, now_utc_s - config.days * _DAY_S)
    limit = config.max_mb * 1_000_000
    while size(database) > limit and (gone := _delete_oldest(database)):
        deleted += gone
    if deleted:
        database.execute("PRAGMA incremental_vacuum").fetchall()
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
    return sum(
        database.execute(f"DELETE FROM {table} WHERE {column} < ?", (utc_s,)).rowcount
        for table, column in _TABLES
    )


def _delete_oldest(database: sqlite3.Connection) -> int:
    """One tenth of each table; 0 when nothing is left."""
    gone = 0
    for table, column in _TABLES:
        rows = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        share = -(-rows // _SHARE)
        gone += database.execute(
            f"DELETE FROM {table} WHERE rowid IN"
            f" (SELECT rowid FROM {table} ORDER BY {column} LIMIT ?)",
            (share,),
        ).rowcount
    return gone
