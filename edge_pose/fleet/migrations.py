"""The database's shape, step by step: a step is never changed once released, only followed."""

from __future__ import annotations

from typing import Any

_LOCK = 0x65706F7365  # "epose": one worker migrates, the others wait

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE vehicles (
        vehicle_id text PRIMARY KEY,
        first_seen timestamptz NOT NULL DEFAULT now(),
        last_seen timestamptz NOT NULL DEFAULT now(),
        newest_utc timestamptz,
        software text,
        availability text,
        stats jsonb
    );
    CREATE TABLE events (
        vehicle_id text NOT NULL,
        run text NOT NULL,
        seq bigint NOT NULL,
        episode text NOT NULL,
        utc timestamptz NOT NULL,
        clock_synchronised boolean,
        kind text NOT NULL,
        level smallint NOT NULL,
        phase text NOT NULL,
        late boolean NOT NULL,
        utc_start timestamptz,
        utc_alert timestamptz,
        utc_end timestamptz,
        reason text NOT NULL,
        more jsonb NOT NULL,
        received timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (vehicle_id, run, seq)
    );
    CREATE INDEX events_utc ON events USING brin (utc);
    CREATE INDEX events_episode ON events (vehicle_id, episode, seq);
    CREATE TABLE minutes (
        vehicle_id text NOT NULL,
        run text NOT NULL,
        utc timestamptz NOT NULL,
        samples integer NOT NULL,
        face real,
        distracted real,
        attention real,
        attention_min real,
        level_max smallint,
        perclos real,
        drowsiness real,
        fps real,
        frame_age_p95_ms real,
        dropped integer,
        temperature_c real,
        more jsonb,
        PRIMARY KEY (vehicle_id, run, utc)
    );
    CREATE INDEX minutes_utc ON minutes USING brin (utc);
    CREATE TABLE dead_letters (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        received timestamptz NOT NULL DEFAULT now(),
        vehicle_id text NOT NULL,
        topic text NOT NULL,
        reason text NOT NULL,
        payload bytea NOT NULL
    );
    CREATE TABLE shifts (
        vehicle_id text NOT NULL,
        driver_id text NOT NULL,
        from_utc timestamptz NOT NULL,
        until_utc timestamptz NOT NULL,
        PRIMARY KEY (vehicle_id, from_utc),
        CHECK (from_utc < until_utc)
    );
    CREATE INDEX shifts_driver ON shifts (driver_id);
    CREATE VIEW episodes AS
        SELECT DISTINCT ON (vehicle_id, episode) *
        FROM events ORDER BY vehicle_id, episode, seq DESC;
    """,
)

_HYPERTABLE = """
    SELECT create_hypertable('minutes', 'utc', chunk_time_interval => interval '1 day',
                             migrate_data => true, if_not_exists => true)
"""


def migrate(connection: Any) -> int:
    """Bring the database up to date; its version. Where TimescaleDB is installed, minutes become
    a hypertable, so that old days are dropped as files."""
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        cursor.execute("CREATE TABLE IF NOT EXISTS fleet_schema (version integer NOT NULL)")
        cursor.execute("SELECT coalesce(max(version), 0) FROM fleet_schema")
        version = int(cursor.fetchone()[0])
        for number in range(version, len(MIGRATIONS)):
            cursor.execute(MIGRATIONS[number])
            cursor.execute("INSERT INTO fleet_schema VALUES (%s)", (number + 1,))
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'")
        if version == 0 and cursor.fetchone():
            cursor.execute(_HYPERTABLE)
    return max(version, len(MIGRATIONS))
