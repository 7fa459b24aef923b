"""The event database of the device: SQLite that keeps every acknowledged alert through a power cut.

``alert`` returns after the commit has reached the medium; until then it is the caller's.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge_pose.config.sinks import StoreConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.store.civil_time import fill_in
from edge_pose.sinks.store.minutes import MinuteSum
from edge_pose.sinks.store.reserve import COMFORT, Reserve, room
from edge_pose.sinks.store.retention import prune
from edge_pose.sinks.store.rows import end_what_was_cut_off, insert_minutes, write_alert
from edge_pose.sinks.store.schema import (
    DATABASE,
    NewerDatabase,
    connect,
    identity,
    is_damage,
    set_aside,
)
from edge_pose.sinks.store.waiting_minutes import WaitingMinutes
from edge_pose.sinks.wall_clock import WallTime, boot_id
from edge_pose.values import Alert, DriverState, Health

log = logging.getLogger(__name__)

_PRUNE_S = 3600.0
_NO_ROOM = 1_000_000
"""With fewer free bytes a disk counts as full, whatever the error calls it."""

_Write = Callable[[sqlite3.Connection], None]


class StoreSink:
    """Writes alerts, episodes and minutes to ``<state_dir>/events.db``.

    Alert ids count from 1 in each run of the program, so rows are keyed by (run, episode); a sink
    made anew in the same run (``run`` names it) goes on with its rows.
    """

    name = "store"
    keeps_trials = True
    """Episodes of rules on trial are stored, too."""

    def __init__(
        self,
        config: StoreConfig,
        *,
        state_dir: Path,
        vehicle_id: str,
        wall: WallTime,
        run: str = "",
    ) -> None:
        self._config = config
        self._path = state_dir / DATABASE
        self._vehicle_id = vehicle_id
        self._wall = wall
        self._token = run or uuid.uuid4().hex
        self._database: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._run = 0
        self._sum = MinuteSum()
        self._minutes = WaitingMinutes(wall)
        self._reserve = Reserve(state_dir)
        self._settled = wall.media
        self._pruned_s = float("-inf")

    @property
    def path(self) -> Path:
        return self._path

    def open(self) -> None:
        with self._explained():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._connect()
            except NewerDatabase:  # an update was taken back: today's events must be kept, too
                self._start_anew("newer")
            except (sqlite3.Error, OSError) as error:
                if isinstance(error, sqlite3.Error) and is_damage(error):
                    self._start_anew()
                elif self._gives_way(error):
                    self._connect()
                else:
                    raise

    def alert(self, alert: Alert) -> None:
        self._durably(lambda database: write_alert(database, self._run, alert, self._wall))
        self._prune_when_due()

    def state(self, state: DriverState, health: Health) -> None:
        self._settle_time()
        minute = self._sum.add(self._wall.at(state.t_s), state, health)
        if minute is not None:
            self._minutes.add(minute, self._sum.ended_t_s)
            self._write_minutes()
            self._prune_when_due()

    def _settle_time(self) -> None:
        """Once the machine's clock is set, what was written before gets its UTC."""
        if self._settled or self._database is None or self._wall.synchronised is not True:
            return
        self._settled = True
        boot, offset_s, now_s = boot_id(), self._wall.offset_s, self._wall.clock.now()
        if boot is None:
            return
        filled: list[int] = []
        self._durably(lambda database: filled.append(fill_in(database, boot, offset_s, now_s)))
        if filled[-1]:
            log.info("the clock is set: %d earlier records have their time now", filled[-1])

    def close(self) -> None:
        if self._database is None:
            return
        try:
            if (minute := self._sum.finish()) is not None:
                self._minutes.add(minute, self._sum.ended_t_s)
            self._write_minutes()
        finally:
            self._disconnect()

    def _connect(self) -> None:
        self._database = connect(self._path)
        self._file = identity(self._path)
        self._reserve.hold()
        known = self._database.execute("SELECT run FROM runs WHERE token = ?", (self._token,))
        row = known.fetchone() or self._begin_run(self._database)
        self._run = int(row[0])

    def _begin_run(self, database: sqlite3.Connection) -> tuple[int]:
        cursor = database.execute(
            "INSERT INTO runs (token, vehicle_id, started_utc_s, started_s, boot_id)"
            " VALUES (?, ?, ?, ?, ?)",
            (
                self._token,
                self._vehicle_id,
                self._wall.now(),
                self._wall.clock.now(),
                None if self._wall.media else boot_id(),
            ),
        )
        assert cursor.lastrowid is not None
        end_what_was_cut_off(database, cursor.lastrowid)
        return (cursor.lastrowid,)

    def _disconnect(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            database.close()

    def _start_anew(self, why: str = "damaged") -> None:
        self._disconnect()
        set_aside(self._path, int(self._wall.now()), why)
        self._connect()

    def _durably(self, write: _Write) -> None:
        """Run a write in one transaction; a database found damaged is replaced, then written."""
        with self._explained():
            self._follow_file()
            try:
                self._commit(write)
            except sqlite3.DatabaseError as error:
                if is_damage(error):
                    self._start_anew()
                elif not self._gives_way(error):
                    raise
                self._commit(write)

    def _follow_file(self) -> None:
        """SQLite writes on into a file that was deleted or renamed: all of it would be lost."""
        if self._database is not None and identity(self._path) != self._file:
            log.error("%s was removed or replaced while it was open; it is begun anew", self._path)
            self._disconnect()
            self._connect()

    def _gives_way(self, error: Exception) -> bool:
        """True when the disk is full and the reserve has just made room."""
        full = _is_full(error) or room(self._path.parent) < _NO_ROOM
        return full and self._reserve.release()

    def _commit(self, write: _Write) -> None:
        if self._database is None:
            raise SinkError(f"{self._path}: the event store is not open")
        self._database.execute("BEGIN IMMEDIATE")
        try:
            write(self._database)
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    def _write_minutes(self) -> None:
        """Minutes give way to events: where room is short they wait, and the oldest are lost."""
        if not self._minutes or room(self._path.parent) < COMFORT:
            return
        dated = self._minutes.dated()
        self._durably(lambda database: insert_minutes(database, self._run, dated))
        self._minutes.clear()

    def _prune_when_due(self) -> None:
        now_s = self._wall.clock.now()
        if self._database is None or now_s - self._pruned_s < _PRUNE_S:
            return
        self._pruned_s = now_s
        by_age = self._wall.trusted  # an unset clock, or one that jumped, must not delete anything
        self._reserve.hold()
        try:
            prune(self._database, self._config, self._wall.now() if by_age else None)
        except sqlite3.Error as error:  # the alert itself is safe: not the caller's trouble
            log.warning("%s: old events could not be deleted: %s", self._path, error)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            if isinstance(error, SinkError):
                raise
            raise SinkError(f"{self._path}: {error}; {_advice(error)}") from error


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    code = getattr(error, "sqlite_errorcode", None)
    return "full" in str(error) if code is None else code & 0xFF == sqlite3.SQLITE_FULL


def _advice(error: Exception) -> str:
    text = str(error)
    if "full" in text or "No space" in text:
        return "free some space or lower store.max_mb"
    if "readonly" in text or "unable to open" in text or "ermission" in text or "Read-only" in text:
        return "make the state directory writable for the service's user"
    if "locked" in text:
        return "another program holds the database; end it"
    return "check the disk"
