"""The outbox's table in SQLite: how it is opened, judged, written and read."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from edge_pose.sinks.store.schema import is_damage, private_file, set_aside

Rows = list[tuple[int, str]]


def open_table(path: Path, utc: Callable[[], float]) -> sqlite3.Connection:
    """The database at ``path``; a damaged one is set aside and a new one begun, whose numbers start
    at the present second, so that they still go up. Raises sqlite3.Error or OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connect(path, utc)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
    set_aside(path, int(utc()))
    return _connect(path, utc)


def _connect(path: Path, utc: Callable[[], float]) -> sqlite3.Connection:
    private_file(path)
    database = sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(
            "CREATE TABLE IF NOT EXISTS outbox"
            " (seq INTEGER PRIMARY KEY AUTOINCREMENT, payload TEXT NOT NULL)"
        )
        database.text_factory = _text
        if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("database disk image is malformed")
        if not database.execute("SELECT 1 FROM sqlite_sequence").fetchone():
            database.execute("INSERT INTO sqlite_sequence VALUES ('outbox', ?)", (int(utc()),))
        _judge(database)
    except BaseException:
        database.close()
        raise
    return database


def _text(stored: bytes) -> str:
    """One byte that has turned over must not hide every event behind it."""
    return stored.decode("utf-8", "replace")


def _judge(database: sqlite3.Connection) -> None:
    """A table of another making, or numbers that nobody gave, are damage, too."""
    try:
        database.execute("SELECT seq, payload FROM outbox LIMIT 0")
        database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'")
        sound = 0 <= last_number(database) <= _HIGHEST
    except (TypeError, ValueError):
        sound = False
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR:
            raise
        sound = False
    if not sound:
        raise sqlite3.DatabaseError("malformed: not the program's table")


def last_number(database: sqlite3.Connection) -> int:
    """The highest number ever given."""
    row = database.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
    return int(row[0])


def write(database: sqlite3.Connection, new: Mapping[int, str], gone: Collection[int]) -> None:
    """Add and delete in one transaction; what is added is on the medium when this returns. What is
    only deleted may come back after a power cut."""
    database.execute(f"PRAGMA synchronous = {'FULL' if new else 'NORMAL'}")
    database.execute("BEGIN IMMEDIATE")
    try:
        database.executemany("INSERT OR REPLACE INTO outbox VALUES (?, ?)", list(new.items()))
        database.executemany("DELETE FROM outbox WHERE seq = ?", [(seq,) for seq in gone])
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def after(database: sqlite3.Connection, seq: int, count: int) -> Rows:
    """Up to ``count`` rows with a higher number, in order; -1: all of them."""
    rows = database.execute(
        "SELECT seq, payload FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?", (seq, count)
    )
    return [(int(number), str(payload)) for number, payload in rows]


def count_of(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM outbox").fetchone()[0])


def rescue(database: sqlite3.Connection) -> Rows:
    """All that can be read of a damaged table."""
    try:
        return after(database, -1, -1)
    except sqlite3.Error:
        return []


class NumberFile:
    """The last number given, in a file of fixed size: it can be overwritten where the database
    cannot be written, because it is locked or the disk is full."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def open(self) -> int:
        """The number in it; 0 where there is none, or no place for it."""
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
                if os.fstat(self._file).st_size < _DIGITS:
                    os.pwrite(self._file, b"0" * _DIGITS, 0)
            number = int(os.pread(self._file, _DIGITS, 0))
            return number if 0 <= number <= _HIGHEST else 0
        except (OSError, ValueError):
            return 0

    def write(self, number: int) -> None:
        """Keep it, as far as the disk lets us."""
        if self._file is not None:
            try:
                os.pwrite(self._file, f"{number:0{_DIGITS}d}".encode(), 0)
                os.fdatasync(self._file)
            except OSError:
                return

    def close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            os.close(file)


_DIGITS = 20
_HIGHEST = 2**53
"""Beyond it JSON's numbers are no longer exact: such a file is damaged."""
