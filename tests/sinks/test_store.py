"""The event database: what it keeps, for how long, and what it survives."""

from __future__ import annotations

import csv
import io
import json
import logging
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sink_examples import WALL_S, a_clock, a_health, a_state, a_wall, an_alert

from edge_pose.config.sinks import StoreConfig
from edge_pose.errors import SinkError
from edge_pose.sinks import Sink
from edge_pose.sinks.store.erase import erase_events
from edge_pose.sinks.store.query import EventLog, day_bounds, write_csv, write_jsonl
from edge_pose.sinks.store.retention import size
from edge_pose.sinks.store.schema import MIGRATIONS, connect, set_aside
from edge_pose.sinks.store.sink import StoreSink
from edge_pose.testing.clock import FakeClock
from edge_pose.values import AlertKind, AlertLevel, AlertPhase, EpisodeStep


def a_store(
    folder: Path,
    clock: FakeClock | None = None,
    synchronised: bool | None = True,
    **settings: object,
) -> StoreSink:
    config = StoreConfig.model_validate(settings)
    wall = a_wall(clock, synchronised)
    return StoreSink(config, state_dir=folder, vehicle_id="van-1", wall=wall)


def test_an_episode_is_told_by_its_last_alert(tmp_path: Path) -> None:
    clock = a_clock()
    store = a_store(tmp_path, clock)
    assert isinstance(store, Sink)
    store.open()
    store.alert(an_alert(7))
    clock.advance(2.0)
    ended = an_alert(7, kind=AlertKind.DOWN, level=AlertLevel.CRITICAL, phase=AlertPhase.END)
    store.alert(ended)
    store.close()
    log = EventLog(tmp_path)
    [episode] = log.episodes()
    assert (episode.kind, episode.level, episode.episode) == ("distraction.down", 3, 7)
    assert episode.utc_start_s == pytest.approx(WALL_S - 3.2)
    assert episode.utc_end_s == pytest.approx(WALL_S)
    assert episode.duration_s == pytest.approx(3.2)
    assert episode.clock_synchronised is True
    assert [alert.phase for alert in log.alerts()] == ["new", "end"]


def test_ids_of_two_runs_do_not_collide(tmp_path: Path) -> None:
    for _ in range(2):
        store = a_store(tmp_path)
        store.open()
        store.alert(an_alert(1))
        store.close()
    assert len(EventLog(tmp_path).episodes()) == 2


def test_reopened_in_one_run_it_goes_on_with_the_episode(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    for phase in (AlertPhase.NEW, AlertPhase.END):
        store.open()
        store.alert(an_alert(1, phase=phase))
        store.close()
        store.close()
    [episode] = EventLog(tmp_path).episodes()
    assert episode.utc_end_s is not None


def test_an_episode_that_a_kill_cut_off_ends_with_the_last_that_is_known(tmp_path: Path) -> None:
    clock = a_clock()
    killed = a_store(tmp_path, clock)
    killed.open()
    killed.alert(an_alert(1))
    killed.alert(an_alert(2, t_s=1040.0))
    killed.alert(an_alert(2, t_s=1041.0, phase=AlertPhase.END))
    clock.advance(300.0)
    again = a_store(tmp_path, clock)
    again.open()
    again.alert(an_alert(1, t_s=clock.now()))
    cut, ended, going_on = EventLog(tmp_path).episodes()
    assert cut.t_end_s == 1041.0
    assert cut.utc_end_s == pytest.approx(cut.utc_alert_s + 41.0)
    assert ended.t_end_s == 1041.0
    assert going_on.utc_end_s is None
    again.close()
    killed.close()


def test_minutes_average_what_was_measured(tmp_path: Path) -> None:
    clock = a_clock()
    store = a_store(tmp_path, clock)
    store.open()
    for number in range(130):
        perclos = None if number % 2 else 0.1
        state = a_state(clock.now(), perclos=perclos, attention=0.5 + 0.5 * (number % 2))
        store.state(state, a_health(dropped=number))
        clock.advance(1.0)
    store.close()
    minutes = EventLog(tmp_path).minutes()
    assert sum(minute.samples for minute in minutes) == 130
    assert all(minute.utc_s % 60 == 0 for minute in minutes)
    assert minutes[1].perclos == pytest.approx(0.1)
    assert minutes[1].attention == pytest.approx(0.75)
    assert minutes[1].attention_min == 0.5
    assert minutes[1].dropped == 60
    assert minutes[1].temperature_c == 55.0


def test_old_events_go_unless_the_clock_is_not_set(tmp_path: Path) -> None:
    for synchronised, left in ((False, 2), (True, 1)):
        folder = tmp_path / str(synchronised)
        store = a_store(folder)
        store.open()
        store.alert(an_alert(1))
        store.close()
        later = FakeClock(1000.0, wall_s=WALL_S + 91 * 86400)
        store = a_store(folder, later, synchronised, days=90)
        store.open()
        store.alert(an_alert(1))
        store.close()
        assert len(EventLog(folder).episodes()) == left


def test_past_the_size_the_oldest_go(tmp_path: Path) -> None:
    clock = a_clock()
    store = a_store(tmp_path, clock, max_mb=1)
    store.open()
    for number in range(1, 260):
        store.alert(an_alert(number, reason="x" * 4000))
        clock.advance(1.0)
    clock.advance(3600.0)
    store.alert(an_alert(260))
    with sqlite3.connect(store.path) as database:
        assert size(database) <= 1_000_000
    database.close()
    numbers = [episode.episode for episode in EventLog(tmp_path).episodes()]
    store.close()
    assert numbers == list(range(numbers[0], 261))
    assert numbers[0] > 1


@pytest.mark.parametrize("damage", [b"this is no database at all " * 200, b"SQLite format 3\0" * 9])
def test_a_damaged_database_is_set_aside_loudly(
    tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "events.db").write_bytes(damage)
    store = a_store(tmp_path)
    with caplog.at_level(logging.ERROR):
        store.open()
    store.alert(an_alert(1))
    store.close()
    [aside] = tmp_path.glob("events.damaged-*.db")
    assert aside.read_bytes() == damage
    assert "is damaged: kept as" in caplog.text
    assert len(EventLog(tmp_path).episodes()) == 1


def test_damage_while_running_loses_no_later_alert(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.open()
    store.alert(an_alert(1))
    store.close()
    store.open()
    with (tmp_path / "events.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 40000)
    assert store._database is not None
    store._database.execute("PRAGMA shrink_memory")  # so that it reads the file again
    for number in range(2, 40):
        store.alert(an_alert(number, t_s=1000.0 + number))
    store.close()
    kept = {episode.episode for episode in EventLog(tmp_path).episodes()}
    assert list(tmp_path.glob("events.damaged-*.db"))
    assert max(kept) == 39


def test_a_database_of_a_newer_version_is_kept_and_events_go_on_in_another(tmp_path: Path) -> None:
    """An update was taken back: from then on nothing would have been stored."""
    database = connect(tmp_path / "events.db")
    database.execute("ALTER TABLE episodes ADD COLUMN mood TEXT")
    database.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    database.close()
    with pytest.raises(SinkError, match="newer edge_pose"):
        connect(tmp_path / "events.db")
    store = a_store(tmp_path)
    store.open()
    store.alert(an_alert(1))
    store.close()
    assert len(EventLog(tmp_path).episodes()) == 1
    [newer] = tmp_path.glob("events.newer-*.db")
    with sqlite3.connect(newer) as kept:
        assert kept.execute("SELECT mood FROM episodes").fetchall() == []
    erase_events(tmp_path, None)
    assert not list(tmp_path.glob("events.newer-*"))


@pytest.mark.parametrize(
    "making",
    ["CREATE TABLE alerts (word)", "PRAGMA user_version = 3", "PRAGMA user_version = -1"],
)
def test_a_database_of_another_making_is_set_aside(tmp_path: Path, making: str) -> None:
    with sqlite3.connect(tmp_path / "events.db") as other:
        other.execute(making)
        other.execute("CREATE TABLE things (one)")
    other.close()
    store = a_store(tmp_path)
    store.open()
    store.alert(an_alert(1))
    store.close()
    assert len(EventLog(tmp_path).episodes()) == 1
    assert list(tmp_path.glob("events.damaged-*.db"))


def test_a_disk_that_damages_again_and_again_does_not_fill_with_what_is_set_aside(
    tmp_path: Path,
) -> None:
    for number in range(12):
        (tmp_path / "events.db").write_bytes(f"no database {number}".encode() * 100)
        set_aside(tmp_path / "events.db", number)
    kept = {file.read_bytes()[:14] for file in tmp_path.glob("events.damaged-*")}
    assert len(kept) <= 5
    assert b"no database 11" in kept


_DAMAGE = {
    "values": ("values", "{"),
    "no mapping": ("values", "[3]"),
    "a bit": ("reason", b"\xff\xfeasleep"),
    "kinds": ("kinds", 7),
    "when": ("utc_start_s", "yesterday"),
    "the year 300 000": ("utc_start_s", 9.4e12),
    "never": ("utc_start_s", 9e999),
    "level": ("level", "high"),
    "no level": ("level", 9),
    "before all clocks": ("utc_start_s", -9.4e10),
    "no number": ("values", '{"a": NaN, "b": 1e999}'),
    "steps": ("steps", '[{"kind": 3}]'),
}


@pytest.mark.parametrize("damage", _DAMAGE.values(), ids=_DAMAGE.keys())
def test_a_record_in_which_a_bit_turned_over_hides_no_other(
    tmp_path: Path, damage: tuple[str, object]
) -> None:
    column, value = damage
    store = a_store(tmp_path)
    store.open()
    for number in (1, 2, 3):
        store.alert(an_alert(number))
    assert store._database is not None
    for table in ("episodes", "alerts"):
        if column in store_columns(store._database, table):
            store._database.execute(
                f'UPDATE {table} SET "{column}" = CAST(? AS TEXT) WHERE episode = 2'
                if isinstance(value, bytes)
                else f'UPDATE {table} SET "{column}" = ? WHERE episode = 2',
                (value,),
            )
    store.close()
    log = EventLog(tmp_path)
    assert {1, 3} <= {episode.episode for episode in log.episodes(-1e300, 1e300)}
    assert {1, 3} <= {alert.episode for alert in log.every_alert(-1e300, 1e300)}
    out = io.StringIO()
    write_jsonl(log.every_episode(-1e300, 1e300), out)
    assert "NaN" not in out.getvalue()
    assert "Infinity" not in out.getvalue()


def store_columns(database: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in database.execute(f"PRAGMA table_info({table})")}


def test_no_cell_of_an_export_is_a_formula(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.open()
    store.alert(an_alert(1, reason='=HYPERLINK("http://evil";"click")'))
    store.close()
    out = io.StringIO()
    write_csv(EventLog(tmp_path).every_episode(), out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert row["reason"].startswith("'=")


def test_a_place_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SinkError, match="file"):
        a_store(tmp_path / "file").open()


def test_an_alert_that_could_not_be_written_stays_the_callers(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.open()
    store.alert(an_alert(1))
    blocker = sqlite3.connect(tmp_path / "events.db", isolation_level=None)
    pages = blocker.execute("PRAGMA page_count").fetchone()[0]
    blocker.close()
    assert store._database is not None
    store._database.execute(f"PRAGMA max_page_count = {pages}")  # a full disk
    failed = _alert_until_it_fails(store)
    assert failed
    store._database.execute("PRAGMA max_page_count = 100000")
    store.alert(an_alert(failed))
    store.close()
    kept = [alert.episode for alert in EventLog(tmp_path).alerts()]
    assert kept == list(range(1, failed + 1))


def _alert_until_it_fails(store: StoreSink) -> int:
    for number in range(2, 200):
        try:
            store.alert(an_alert(number, reason="y" * 500))
        except SinkError as error:
            return number if "full; free some space" in str(error) else 0
    return 0


WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from sink_examples import a_wall, an_alert
from edge_pose.config.sinks import StoreConfig
from edge_pose.sinks.store.sink import StoreSink
store = StoreSink(StoreConfig(), state_dir=Path(sys.argv[1]), vehicle_id="v", wall=a_wall())
store.open()
number = 0
while True:
    number += 1
    store.alert(an_alert(number))
    print(number, flush=True)
"""


def test_killed_while_writing_every_acknowledged_event_is_there(tmp_path: Path) -> None:
    """Five runs into one database, each killed after a random number of acknowledgements."""
    random = Random(5)
    acknowledged = []
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(Path(__file__).parent)],
            stdout=subprocess.PIPE, text=True,
        ) as writer:  # fmt: skip
            assert writer.stdout is not None
            for _ in range(random.randrange(1, 40)):
                last = int(writer.stdout.readline())
            writer.kill()
            rest = writer.stdout.read().splitlines(keepends=True)
            complete = [int(line) for line in rest if line.endswith("\n")]
            acknowledged.append(complete[-1] if complete else last)
    store = a_store(tmp_path)
    store.open()
    store.close()
    assert not list(tmp_path.glob("*damaged*"))
    rows = EventLog(tmp_path).episodes()
    for run, last in enumerate(acknowledged, start=1):
        kept = {row.episode for row in rows if row.run == run}
        assert kept >= set(range(1, last + 1))


def test_a_power_cut_anywhere_in_the_log_keeps_what_was_acknowledged_before(tmp_path: Path) -> None:
    """The write-ahead log cut short at random bytes: all alerts synced before the cut are there."""
    store = a_store(tmp_path / "live")
    store.open()
    main, wal = store.path, Path(f"{store.path}-wal")
    sizes = []
    for number in range(1, 30):
        store.alert(an_alert(number))
        sizes.append(wal.stat().st_size)
    base, log_bytes = main.read_bytes(), wal.read_bytes()
    store.close()
    random = Random(11)
    for attempt in range(25):
        cut = random.randrange(sizes[0], len(log_bytes))
        folder = tmp_path / str(attempt)
        folder.mkdir()
        (folder / "events.db").write_bytes(base)
        (folder / "events.db-wal").write_bytes(log_bytes[:cut] + random.randbytes(200))
        again = a_store(folder)
        again.open()
        again.close()
        kept = {row.episode for row in EventLog(folder).episodes()}
        expected = sum(end <= cut for end in sizes)
        assert kept >= set(range(1, expected + 1))
        assert not list(folder.glob("*damaged*"))


def test_export_as_json_lines_and_csv(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.open()
    store.alert(an_alert(1, reason='said "look up", twice'))
    store.close()
    rows = EventLog(tmp_path).episodes()
    lines, table = io.StringIO(), io.StringIO()
    write_jsonl(rows, lines)
    write_csv(rows, table)
    record = json.loads(lines.getvalue())
    assert record["utc_alert"] == "2026-09-21T14:13:20.000Z"
    assert record["values"] == {"yaw_deg": 41.5}
    header, line = table.getvalue().splitlines()
    assert header.startswith("run,episode,kind,kinds,level")
    assert '"said ""look up"", twice"' in line


def test_no_database_yet_means_no_events(tmp_path: Path) -> None:
    log = EventLog(tmp_path)
    assert log.episodes() == log.alerts() == log.minutes() == []


def test_only_the_last_ones_when_asked(tmp_path: Path) -> None:
    clock = a_clock()
    store = a_store(tmp_path, clock)
    store.open()
    for number in range(1, 6):
        store.alert(an_alert(number, t_s=clock.now()))
        clock.advance(60.0)
    store.close()
    log = EventLog(tmp_path)
    assert [row.episode for row in log.episodes(last=2)] == [4, 5]
    assert [row.episode for row in log.episodes(WALL_S + 50, WALL_S + 170)] == [2, 3]


def test_a_civil_day_has_its_own_length() -> None:
    zone = ZoneInfo("Europe/Berlin")
    spans = [end - start for start, end in (
        day_bounds(date(2026, 3, 29), zone), day_bounds(date(2026, 6, 1), zone),
        day_bounds(date(2026, 10, 25), zone))]  # fmt: skip
    assert spans == [23 * 3600, 24 * 3600, 25 * 3600]


def test_an_age_no_live_frame_can_have_is_not_subtracted() -> None:
    wall = a_wall()
    assert wall.at(999.0) == WALL_S - 1.0
    assert wall.at(3.0) == WALL_S
    assert wall.at(2000.0) == WALL_S


def test_steps_of_an_episode_and_trials_are_kept_and_exported(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.open()
    steps = (
        EpisodeStep(t_s=1000.0, kind=AlertKind.MICROSLEEP, level=AlertLevel.WARNING),
        EpisodeStep(t_s=1002.0, kind=AlertKind.SLEEP, level=AlertLevel.CRITICAL),
    )
    store.alert(replace(an_alert(1), steps=steps))
    store.alert(replace(an_alert(2), shadow=True))
    store.close()
    told, trial = EventLog(tmp_path).episodes()
    assert [(step["t_s"], step["kind"], step["level"]) for step in told.steps] == [
        (1000.0, "fatigue.microsleep", 2), (1002.0, "fatigue.sleep", 3),
    ]  # fmt: skip
    assert (told.shadow, trial.shadow) == (False, True)
    out = io.StringIO()
    write_jsonl(EventLog(tmp_path).every_episode(), out)
    assert json.loads(out.getvalue().splitlines()[0])["steps"][1]["kind"] == "fatigue.sleep"


def test_a_database_of_an_older_version_is_read_before_it_is_brought_up_to_date(
    tmp_path: Path,
) -> None:
    store = a_store(tmp_path)
    store.open()
    store.alert(an_alert(1))
    store.close()
    with sqlite3.connect(store.path) as database:
        for table, column in (("episodes", "steps"), ("episodes", "shadow"), ("alerts", "shadow")):
            database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        database.execute("PRAGMA user_version = 2")
    database.close()
    assert EventLog(tmp_path).episodes()[0].steps == ()
    assert not EventLog(tmp_path).alerts()[0].shadow
    store = a_store(tmp_path)
    store.open()
    store.alert(an_alert(2))
    store.close()
    assert len(EventLog(tmp_path).episodes()) == 2
