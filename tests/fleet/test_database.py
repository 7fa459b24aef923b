"""A real database: once each, all or nothing, senseless messages kept, erased on demand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from messages_of_boxes import event_text, letter, minutes

from edge_pose.errors import ConfigError
from edge_pose.fleet.database import FleetDatabase, Written
from edge_pose.fleet.migrations import MIGRATIONS, migrate
from edge_pose.fleet.retention import erase_driver, erase_vehicle, prune, read_shifts
from edge_pose.fleet.settings import RetentionConfig
from edge_pose.fleet.status_table import standing_lines

pytestmark = pytest.mark.postgres


def count(database: FleetDatabase, table: str, where: str = "true") -> int:
    row = database.connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()
    return int(row[0])


def an_event(vehicle: str = "van-1", **changes: Any) -> Any:
    return letter(f"edge_pose/{vehicle}/event", event_text(vehicle, **changes))


def some_minutes(vehicle: str = "van-1", **changes: Any) -> Any:
    return letter(f"edge_pose/{vehicle}/minutes", minutes(vehicle, **changes))


def test_events_and_minutes_are_written_once_however_often_they_come(
    database: FleetDatabase,
) -> None:
    batch = [an_event(), an_event(), some_minutes(), some_minutes(seq=2)]
    assert database.write(batch) == Written(events=1, minutes=5)
    assert database.write(batch) == Written()
    assert database.write([an_event(seq=8)]) == Written(events=1)
    assert (count(database, "events"), count(database, "minutes")) == (2, 5)


def test_the_values_arrive_as_they_were_sent(database: FleetDatabase) -> None:
    database.write([an_event(), some_minutes()])
    row = database.connection.execute(
        "SELECT kind, level, phase, reason, more->'values'->>'speed_kmh' FROM events"
    ).fetchone()
    assert row == ("fatigue.microsleep", 2, "new", "eyes shut for 2.0 s", "88.0")
    row = database.connection.execute(
        "SELECT utc::text, perclos, temperature_c FROM minutes ORDER BY utc LIMIT 1"
    ).fetchone()
    assert row[1:] == (pytest.approx(0.08), 61.0)


def test_a_message_that_the_database_refuses_is_buried_alone(database: FleetDatabase) -> None:
    strange = letter("edge_pose/van-1/event", event_text(seq=9, reason="nul \u0000 byte"))
    huge = letter(
        "edge_pose/van-1/minutes",
        minutes(seq=3, first=20).replace('"attention":0.93', '"attention":1e300'),
    )
    written = database.write([an_event(), strange, huge, some_minutes()])
    assert written == Written(events=1, minutes=5, dead=2)
    reasons = database.connection.execute("SELECT reason FROM dead_letters").fetchall()
    assert all("the database refuses it" in reason for (reason,) in reasons)


def test_dead_letters_keep_message_and_reason(database: FleetDatabase) -> None:
    database.write([letter("edge_pose/van-1/event", b"\xff\x00nonsense"), an_event()])
    row = database.connection.execute("SELECT topic, reason, payload FROM dead_letters").fetchone()
    assert row[0] == "edge_pose/van-1/event"
    assert "Invalid JSON" in row[1]
    assert bytes(row[2]) == b"\xff\x00nonsense"
    assert count(database, "events") == 1


def test_an_event_whose_box_learned_the_time_later_is_put_right(database: FleetDatabase) -> None:
    early = {"clock_synchronised": False, "utc": "1970-01-01T00:00:20.000Z"}
    database.write([an_event(**early)])
    assert database.write([an_event()]) == Written(events=1)
    assert database.write([an_event(**early)]) == Written()
    assert count(database, "events", "utc > '2020-01-01' AND clock_synchronised") == 1


def test_vehicles_tell_when_they_were_heard_and_what_they_run(database: FleetDatabase) -> None:
    online = letter("edge_pose/van-1/availability", "online")
    stats = letter("edge_pose/van-1/stats", json.dumps({"fps": 14.9, "backlog": 0}))
    database.write([online, stats, some_minutes()])
    database.write([an_event()])
    row = database.connection.execute(
        "SELECT vehicle_id, availability, software, stats->>'fps' FROM vehicles"
    ).fetchone()
    assert row == ("van-1", "online", "0.1.0", "14.9")


def test_an_episode_is_its_latest_turn(database: FleetDatabase) -> None:
    database.write([an_event(seq=1, phase="new"), an_event(seq=2, phase="end", level=3)])
    rows = database.connection.execute("SELECT phase, level FROM episodes").fetchall()
    assert rows == [("end", 3)]


def test_migrations_run_once_and_a_second_worker_finds_them_done(
    database: FleetDatabase, conninfo: str
) -> None:
    assert migrate(database.connection) == len(MIGRATIONS)
    other = FleetDatabase(conninfo)
    other.open()
    other.close()


def test_data_past_its_time_goes(database: FleetDatabase) -> None:
    database.write([an_event(), some_minutes(), an_event(seq=9, utc="1999-01-01T00:00:00Z")])
    database.connection.execute("UPDATE minutes SET utc = utc - interval '200 years'")
    assert prune(database.connection, RetentionConfig(events_days=3650)) == 6
    assert (count(database, "events"), count(database, "minutes")) == (1, 0)


def test_a_vehicle_is_erased_and_no_other(database: FleetDatabase) -> None:
    dead = letter("edge_pose/van-1/event", b"?")
    database.write([an_event("van-1"), some_minutes("van-1"), dead, an_event("van-2")])
    assert erase_vehicle(database.connection, "van-1") == 8
    for table in ("events", "minutes", "dead_letters", "vehicles"):
        assert count(database, table, "vehicle_id = 'van-1'") == 0
    assert count(database, "events") == 1


def test_a_driver_is_erased_by_the_shifts_that_were_driven(
    database: FleetDatabase, tmp_path: Path
) -> None:
    database.write([some_minutes("van-1", count=60), some_minutes("van-2", count=60)])
    (start,) = database.connection.execute("SELECT min(utc) FROM minutes").fetchone()
    shifts = tmp_path / "shifts.csv"
    zone = start.isoformat()
    half = start.replace(minute=30).isoformat()
    shifts.write_text(
        f"vehicle_id,driver_id,from_utc,until_utc\nvan-1,anna,{zone},{half}\n"
        f"van-1,bert,{half},{start.replace(minute=59).isoformat()}\n"
    )
    assert read_shifts(database.connection, shifts) == 2
    assert erase_driver(database.connection, "anna") == 31
    assert count(database, "minutes", "vehicle_id = 'van-1'") == 30
    assert count(database, "minutes", "vehicle_id = 'van-2'") == 60
    assert count(database, "shifts") == 1


@pytest.mark.parametrize(
    "line",
    ["van-1,anna,2026-01-01T00:00:00,2026-01-02T00:00:00Z", "van-1,anna", "van-1,anna,x,y",
     "van-1,anna,2026-01-02T00:00:00Z,2026-01-01T00:00:00Z"],
)  # fmt: skip
def test_a_shift_that_is_none_is_told_with_its_line(
    database: FleetDatabase, tmp_path: Path, line: str
) -> None:
    file = tmp_path / "shifts.csv"
    file.write_text(f"vehicle_id,driver_id,from_utc,until_utc\n{line}\n")
    with pytest.raises(ConfigError, match="line 2"):
        read_shifts(database.connection, file)


def test_the_standing_of_an_empty_and_a_full_centre(database: FleetDatabase) -> None:
    assert "newest event" in "\n".join(standing_lines(database.connection))
    database.write([an_event(), some_minutes(), letter("edge_pose/van-1/event", b"?")])
    text = "\n".join(standing_lines(database.connection))
    assert "0.1.0: 1" in text
    assert "Invalid JSON" in text


def test_a_lost_connection_is_opened_again(database: FleetDatabase, conninfo: str) -> None:
    with psycopg.connect(conninfo, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    from edge_pose.errors import SinkError

    with pytest.raises(SinkError, match="database"):
        database.write([an_event()])
    assert database.write([an_event()]) == Written(events=1)
