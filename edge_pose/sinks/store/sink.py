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
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from edge_pose.config.sinks import StoreConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.store.civil_time import fill_in
from edge_pose.sinks.store.minutes import Minute, MinuteSum
from edge_pose.sinks.store.reserve import COMFORT, Reserve, room
from edge_pose.sinks.store.retention import prune
from edge_pose.sinks.store.schema import DATABASE, connect, is_damage, set_aside
from edge_pose.sinks.wall_clock import WallTime, boot_id
from edge_pose.values import Alert, DriverState, Health

log = logging.getLogger(__name__)

_PRUNE_S = 3600.0
_WAITING_MINUTES = 120
_SAME_S = 1.0

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
        self._run = 0
        self._sum = MinuteSum()
        self._minutes: deque[_Kept] = deque(maxlen=_WAITING_MINUTES)
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
            except sqlite3.DatabaseError as error:
                if not is_damage(error):
                    raise
                self._start_anew()

    def alert(self, alert: Alert) -> None:
        self._durably(lambda database: self._write_alert(database, alert))
        self._prune_when_due()

    def state(self, state: DriverState, health: Health) -> None:
        self._settle_time()
        minute = self._sum.add(self._wall.at(state.t_s), state, health)
        if minute is not None:
            self._keep(minute)
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
                self._keep(minute)
            self._write_minutes()
        finally:
            self._disconnect()

    def _connect(self) -> None:
        self._database = connect(self._path)
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
                if is_damage(error):
                    self._start_anew()
                elif not (_is_full(error) and self._reserve.release()):
                    raise
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
            ' reason, "values", shadow) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
            (self._run, alert.id, alert.phase.value, alert.kind.value, int(alert.level), at_s,
             known, alert.t_s, alert.reason, values, alert.shadow),
        )  # fmt: skip
        ended_s = None if alert.t_end_s is None else at_s - alert.t_s + alert.t_end_s
        kinds = " ".join(kind.value for kind in alert.kinds or (alert.kind,))
        database.execute(
            "INSERT INTO episodes (run, episode, kind, kinds, level, utc_start_s, utc_alert_s,"
            " utc_end_s, clock_synchronised, t_start_s, t_alert_s, t_end_s, reason,"
            ' "values", steps, shadow) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'
            " ON CONFLICT (run, episode) DO UPDATE SET kind = excluded.kind,"
            " kinds = excluded.kinds, level = excluded.level, utc_end_s = excluded.utc_end_s,"
            " t_end_s = excluded.t_end_s, reason = excluded.reason, steps = excluded.steps,"
            ' "values" = excluded."values"',
            (self._run, alert.id, alert.kind.value, kinds, int(alert.level),
             at_s - alert.t_s + alert.t_start_s, at_s - alert.t_s + alert.t_alert_s, ended_s,
             known, alert.t_start_s, alert.t_alert_s, alert.t_end_s, alert.reason, values,
             _steps(alert), alert.shadow),
        )  # fmt: skip

    def _write_minutes(self) -> None:
        """Minutes give way to events: where room is short they wait, and the oldest are lost."""
        if not self._minutes or room(self._path.parent) < COMFORT:
            return
        waiting = [self._dated(kept) for kept in self._minutes]
        self._durably(lambda database: _insert_minutes(database, self._run, waiting))
        self._minutes.clear()

    def _dated(self, kept: _Kept) -> _Kept:
        """With the date by the machine's clock as it goes now: it may have been set meanwhile."""
        if kept.t_s is None or kept.synchronised is True:
            return kept
        utc_s = kept.t_s + self._wall.offset_s
        if abs(utc_s - kept.minute.utc_s) < _SAME_S:
            return kept
        minute = replace(kept.minute, utc_s=utc_s)
        return _Kept(minute, kept.t_s, self._wall.synchronised)

    def _keep(self, minute: Minute) -> None:
        t_s = None if self._wall.media else self._sum.ended_t_s
        moved = t_s is not None and abs(t_s + self._wall.offset_s - minute.utc_s) > _SAME_S
        synchronised = False if moved else self._wall.synchronised
        self._minutes.append(_Kept(minute, t_s, synchronised))

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


@dataclass(frozen=True, slots=True)
class _Kept:
    """A minute on its way to the disk, with its beginning on the frame clock."""

    minute: Minute
    t_s: float | None
    synchronised: bool | None


def _steps(alert: Alert) -> str:
    """When the episode reached each kind and level, as JSON."""
    return json.dumps(
        [
            {"t_s": step.t_s, "kind": step.kind.value, "level": int(step.level)}
            for step in alert.steps
        ]
    )


_MINUTE_COLUMNS = ", ".join(field.name for field in fields(Minute))
_MINUTE_MARKS = ", ".join("?" for _ in fields(Minute))


def _insert_minutes(database: sqlite3.Connection, run: int, minutes: list[_Kept]) -> None:
    database.executemany(
        f"INSERT OR REPLACE INTO minutes (run, t_s, clock_synchronised, {_MINUTE_COLUMNS})"
        f" VALUES (?, ?, ?, {_MINUTE_MARKS})",
        [(run, kept.t_s, kept.synchronised, *astuple(kept.minute)) for kept in minutes],
    )


def _is_full(error: sqlite3.Error) -> bool:
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
