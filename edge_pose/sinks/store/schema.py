"""The event database's shape: how it is opened, brought up to date, judged and set aside."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
from pathlib import Path

from edge_pose.errors import SinkError

log = logging.getLogger(__name__)

DATABASE = "events.db"
_MODE = 0o640
_INCREMENTAL = 2

# One entry per version; an entry is never changed once released, only followed by another.
MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE runs (
        run INTEGER PRIMARY KEY AUTOINCREMENT,
        token TEXT NOT NULL,
        vehicle_id TEXT NOT NULL,
        started_utc_s REAL NOT NULL,
        started_s REAL NOT NULL
    );
    CREATE TABLE alerts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run INTEGER NOT NULL REFERENCES runs(run),
        episode INTEGER NOT NULL,
        phase TEXT NOT NULL,
        kind TEXT NOT NULL,
        level INTEGER NOT NULL,
        utc_s REAL NOT NULL,
        clock_synchronised INTEGER,
        t_s REAL NOT NULL,
        reason TEXT NOT NULL,
        "values" TEXT NOT NULL
    );
    CREATE INDEX alerts_utc ON alerts (utc_s);
    CREATE TABLE episodes (
        run INTEGER NOT NULL REFERENCES runs(run),
        episode INTEGER NOT NULL,
        kind TEXT NOT NULL,
        kinds TEXT NOT NULL,
        level INTEGER NOT NULL,
        utc_start_s REAL NOT NULL,
        utc_alert_s REAL NOT NULL,
        utc_end_s REAL,
        clock_synchronised INTEGER,
        t_start_s REAL NOT NULL,
        t_alert_s REAL NOT NULL,
        t_end_s REAL,
        reason TEXT NOT NULL,
        "values" TEXT NOT NULL,
        PRIMARY KEY (run, episode)
    );
    CREATE INDEX episodes_utc ON episodes (utc_start_s);
    CREATE TABLE minutes (
        run INTEGER NOT NULL REFERENCES runs(run),
        utc_s REAL NOT NULL,
        samples INTEGER NOT NULL,
        face REAL NOT NULL,
        distracted REAL NOT NULL,
        attention REAL NOT NULL,
        attention_min REAL NOT NULL,
        level_max INTEGER NOT NULL,
        perclos REAL,
        drowsiness REAL,
        fps REAL NOT NULL,
        frame_age_p95_ms REAL NOT NULL,
        dropped INTEGER NOT NULL,
        temperature_c REAL,
        PRIMARY KEY (run, utc_s)
    );
    CREATE INDEX minutes_utc ON minutes (utc_s);
    """,
    """
    ALTER TABLE runs ADD COLUMN boot_id TEXT;
    ALTER TABLE minutes ADD COLUMN t_s REAL;
    ALTER TABLE minutes ADD COLUMN clock_synchronised INTEGER;
    """,
    """
    ALTER TABLE episodes ADD COLUMN steps TEXT NOT NULL DEFAULT '[]';
    ALTER TABLE episodes ADD COLUMN shadow INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE alerts ADD COLUMN shadow INTEGER NOT NULL DEFAULT 0;
    """,
)


_COLUMNS = (
    "token, vehicle_id, started_utc_s, started_s, boot_id, run FROM runs",
    "run, episode, phase, kind, level, utc_s, clock_synchronised, t_s, reason, shadow FROM alerts",
    "run, episode, kinds, utc_start_s, utc_alert_s, utc_end_s, t_start_s, t_alert_s, t_end_s, steps"
    " FROM episodes",
    "run, utc_s, samples, dropped, t_s, clock_synchronised FROM minutes",
)
_ASIDE_MOST = 5
"""So many files set aside are kept: a failing disk must not fill with them."""


class NewerDatabase(SinkError):
    """Written by a later version of the program: an update was taken back."""


def private_file(path: Path) -> None:
    """Have the file made readable for its owner and group only; SQLite's log and index take its
    mode over. Raises OSError.

    Root follows no link: whoever may write to the folder could have it open another's file."""
    safely = os.O_NOFOLLOW if os.geteuid() == 0 else 0
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | safely, _MODE))
    if path.stat().st_mode & ~_MODE & 0o777:
        with contextlib.suppress(PermissionError):
            for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
                if file.exists() and not (safely and file.is_symlink()):
                    file.chmod(_MODE)


def identity(path: Path) -> tuple[int, int] | None:
    """Tells this file from another one that takes its name later; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def connect(path: Path) -> sqlite3.Connection:
    """Open for writing: write-ahead log, each commit flushed to the medium, space reclaimable."""
    private_file(path)
    database = sqlite3.connect(path, timeout=2.0, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA auto_vacuum = INCREMENTAL")
        database.execute("PRAGMA secure_delete = ON")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA journal_size_limit = 1048576")
        _judge(database)
        _bring_up_to_date(database, path)
        if database.execute("PRAGMA auto_vacuum").fetchone()[0] != _INCREMENTAL:
            database.execute("VACUUM")  # a file of another making takes the setting over by this
    except BaseException:
        database.close()
        raise
    return database


def _judge(database: sqlite3.Connection) -> None:
    verdict = database.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise sqlite3.DatabaseError(f"database disk image is malformed: {verdict}")


def _migrate(database: sqlite3.Connection, path: Path) -> None:
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise NewerDatabase(
            f"{path}: written by a newer edge_pose (version {version}, this one knows "
            f"{len(MIGRATIONS)}); update edge_pose or move the file away"
        )
    for number in range(version, len(MIGRATIONS)):
        database.executescript(
            f"BEGIN IMMEDIATE; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;"
        )


def _bring_up_to_date(database: sqlite3.Connection, path: Path) -> None:
    """Also a file with tables of another making is damage: nothing could be written to it."""
    try:
        _migrate(database, path)
        for columns in _COLUMNS:
            database.execute(f"SELECT {columns} LIMIT 0")
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise sqlite3.DatabaseError(f"malformed: not the program's tables: {error}") from error
        raise


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is broken; a full disk or a lock is not damage."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return "malformed" in str(error) or "not a database" in str(error)
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def set_aside(path: Path, stamp: int, why: str = "damaged") -> Path:
    """Rename a database that is ``why`` no use, with its log, so that nothing in it is lost; its
    new path. Of the files of this name that were set aside before, the oldest give way."""
    aside = path.with_name(f"{path.stem}.{why}-{stamp}{path.suffix}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.stem}.{why}-{stamp}-{number}{path.suffix}")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{path}{suffix}", f"{aside}{suffix}")
    log.error("%s is %s: kept as %s, a new one is started", path, why, aside.name)
    with contextlib.suppress(OSError):
        _thin_out(path)
    return aside


def aside_of(path: Path) -> list[Path]:
    """Every file that was set aside from this path, logs too, the oldest first."""
    found = (
        file for why in ("damaged", "newer") for file in path.parent.glob(f"{path.stem}.{why}-*")
    )
    return sorted(found, key=lambda file: file.stat().st_ctime_ns)


def _thin_out(path: Path) -> None:
    whole = [file for file in aside_of(path) if file.suffix == path.suffix]
    for old in whole[:-_ASIDE_MOST]:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{old}{suffix}").unlink(missing_ok=True)
