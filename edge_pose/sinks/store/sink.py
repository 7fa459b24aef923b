"""The event database of the device: SQLite that keeps every acknowledged alert through a power cut.

``alert`` returns after the commit has reached the medium; until then it is the caller's.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path

from edge_pose.config.sinks import StoreConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.store.minutes import Minute, MinuteSum
from edge_pose.sinks.store.retention import prune
from edge_pose.sinks.store.schema import DATABASE, connect, is_damage, set_aside
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.values import Alert, DriverState, Health

log = logging.getLogger(__name__)

_PRUNE_S = 3600.0
_WAITING_MINUTES = 120

_Write = Callable[[sqlite3.Connection], None]


class StoreSink:
    """Writes alerts, episodes and minutes to ``<state_dir>/events.db``.

    Alert ids count from 1 in each run of the program, so rows are keyed by (run, episode); a sink
    made anew in the same run (``run`` names it) goes on with its rows.
    """

    name = "store"

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
        self._run = 0
        self._sum = MinuteSum()
        self._minutes: deque[Minute] = deque(maxlen=_WAITING_MINUTES)
        self._pruned_s = float("-inf")

    @property
    def path(self) -> Path:
        return self._path

    def open(self) -> None:
        with self._explained():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._connect()
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                self._start_anew()

    def alert(self, alert: Alert) -> None:
        self._durably(lambda database: self._write_alert(database, alert))
        self._prune_when_due()

    def state(self, state: DriverState, health: Health) -> None:
        minute = self._sum.add(self._wall.at(state.t_s), state, health)
        if minute is not None:
            self._minutes.append(minute)
            self._write_minutes()
            self._prune_when_due()

    def close(self) -> None:
        if self._database is None:
            return
        try:
            if (minute := self._sum.finish()) is not None:
                self._minutes.append(minute)
            self._write_minutes()
        finally:
            self._disconnect()

    def _connect(self) -> None:
        self._database = connect(self._path)
        known = self._database.execute("SELECT run FROM runs WHERE token = ?", (self._token,))
        row = known.fetchone() or self._begin_run(self._database)
        self._run = int(row[0])

    def _begin_run(self, database: sqlite3.Connection) -> tuple[int]:
        cursor = database.execute(
            "INSERT INTO runs (token, vehicle_id, started_utc_s, started_s) VALUES (?, ?, ?, ?)",
            (self._token, self._vehicle_id, self._wall.now(), self._wall.clock.now()),
        )
        assert cursor.lastrowid is not None
        return (cursor.lastrowid,)

    def _disconnect(self) -> None:
        database, self._database = self._database, None
        if database is not None:
            database.close()

    def _start_anew(self) -> None:
        self._disconnect()
        set_aside(self._path, int(self._wall.now()))
        self._connect()

    def _durably(self, write: _Write) -> None:
        """Run a write in one transaction; a database found damaged is replaced, then written."""
        with self._explained():
            try:
                self._commit(write)
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                self._start_anew()
                self._commit(write)

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

    def _write_alert(self, database: sqlite3.Connection, alert: Alert) -> None:
        at_s = self._wall.at(alert.t_s)
        known = self._wall.synchronised
        values = json.dumps(dict(alert.values))
        database.execute(
            "INSERT INTO alerts (run, episode, phase, kind, level, utc_s, clock_synchronised, t_s,"
            ' reason, "values") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
            (self._run, alert.id, alert.phase.value, alert.kind.value, int(alert.level), at_s,
             known, alert.t_s, alert.reason, values),
        )  # fmt: skip
        ended_s = None if alert.t_end_s is None else at_s - alert.t_s + alert.t_end_s
        kinds = " ".join(kind.value for kind in alert.kinds or (alert.kind,))
        database.execute(
            "INSERT INTO episodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (run, episode) DO UPDATE SET kind = excluded.kind,"
            " kinds = excluded.kinds, level = excluded.level, utc_end_s = excluded.utc_end_s,"
            " t_end_s = excluded.t_end_s, reason = excluded.reason,"
            ' "values" = excluded."values"',
            (self._run, alert.id, alert.kind.value, kinds, int(alert.level),
             at_s - alert.t_s + alert.t_start_s, at_s - alert.t_s + alert.t_alert_s, ended_s,
             known, alert.t_start_s, alert.t_alert_s, alert.t_end_s, alert.reason, values),
        )  # fmt: skip

    def _write_minutes(self) -> None:
        if not self._minutes:
            return
        waiting = list(self._minutes)
        self._durably(lambda database: _insert_minutes(database, self._run, waiting))
        self._minutes.clear()

    def _prune_when_due(self) -> None:
        now_s = self._wall.clock.now()
        if self._database is None or now_s - self._pruned_s < _PRUNE_S:
            return
        self._pruned_s = now_s
        by_age = self._wall.synchronised is not False  # an unset clock must not delete anything
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


_MINUTE_COLUMNS = ", ".join(field.name for field in fields(Minute))
_MINUTE_MARKS = ", ".join("?" for _ in fields(Minute))


def _insert_minutes(database: sqlite3.Connection, run: int, minutes: list[Minute]) -> None:
    database.executemany(
        f"INSERT OR REPLACE INTO minutes (run, {_MINUTE_COLUMNS}) VALUES (?, {_MINUTE_MARKS})",
        [(run, *astuple(minute)) for minute in minutes],
    )


def _advice(error: Exception) -> str:
    text = str(error)
    if "full" in text or "No space" in text:
        return "free some space or lower store.max_mb"
    if "readonly" in text or "unable to open" in text or "ermission" in text or "Read-only" in text:
        return "make the state directory writable for the service's user"
    if "locked" in text:
        return "another program holds the database; end it"
    return "check the disk"
