"""The centre's database: batches by COPY into a staging table, from there into their place once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from edge_pose.errors import ConfigError, SinkError
from edge_pose.fleet.messages import EVENT_COLUMNS, MINUTE_COLUMNS, Meaning
from edge_pose.fleet.migrations import migrate

_EVENTS, _MINUTES = ", ".join(EVENT_COLUMNS), ", ".join(MINUTE_COLUMNS)

_STAGING = """
    CREATE TEMP TABLE IF NOT EXISTS arriving_events
        (LIKE events INCLUDING DEFAULTS) ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE IF NOT EXISTS arriving_minutes
        (LIKE minutes INCLUDING DEFAULTS) ON COMMIT DELETE ROWS;
"""

# In the order of the key, so that two workers with the same rows wait and do not block each other.
_KEEP_EVENTS = f"""
    INSERT INTO events ({_EVENTS})
    SELECT DISTINCT ON (vehicle_id, run, seq) {_EVENTS} FROM arriving_events
    ORDER BY vehicle_id, run, seq
    ON CONFLICT (vehicle_id, run, seq) DO UPDATE SET
        utc = excluded.utc, utc_start = excluded.utc_start, utc_alert = excluded.utc_alert,
        utc_end = excluded.utc_end, clock_synchronised = excluded.clock_synchronised
    WHERE events.clock_synchronised IS NOT TRUE AND excluded.clock_synchronised
"""  # a box that learned the time later sends an event again with its right time
_KEEP_MINUTES = f"""
    INSERT INTO minutes ({_MINUTES})
    SELECT DISTINCT ON (vehicle_id, run, utc) {_MINUTES} FROM arriving_minutes
    ORDER BY vehicle_id, run, utc
    ON CONFLICT (vehicle_id, run, utc) DO NOTHING
"""
_SEE_VEHICLES = """
    INSERT INTO vehicles (vehicle_id, newest_utc, software, availability, stats)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (vehicle_id) DO UPDATE SET
        last_seen = now(),
        newest_utc = greatest(vehicles.newest_utc, excluded.newest_utc),
        software = coalesce(excluded.software, vehicles.software),
        availability = coalesce(excluded.availability, vehicles.availability),
        stats = coalesce(excluded.stats, vehicles.stats)
"""
_BURY = "INSERT INTO dead_letters (vehicle_id, topic, reason, payload) VALUES (%s, %s, %s, %s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message and what it means."""

    topic: str
    payload: bytes
    meaning: Meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a batch added: rows that were there already do not count."""

    events: int = 0
    minutes: int = 0
    dead: int = 0


class FleetDatabase:
    """One connection; ``write`` is one transaction. Not thread-safe."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._connection: Any = None

    def open(self) -> None:
        """Connect and bring the schema up to date; SinkError when the server is away."""
        psycopg = _psycopg()
        self.close()
        try:
            self._connection = psycopg.connect(
                self._conninfo, autocommit=True, connect_timeout=5, application_name="edge-pose"
            )
            migrate(self._connection)
            self._connection.execute(_STAGING)
        except psycopg.OperationalError as error:
            hint = "`database` in fleet.toml says where it is (edge-pose fleet … -c fleet.toml)"
            raise SinkError(f"database: {str(error).strip()}\n{hint}") from error

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    @property
    def connection(self) -> Any:
        """The open connection, for questions and deletions."""
        return self._connection

    def write(self, letters: Sequence[Letter]) -> Written:
        """All or nothing. A message that the database refuses becomes a dead letter by itself;
        SinkError when the server is away: nothing is written then."""
        psycopg = _psycopg()
        if self._connection is None or self._connection.closed:
            self.open()
        try:
            return self._write(letters)
        except psycopg.DataError as error:
            if len(letters) == 1:
                return self._write([_refused(letters[0], str(error))])
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self.close()
            raise SinkError(f"database: {str(error).strip()}") from error
        return _sum(self.write([letter]) for letter in letters)

    def _write(self, letters: Sequence[Letter]) -> Written:
        good = [letter.meaning for letter in letters if not letter.meaning.reason]
        dead = [letter for letter in letters if letter.meaning.reason]
        with self._connection.transaction(), self._connection.cursor() as cursor:
            events = [one.event for one in good if one.event is not None]
            minutes = [row for one in good for row in one.minutes]
            written = Written(
                events=_keep(cursor, "arriving_events", _EVENTS, events, _KEEP_EVENTS),
                minutes=_keep(cursor, "arriving_minutes", _MINUTES, minutes, _KEEP_MINUTES),
                dead=len(dead),
            )
            cursor.executemany(_SEE_VEHICLES, _vehicles(good))
            cursor.executemany(
                _BURY,
                [(one.meaning.vehicle_id, one.topic[:500], one.meaning.reason, one.payload)
                 for one in dead],
            )  # fmt: skip
        return written


def _keep(cursor: Any, table: str, columns: str, rows: Sequence[Any], insert: str) -> int:
    """COPY into the staging table, then into its place; how many rows were new."""
    if not rows:
        return 0
    from psycopg.types.json import Jsonb

    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((*row[:-1], None if row[-1] is None else Jsonb(row[-1])))
    cursor.execute(insert)
    return int(cursor.rowcount)


def _vehicles(meanings: Iterable[Meaning]) -> list[tuple[Any, ...]]:
    """One row for each vehicle heard of, in order: two workers must not block each other."""
    from psycopg.types.json import Jsonb

    seen: dict[str, dict[str, Any]] = {}
    for one in meanings:
        row = seen.setdefault(one.vehicle_id, {})
        if one.newest is not None and (row.get("newest") is None or row["newest"] < one.newest):
            row["newest"] = one.newest
        for name in ("software", "availability", "stats"):
            row[name] = getattr(one, name) or row.get(name)
    return [
        (vehicle, row.get("newest"), row["software"], row["availability"],
         None if row["stats"] is None else Jsonb(row["stats"]))
        for vehicle, row in sorted(seen.items())
    ]  # fmt: skip


def _refused(letter: Letter, why: str) -> Letter:
    reason = f"the database refuses it: {why.splitlines()[0] if why else 'no reason'}"[:300]
    meaning = Meaning(
        vehicle_id=letter.meaning.vehicle_id,
        lane=letter.meaning.lane,
        seq=letter.meaning.seq,
        reason=reason,
    )
    return Letter(topic=letter.topic.replace("\0", ""), payload=letter.payload, meaning=meaning)


def _sum(parts: Iterable[Written]) -> Written:
    events = minutes = dead = 0
    for part in parts:
        events, minutes, dead = events + part.events, minutes + part.minutes, dead + part.dead
    return Written(events=events, minutes=minutes, dead=dead)


def _psycopg() -> Any:
    try:
        import psycopg
    except ImportError as error:
        raise ConfigError("edge-pose fleet needs: pip install 'edge-pose[fleet]'") from error
    return psycopg
