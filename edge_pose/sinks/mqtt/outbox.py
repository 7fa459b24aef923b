"""Events on their way: on disk until the broker has acknowledged them, oldest first, bounded."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from edge_pose.sinks.store.schema import is_damage, set_aside

log = logging.getLogger(__name__)

FILE = "mqtt-outbox.db"

_T = TypeVar("_T")


class Outbox:
    """A queue in SQLite whose sequence numbers go on over restarts.

    Where the disk cannot be written it goes on in memory, and says so. A new file starts counting
    at the present second, so that the numbers still go up after a lost file.
    """

    def __init__(
        self, path: Path, *, limit: int, utc: Callable[[], float], dear: bool = True
    ) -> None:
        """``dear``: what is given up past the limit is a loss, and said."""
        self._path = path
        self._dear = dear
        self._limit = limit
        self._utc = utc
        self._database: sqlite3.Connection | None = None
        self._on_disk = False
        self.lost = 0
        """Events given up because the queue was full."""

    def open(self) -> None:
        if self._database is not None:
            return
        try:
            self._database = self._open_file()
            self._on_disk = True
        except (sqlite3.Error, OSError) as error:
            self._fall_back(error, [])

    def add(self, make: Callable[[int], str]) -> int:
        """Queue the text that ``make`` gives for its sequence number; on disk when this returns."""
        return self._with_fallback(lambda database: self._add(database, make))

    def after(self, seq: int, count: int) -> list[tuple[int, str]]:
        """Up to ``count`` waiting events with a higher number, in order."""
        return self._with_fallback(lambda database: _after(database, seq, count))

    def done(self, seq: int) -> None:
        """The broker has it. Not flushed: after a power cut it may be sent once more."""
        self._with_fallback(lambda database: _delete(database, seq))

    def __len__(self) -> int:
        return self._with_fallback(_count)

    def close(self) -> None:
        """Close the file; events kept only in memory stay."""
        if self._on_disk and self._database is not None:
            self._database.close()
            self._database, self._on_disk = None, False

    def _with_fallback(self, act: Callable[[sqlite3.Connection], _T]) -> _T:
        """Do it on the disk, or else, with all that can be read there, in memory."""
        if self._database is None:
            self.open()
        assert self._database is not None
        try:
            return act(self._database)
        except sqlite3.Error as error:
            self._fall_back(error, _rescue(self._database))
        return act(self._database)

    def _add(self, database: sqlite3.Connection, make: Callable[[int], str]) -> int:
        database.execute("PRAGMA synchronous = FULL")
        database.execute("BEGIN IMMEDIATE")
        try:
            row = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
            seq = int(row.fetchone()[0]) + 1
            database.execute("INSERT INTO outbox VALUES (?, ?)", (seq, make(seq)))
            self._bound(database)
            database.execute("COMMIT")
        except BaseException:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise
        return seq

    def _bound(self, database: sqlite3.Connection) -> None:
        count = _count(database)
        if count <= self._limit:
            return
        database.execute(
            "DELETE FROM outbox WHERE seq IN (SELECT seq FROM outbox ORDER BY seq LIMIT ?)",
            (count - self._limit,),
        )
        if self._dear and not self.lost:
            log.error("MQTT backlog is full (%d): the oldest events are given up", self._limit)
        self.lost += count - self._limit

    def _open_file(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._connect(str(self._path))
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
        set_aside(self._path, int(self._utc()))
        return self._connect(str(self._path))

    def _connect(self, name: str) -> sqlite3.Connection:
        database = sqlite3.connect(
            name, timeout=1.0, isolation_level=None, check_same_thread=False
        )  # fmt: skip
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS outbox"
                " (seq INTEGER PRIMARY KEY AUTOINCREMENT, payload TEXT NOT NULL)"
            )
            if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
                raise sqlite3.DatabaseError("database disk image is malformed")
            if not database.execute("SELECT 1 FROM sqlite_sequence").fetchone():
                self._count_from(database, int(self._utc()))
        except BaseException:
            database.close()
            raise
        return database

    def _count_from(self, database: sqlite3.Connection, seq: int) -> None:
        database.execute("INSERT INTO sqlite_sequence VALUES ('outbox', ?)", (seq,))

    def _fall_back(self, error: Exception, rows: Sequence[tuple[int, str]]) -> None:
        log.error("MQTT backlog %s: %s; kept in memory until the restart", self._path, error)
        if self._database is not None:
            self._database.close()
        self._database, self._on_disk = self._connect(":memory:"), False
        self._database.executemany("INSERT INTO outbox VALUES (?, ?)", rows)


def _after(database: sqlite3.Connection, seq: int, count: int) -> list[tuple[int, str]]:
    rows = database.execute(
        "SELECT seq, payload FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?", (seq, count)
    )
    return [(int(number), str(payload)) for number, payload in rows]


def _count(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM outbox").fetchone()[0])


def _delete(database: sqlite3.Connection, seq: int) -> None:
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute("DELETE FROM outbox WHERE seq = ?", (seq,))


def _rescue(database: sqlite3.Connection) -> list[tuple[int, str]]:
    try:
        return _after(database, -1, -1)
    except sqlite3.Error:
        return []
