"""The event database when room, memory or another version is the trouble; and what is erased is
gone."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import stat
import tracemalloc
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from sink_examples import WALL_S, a_clock, a_health, a_state, a_wall, an_alert

from edge_pose.cli import main
from edge_pose.clock import SystemClock
from edge_pose.config.sinks import ClipsConfig, StoreConfig
from edge_pose.controls import Controls
from edge_pose.errors import SinkError
from edge_pose.live.past_events import StoredEpisodes, past_episode
from edge_pose.sinks.clips.sink import ClipsSink
from edge_pose.sinks.mqtt.outbox import Outbox
from edge_pose.sinks.store import reserve
from edge_pose.sinks.store.query import EventLog, write_csv, write_jsonl
from edge_pose.sinks.store.retention import prune
from edge_pose.sinks.store.rows import write_alert
from edge_pose.sinks.store.schema import MIGRATIONS, connect
from edge_pose.sinks.store.sink import StoreSink
from edge_pose.sinks.traccar.query import query
from edge_pose.values import AlertLevel, Frame


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def crowded(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9 - free, free))


def a_store(folder: Path, **settings: object) -> StoreSink:
    config = StoreConfig.model_validate(settings)
    return StoreSink(config, state_dir=folder, vehicle_id="van", wall=a_wall())


def test_events_live_on_the_reserve_when_the_disk_is_full(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.open()
    ballast = tmp_path / "reserve.bin"
    assert ballast.stat().st_size == reserve.SIZE
    assert store._database is not None
    full = store._database.execute("PRAGMA page_count").fetchone()[0]
    store._database.execute(f"PRAGMA max_page_count = {full}")
    real, given = store._reserve.release, []

    def release() -> bool:  # what the file system does when the reserve goes
        assert store._database is not None
        store._database.execute("PRAGMA max_page_count = 1000000")
        given.append(real())
        return given[-1]

    store._reserve.release = release  # type: ignore[method-assign]
    for number in range(1, 40):
        store.alert(an_alert(number, reason="x" * 1000))
    assert given == [True]
    assert not ballast.exists()
    assert len(EventLog(tmp_path).episodes()) == 39
    store.close()


def test_a_full_disk_without_a_reserve_is_still_an_error(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.open()
    (tmp_path / "reserve.bin").unlink()
    assert store._database is not None
    store._database.execute("PRAGMA max_page_count = 1")
    with pytest.raises(SinkError, match="free some space"):
        store.alert(an_alert(1, reason="x" * 100_000))


def test_minutes_and_clips_give_way_while_room_is_short(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = a_clock()
    wall = a_wall(clock)
    store = StoreSink(StoreConfig(), state_dir=tmp_path, vehicle_id="van", wall=wall)
    clips = ClipsSink(ClipsConfig(level=1), state_dir=tmp_path, vehicle_id="van", wall=wall)
    store.open()
    clips.open()
    crowded(monkeypatch, 1_000_000)
    frame = np.zeros((48, 64, 3), dtype=np.uint8)
    for _ in range(30):
        clock.advance(10.0)
        store.state(a_state(clock.now()), a_health())
        clips.frame(Frame(image=frame, t=clock.now(), index=0))
        clips.alert(an_alert(1, level=AlertLevel.CRITICAL, t_s=clock.now()))
        clips.state(a_state(clock.now() + 60.0), a_health())
    store.alert(an_alert(1))
    assert len(EventLog(tmp_path).episodes()) == 1
    assert not EventLog(tmp_path).minutes()
    assert not list((tmp_path / "clips").glob("*"))
    assert caplog.text.count("nearly full") == 1
    crowded(monkeypatch, 10**9)
    for _ in range(7):
        clock.advance(10.0)
        store.state(a_state(clock.now()), a_health())
    assert len(EventLog(tmp_path).minutes()) >= 4, "what waited is written when there is room"
    store.close()


def filled(folder: Path, count: int) -> StoreSink:
    store = a_store(folder, max_mb=1)
    store.open()
    assert store._database is not None
    wall = store._wall
    store._database.execute("BEGIN")
    for number in range(count):
        write_alert(store._database, store._run, an_alert(number, reason="x" * 400), wall)
    store._database.execute("COMMIT")
    return store


def test_deleted_events_give_their_room_back(tmp_path: Path) -> None:
    store = filled(tmp_path, 4000)
    database = store._database
    assert database is not None
    before = database.execute("PRAGMA page_count").fetchone()[0]
    assert prune(database, StoreConfig(max_mb=1), None) > 0
    after = database.execute("PRAGMA page_count").fetchone()[0]
    free = database.execute("PRAGMA freelist_count").fetchone()[0]
    assert after < before / 2
    assert free == 0
    store.close()
    assert store.path.stat().st_size < 1_300_000


def test_a_database_made_without_vacuum_learns_it(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    with sqlite3.connect(path) as database:
        database.executescript(f"PRAGMA auto_vacuum = NONE; {MIGRATIONS[0]} PRAGMA user_version=1;")
    database.close()
    database = connect(path)
    assert database.execute("PRAGMA auto_vacuum").fetchone()[0] == 2
    assert database.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
    database.close()


@pytest.mark.parametrize("write", [write_jsonl, write_csv])
def test_an_export_passes_through_whatever_the_size(tmp_path: Path, write: object) -> None:
    filled(tmp_path, 20_000).close()

    class Sieve(io.StringIO):
        lines = 0

        def write(self, text: str, /) -> int:
            self.lines += text.count("\n")
            return len(text)

    out = Sieve()
    tracemalloc.start()
    count = write(EventLog(tmp_path).every_alert(), out)  # type: ignore[operator]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert out.lines >= 20_000
    assert peak < 5_000_000, "the rows alone are 10 MB"


def test_files_of_events_are_not_for_everyone(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    path.touch(0o644)
    path.chmod(0o644)
    store = a_store(tmp_path)
    store.open()
    store.alert(an_alert(1))
    for name in ("events.db", "events.db-wal", "events.db-shm", "reserve.bin"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o640, name
    store.close()


def test_a_kind_of_another_version_is_shown_by_its_name(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.open()
    store.alert(an_alert(1))
    assert store._database is not None
    store._database.execute("UPDATE episodes SET kind = 'driver.levitating'")
    store.close()
    [episode] = EventLog(tmp_path).episodes()
    assert past_episode(episode).headline == "driver.levitating"
    assert StoredEpisodes(tmp_path, SystemClock()).today() == []
    day = f"{__import__('datetime').date.fromtimestamp(episode.utc_start_s)}"
    setting = ("--set", f"runtime.state_dir={tmp_path}")
    assert main(["events", "report", day, "--out", str(tmp_path / "day.html"), *setting]) == 0
    assert "driver.levitating" in (tmp_path / "day.html").read_text()


SECRET = "the driver was fast asleep at the wheel"


def whole_state(folder: Path) -> None:
    """A state directory with something of everything, from two days."""
    for day, token in ((0, "old"), (10, "new")):
        clock = a_clock()
        clock.jump_wall(day * 86_400.0)
        store = StoreSink(
            StoreConfig(), state_dir=folder, vehicle_id="van", wall=a_wall(clock), run=token
        )
        store.open()
        store.alert(an_alert(1, reason=f"{token}: {SECRET}"))
        store.close()
    outbox = Outbox(folder / "mqtt-outbox.db", limit=10, utc=lambda: WALL_S)
    outbox.add(lambda _: json.dumps({"utc": "2020-01-01T00:00:00.000Z", "reason": SECRET}))
    outbox.add(lambda _: json.dumps({"utc": "2090-01-01T00:00:00.000Z", "reason": SECRET}))
    outbox.close()
    (folder / "clips").mkdir()
    (folder / "clips" / "1.zip").write_text(SECRET)
    (folder / "neutral.json").write_text('{"yaw_deg": 1.0, "pitch_deg": 2.0}')
    (folder / "open_eye.json").write_text('{"scale": "mesh", "left": 0.3, "right": 0.3}')
    (folder / "events.damaged-1.db").write_text(SECRET)


def erase(folder: Path, *what: str) -> int:
    return main(["events", "erase", *what, "--set", f"runtime.state_dir={folder}"])


def traces(folder: Path) -> list[str]:
    return [
        file.name
        for file in folder.rglob("*")
        if file.is_file() and SECRET.encode() in file.read_bytes()
    ]


def test_erasing_all_leaves_no_trace_in_any_file(tmp_path: Path) -> None:
    whole_state(tmp_path)
    assert {"events.db", "1.zip"} <= set(traces(tmp_path))
    assert erase(tmp_path, "--all") == 0
    assert traces(tmp_path) == []
    assert not (tmp_path / "neutral.json").exists()
    assert not (tmp_path / "open_eye.json").exists()
    assert EventLog(tmp_path).episodes() == []
    again = Outbox(tmp_path / "mqtt-outbox.db", limit=10, utc=lambda: WALL_S)
    assert again.add(str) > int(WALL_S) + 2, "numbers still go on"
    again.close()


def test_erasing_takes_what_waits_for_traccar_too_by_its_day(tmp_path: Path) -> None:
    whole_state(tmp_path)
    day = __import__("datetime").date.fromtimestamp(WALL_S + 5 * 86_400.0)

    def waiting() -> int:
        outbox = Outbox(tmp_path / "traccar-outbox.db", limit=10, utc=lambda: WALL_S)
        count = len(outbox)
        outbox.close()
        return count

    outbox = Outbox(tmp_path / "traccar-outbox.db", limit=10, utc=lambda: WALL_S)
    for days in (0, 10):
        alert = an_alert(1, reason=SECRET.replace(" ", "+"))
        text = query(alert, device="van", utc_s=WALL_S + days * 86_400.0, run="r")
        outbox.add(lambda _, text=text: text)  # type: ignore[misc]
    outbox.close()
    assert erase(tmp_path, "--before", str(day)) == 0
    assert waiting() == 1
    assert erase(tmp_path, "--all") == 0
    assert waiting() == 0


def test_erasing_before_a_day_keeps_what_came_later(tmp_path: Path) -> None:
    whole_state(tmp_path)
    day = __import__("datetime").date.fromtimestamp(WALL_S + 5 * 86_400.0)
    assert erase(tmp_path, "--before", str(day)) == 0
    assert [e.reason.split(":")[0] for e in EventLog(tmp_path).episodes()] == ["new"]
    assert b"old: the driver" not in (tmp_path / "events.db").read_bytes()
    assert (tmp_path / "neutral.json").exists()
    outbox = Outbox(tmp_path / "mqtt-outbox.db", limit=10, utc=lambda: WALL_S)
    assert len(outbox) == 1
    outbox.close()


def test_erasing_the_driver_forgets_what_was_learned_and_keeps_events(tmp_path: Path) -> None:
    whole_state(tmp_path)
    assert erase(tmp_path, "--driver") == 0
    assert not (tmp_path / "neutral.json").exists()
    assert len(EventLog(tmp_path).episodes()) == 2


def test_one_must_say_what_to_erase(tmp_path: Path) -> None:
    whole_state(tmp_path)
    assert erase(tmp_path) == 2
    assert erase(tmp_path, "--all", "--driver") == 2
    assert erase(tmp_path, "--before", "yesterday") == 2
    assert len(EventLog(tmp_path).episodes()) == 2


def test_in_privacy_mode_no_picture_is_kept_and_the_last_ones_are_forgotten(tmp_path: Path) -> None:
    clock, controls = a_clock(), Controls()
    sink = ClipsSink(
        ClipsConfig(level=1), state_dir=tmp_path, vehicle_id="van", wall=a_wall(clock),
        controls=controls,
    )  # fmt: skip
    sink.open()

    def film(seconds: float) -> None:
        for _ in range(int(seconds * 10)):
            clock.advance(0.1)
            image = np.zeros((48, 64, 3), dtype=np.uint8)
            sink.frame(Frame(image=image, t=clock.now(), index=0))

    film(5.0)
    sink.alert(an_alert(1, t_s=clock.now()))
    controls.private = True
    film(20.0)
    sink.alert(an_alert(2, t_s=clock.now()))
    film(20.0)
    controls.private = False
    film(1.0)
    sink.close()
    assert not list((tmp_path / "clips").iterdir())


@pytest.mark.parametrize("moved", [True, False])
def test_a_database_that_is_deleted_or_replaced_while_open_is_begun_anew(
    tmp_path: Path, moved: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite writes on into a file without a name, and every event would be gone with it."""
    store = a_store(tmp_path)
    store.open()
    store.alert(an_alert(1))
    for file in tmp_path.glob("events.db*"):
        if moved:
            file.rename(tmp_path / f"old-{file.name}")
        else:
            file.unlink()
    store.alert(an_alert(2))
    store.alert(an_alert(3))
    assert [episode.episode for episode in EventLog(tmp_path).episodes()] == [2, 3]
    assert "was removed or replaced" in caplog.text
    store.close()


def test_a_program_that_starts_on_a_full_disk_lives_on_the_reserve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite cannot even open then, and calls it an I/O error: it has no room for its index."""
    store = a_store(tmp_path)
    store.open()
    store.close()
    ballast = tmp_path / "reserve.bin"
    assert ballast.exists()
    crowded(monkeypatch, 0)

    def on_a_full_disk(path: Path) -> sqlite3.Connection:
        if ballast.exists():
            raise sqlite3.OperationalError("disk I/O error")
        return connect(path)

    monkeypatch.setattr("edge_pose.sinks.store.sink.connect", on_a_full_disk)
    store.open()
    store.alert(an_alert(1))
    store.close()
    assert not ballast.exists()
    assert len(EventLog(tmp_path).episodes()) == 1


def test_an_error_of_a_disk_with_room_costs_no_reserve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = a_store(tmp_path)
    store.open()
    store.close()

    def broken(_: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr("edge_pose.sinks.store.sink.connect", broken)
    with pytest.raises(SinkError):
        store.open()
    assert (tmp_path / "reserve.bin").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="root's rights are the point")
def test_root_follows_no_link_out_of_the_folder(tmp_path: Path) -> None:
    """Who may write to the state folder could else have root change a file of the system."""
    theirs = tmp_path / "theirs"
    theirs.write_bytes(b"")
    theirs.chmod(0o666)
    state = tmp_path / "state"
    state.mkdir()
    (state / "events.db").symlink_to(theirs)
    with pytest.raises(SinkError):
        a_store(state).open()
    assert stat.S_IMODE(theirs.stat().st_mode) == 0o666
    assert theirs.read_bytes() == b""
