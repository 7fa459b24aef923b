"""What must go: data past its time, and all of a vehicle or a driver who asks for it."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

from edge_pose.errors import ConfigError, SinkError
from edge_pose.fleet.settings import RetentionConfig

_LOCK = 0x6F6C64  # "old": one worker deletes, the others leave it


def prune(connection: Any, config: RetentionConfig) -> int:
    """Delete what is past its time; how many rows. Does nothing while another worker does it."""
    import psycopg

    try:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,))
            if not cursor.fetchone()[0]:
                return 0
            return sum(
                _delete(cursor, f"{table} WHERE {column} < now() - make_interval(days => %s)", days)
                for table, column, days in (
                    ("events", "utc", config.events_days),
                    ("minutes", "utc", config.minutes_days),
                    ("dead_letters", "received", config.dead_letters_days),
                    ("shifts", "until_utc", max(config.events_days, config.minutes_days)),
                )
            )
    except psycopg.OperationalError as error:
        raise SinkError(f"database: {str(error).strip()}") from error


def erase_vehicle(connection: Any, vehicle_id: str) -> int:
    """Everything of one vehicle; how many rows."""
    tables = ("events", "minutes", "dead_letters", "shifts", "vehicles")
    with connection.transaction(), connection.cursor() as cursor:
        return sum(
            _delete(cursor, f"{table} WHERE vehicle_id = %s", vehicle_id) for table in tables
        )


def erase_driver(connection: Any, driver_id: str) -> int:
    """Everything recorded during the driver's shifts, and the shifts; how many rows."""
    during = (
        "{0} USING shifts WHERE shifts.driver_id = %s AND {0}.vehicle_id = shifts.vehicle_id"
        " AND {0}.{1} >= shifts.from_utc AND {0}.{1} < shifts.until_utc"
    )
    with connection.transaction(), connection.cursor() as cursor:
        deleted = sum(
            _delete(cursor, during.format(table, column), driver_id)
            for table, column in (
                ("events", "utc"),
                ("minutes", "utc"),
                ("dead_letters", "received"),
            )
        )
        return deleted + _delete(cursor, "shifts WHERE driver_id = %s", driver_id)


def read_shifts(connection: Any, path: Path) -> int:
    """Who drove what when, from a CSV file: vehicle_id, driver_id, from_utc, until_utc (ISO 8601
    with zone). The boxes know no drivers; this is what erasure by driver goes by."""
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [_shift(row, number) for number, row in enumerate(csv.DictReader(file), start=2)]
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from error
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO shifts VALUES (%s, %s, %s, %s) ON CONFLICT (vehicle_id, from_utc)"
            " DO UPDATE SET driver_id = excluded.driver_id, until_utc = excluded.until_utc",
            rows,
        )
    return len(rows)


def _shift(row: dict[str, str], number: int) -> tuple[str, str, datetime, datetime]:
    try:
        start, end = (datetime.fromisoformat(row[name]) for name in ("from_utc", "until_utc"))
        vehicle_id, driver_id = row["vehicle_id"], row["driver_id"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"line {number}: {error}; columns: vehicle_id,driver_id,from_utc,until_utc"
        ) from error
    if start.tzinfo is None or end.tzinfo is None or start >= end:
        raise ValueError(f"line {number}: times need a zone (…Z), and an end after the start")
    return vehicle_id, driver_id, start, end


def _delete(cursor: Any, what: str, value: object) -> int:
    cursor.execute(f"DELETE FROM {what}", (value,))
    return int(cursor.rowcount)
