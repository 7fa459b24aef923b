"""Events on their way: on disk until the broker has acknowledged them, oldest first, bounded."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from edge_pose.sinks.mqtt import outbox_table as table
from edge_pose.sinks.mqtt.outbox_table import NumberFile, Rows
from edge_pose.sinks.store.schema import identity, is_damage, set_aside

log = logging.getLogger(__name__)

FILE = "mqtt-outbox.db"
_RETRY_S = 5.0


class Outbox:
    """A queue in SQLite whose sequence numbers go on over restarts and never back.

    While the disk cannot be written (a lock, no room, a fault) new events wait in memory; every
    few seconds the disk is tried again, and takes them then, each with the number it was given.
    """

    def __init__(
        self,
        path: Path,
        *,
        limit: int,
        utc: Callable[[], float],
        dear: bool = True,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``dear``: what is given up past the limit is a loss, and said. ``now``: for the pause
        between two tries."""
        self._path = path
        self._dear = dear
        self._limit = limit
        self._utc = utc
        self._now = now
        self._database: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._number = NumberFile(path.with_suffix(".seq"))
        self._seq = 0
        self._waiting: dict[int, str] = {}
        self._gone: set[int] = set()
        self._retry_s: float | None = None
        self.reopened = 0
        """How often the disk has come back: older events may then have come into view."""
        self.lost = 0
        """Events given up because the queue was full."""

    def open(self) -> None:
        if self._database is not None:
            return
        try:
            self._connect()
        except (sqlite3.Error, OSError) as error:
            self._seq = max(self._seq, int(self._utc()))
            self._fail(error)

    def _connect(self) -> None:
        self._database = table.open_table(self._path, self._utc)
        self._file = identity(self._path)
        self._seq = max(self._seq, table.last_number(self._database), self._number.open())

    def add(self, make: Callable[[int], str]) -> int:
        """Queue the text that ``make`` gives for its number; on disk when this returns, wherever
        the disk can be written."""
        self._ready()
        self._seq += 1
        self._waiting[self._seq] = make(self._seq)
        self.tend()
        self._bound()
        return self._seq

    def after(self, seq: int, count: int) -> list[tuple[int, str]]:
        """Up to ``count`` waiting events with a higher number, in order."""
        self._ready()
        found = [row for row in self._stored(seq, count) if row[0] not in self._gone]
        found += [row for row in self._waiting.items() if row[0] > seq]
        return sorted(found)[:count]

    def done(self, seq: int) -> None:
        """The broker has it. Not flushed: after a power cut it may be sent once more."""
        self._ready()
        if self._waiting.pop(seq, None) is None:
            self._gone.add(seq)
            self.tend()

    def tend(self) -> None:
        """Bring to the disk what waits for it; while it fails, every few seconds only."""
        if not (self._waiting or self._gone) and self._retry_s is None:
            return
        if self._retry_s is not None and self._now() < self._retry_s:
            self._number.write(self._seq)
            return
        if self._database is not None and identity(self._path) != self._file:
            self._follow_file(self._database)
        if self._database is None:
            self._reopen()
        if self._database is not None:
            self._store(self._database)

    def __len__(self) -> int:
        self._ready()
        try:
            stored = table.count_of(self._database) if self._database is not None else 0
        except sqlite3.Error as error:
            self._lose_sight(error)
            stored = 0
        return max(0, stored - len(self._gone)) + len(self._waiting)

    def close(self) -> None:
        """Close the files; events that could not be written stay in memory."""
        if self._database is not None:
            self._retry_s = None
            self.tend()
        if self._database is not None:
            self._database.close()
            self._database = None
        self._number.close()

    def _ready(self) -> None:
        if self._database is None and self._retry_s is None:
            self.open()

    def _stored(self, seq: int, count: int) -> Rows:
        if self._database is None:
            return []
        try:
            return table.after(self._database, seq, count + len(self._gone))
        except sqlite3.Error as error:
            self._lose_sight(error)
            return []

    def _store(self, database: sqlite3.Connection) -> None:
        try:
            table.write(database, self._waiting, self._gone)
        except sqlite3.Error as error:
            if is_damage(error):
                self._replace(database)
            self._fail(error)
            return
        self._waiting.clear()
        self._gone.clear()
        if self._retry_s is not None:
            self._retry_s = None
            log.warning("MQTT backlog %s: written again", self._path)

    def _follow_file(self, database: sqlite3.Connection) -> None:
        """It was removed or replaced while open; SQLite alone would write on into nowhere."""
        log.error("MQTT backlog %s was removed or replaced; it is written anew", self._path)
        self._rescue(database)

    def _rescue(self, database: sqlite3.Connection) -> None:
        """Let go of a file; what can be read of it waits with the rest."""
        rows = dict(table.rescue(database))
        self._waiting = {**rows, **self._waiting}
        for seq in self._gone:
            self._waiting.pop(seq, None)
        self._gone.clear()
        self._database = None
        database.close()

    def _replace(self, database: sqlite3.Connection) -> None:
        """Set a damaged file aside."""
        self._rescue(database)
        set_aside(self._path, int(self._utc()))

    def _lose_sight(self, error: sqlite3.Error) -> None:
        """What cannot even be read is opened anew later."""
        database, self._database = self._database, None
        if database is not None:
            if is_damage(error):
                self._replace(database)
            else:
                database.close()
        self._fail(error)

    def _reopen(self) -> None:
        try:
            self._connect()
            self.reopened += 1
        except (sqlite3.Error, OSError) as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        if self._retry_s is None:
            log.error(
                "MQTT backlog %s: %s; kept in memory until it can be written", self._path, error
            )
        self._retry_s = self._now() + _RETRY_S
        self._number.write(self._seq)

    def _bound(self) -> None:
        """Give up the oldest beyond the limit."""
        excess = len(self) - self._limit
        if excess <= 0:
            return
        for seq, _ in self.after(-1, excess):
            self.done(seq)
        if self._dear and not self.lost:
            log.error("MQTT backlog is full (%d): the oldest events are given up", self._limit)
        self.lost += excess
