"""A board without a clock of its own, a clock that jumps, a disk that is late: records carry the
time when it happened, and nothing is deleted because of a date that was never true."""

from __future__ import annotations

import os
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from sink_examples import a_clock, a_health, a_state, an_alert

from edge_pose.config.sinks import ClipsConfig, StoreConfig
from edge_pose.sinks.clips.files import prune_clips
from edge_pose.sinks.store.query import EventLog, day_bounds
from edge_pose.sinks.store.sink import StoreSink
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.testing.clock import FakeClock
from edge_pose.values import AlertPhase

TODAY_S = 1_790_000_000.0
DAY_S = 86_400.0
NEVER_SET_S = 100.0
"""1970."""


class Board:
    """A store on a board whose clock and time server are in the test's hand."""

    def __init__(self, folder: Path, wall_s: float, synchronised: bool | None) -> None:
        self.folder, self.synchronised = folder, synchronised
        self.clock = FakeClock(1000.0, wall_s=wall_s)
        self.wall = WallTime(self.clock, lambda: self.synchronised)
        self.store = StoreSink(
            StoreConfig(days=90), state_dir=folder, vehicle_id="van", wall=self.wall
        )
        self.store.open()

    def tell(self, number: int, phase: AlertPhase = AlertPhase.NEW, late_s: float = 0.0) -> None:
        self.store.alert(an_alert(number, phase=phase, t_s=self.clock.now() - late_s))

    def set_clock(self, to_s: float) -> None:
        """What a time server does."""
        self.clock.jump_wall(to_s - self.clock.wall())
        self.synchronised = True
        self.clock.advance(20.0)  # by then it has been asked again
        self.store.state(a_state(self.clock.now()), a_health())

    def drive(self, minutes: int) -> None:
        for _ in range(minutes * 6):
            self.clock.advance(10.0)
            self.store.state(a_state(self.clock.now()), a_health())


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path, NEVER_SET_S, synchronised=False)


def test_events_and_minutes_before_the_time_was_known_get_it_afterwards(board: Board) -> None:
    board.tell(1)
    board.drive(3)
    board.tell(1, AlertPhase.END)
    board.set_clock(TODAY_S)
    log = EventLog(board.folder)
    [episode] = log.episodes()
    assert episode.utc_alert_s == pytest.approx(TODAY_S - 180.0, abs=1.0)
    assert episode.utc_end_s == pytest.approx(TODAY_S, abs=1.0)
    assert episode.clock_synchronised is True
    assert episode.t_alert_s == 1000.0, "the monotonic time stays"
    assert [round(alert.utc_s - TODAY_S) for alert in log.alerts()] == [-180, 0]
    assert all(TODAY_S - 300 < minute.utc_s < TODAY_S for minute in log.minutes())
    assert len(log.minutes()) >= 2
    today = date.fromtimestamp(TODAY_S)
    assert log.episodes(*day_bounds(today)), "the day's report shows them"


def test_an_earlier_run_of_the_same_start_gets_its_time_too(tmp_path: Path) -> None:
    first = Board(tmp_path, NEVER_SET_S, synchronised=False)
    first.tell(1)
    first.store.close()
    second = Board(tmp_path, NEVER_SET_S + 60.0, synchronised=False)
    second.clock.advance(60.0)
    second.tell(1)
    second.set_clock(TODAY_S)
    times = [episode.utc_alert_s for episode in EventLog(tmp_path).episodes()]
    assert times == pytest.approx([TODAY_S - 60.0, TODAY_S], abs=1.0)


def test_what_is_written_late_carries_the_time_when_it_happened(tmp_path: Path) -> None:
    board = Board(tmp_path, TODAY_S, synchronised=True)
    board.clock.advance(200.0)
    board.tell(1, late_s=147.0)
    assert EventLog(tmp_path).alerts()[0].utc_s == pytest.approx(TODAY_S + 53.0)


def kept(board: Board) -> list[int]:
    return [episode.episode for episode in EventLog(board.folder).episodes()]


def test_nothing_goes_because_the_clock_was_set(board: Board) -> None:
    board.tell(1)
    board.set_clock(TODAY_S)
    board.clock.advance(7200.0)
    board.tell(2)
    assert kept(board) == [1, 2]


@pytest.mark.parametrize("synchronised", [True, None])
@pytest.mark.parametrize("jump_days", [4000.0, -4000.0, 100.0, -100.0])
def test_a_jump_in_either_direction_deletes_nothing(
    tmp_path: Path, jump_days: float, synchronised: bool | None
) -> None:
    board = Board(tmp_path, TODAY_S, synchronised)
    board.tell(1)
    board.clock.advance(1800.0)
    board.tell(2)
    board.clock.jump_wall(jump_days * DAY_S)
    for number in range(3, 6):
        board.clock.advance(1250.0)
        board.tell(number)
    board.clock.jump_wall(-jump_days * DAY_S)
    board.clock.advance(1250.0)
    board.tell(6)
    assert sorted(kept(board)) == [1, 2, 3, 4, 5, 6]


def test_a_clock_that_jumped_long_before_the_start_is_not_believed(tmp_path: Path) -> None:
    board = Board(tmp_path, TODAY_S, synchronised=True)
    board.tell(1)
    board.store.close()
    mad = Board(tmp_path, TODAY_S + 3650 * DAY_S, synchronised=True)
    mad.tell(1)
    assert len(kept(mad)) == 2


def test_events_without_a_date_go_with_the_later_ones_that_are_too_old(tmp_path: Path) -> None:
    undated = Board(tmp_path, NEVER_SET_S, synchronised=False)
    undated.tell(1)
    undated.store.close()
    with sqlite3.connect(undated.store.path) as database:  # another start of the machine
        database.execute("UPDATE runs SET boot_id = 'another'")
    database.close()
    dated = Board(tmp_path, TODAY_S, synchronised=True)
    dated.tell(2)
    dated.store.close()
    later = Board(tmp_path, TODAY_S + 91 * DAY_S, synchronised=True)
    later.tell(3)
    assert kept(later) == [3]


@pytest.mark.parametrize("synchronised", [False, None])
def test_no_date_no_deletion(tmp_path: Path, synchronised: bool | None) -> None:
    board = Board(tmp_path, TODAY_S, synchronised=True)
    board.tell(1)
    board.store.close()
    unsure = Board(tmp_path, TODAY_S + 91 * DAY_S, synchronised)
    unsure.tell(2)
    assert len(kept(unsure)) == 2


def test_clips_of_a_clock_that_was_never_set_stay_and_go_in_the_order_of_writing(
    tmp_path: Path,
) -> None:
    names = ["19700101T000140.000000Z-x.000003.zip", "20260101T000000.000000Z-x.000001.zip",
             "20360101T000000.000000Z-x.000002.zip"]  # fmt: skip
    for name, written_s in zip(names, (100.0, TODAY_S, TODAY_S + 3650 * DAY_S), strict=True):
        (tmp_path / name).write_bytes(b"x" * 400_000)
        os.utime(tmp_path / name, (written_s, written_s))
    prune_clips(tmp_path, ClipsConfig(days=7), TODAY_S + DAY_S)
    assert len(list(tmp_path.iterdir())) == 3
    prune_clips(tmp_path, ClipsConfig(days=7, max_mb=1), TODAY_S + DAY_S)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([names[0], names[2]])


def test_the_trust_in_a_clock() -> None:
    clock = a_clock()
    answer: list[bool | None] = [False]
    wall = WallTime(clock, lambda: answer[0])
    assert not wall.trusted
    clock.jump_wall(DAY_S)  # the time server's own step is no surprise
    answer[0] = True
    clock.advance(20.0)
    assert wall.trusted
    clock.jump_wall(400.0 * DAY_S)
    assert not wall.trusted
    clock.advance(3599.0)
    assert not wall.trusted
    clock.advance(2.0)
    assert wall.trusted
    clock.sleep(10 * DAY_S)  # a machine that slept has no wrong clock
    assert wall.trusted


def test_a_clock_that_nobody_vouches_for_and_that_jumped_is_never_trusted_again() -> None:
    clock = a_clock()
    wall = WallTime(clock, lambda: None)
    assert not wall.trusted
    clock.advance(700.0)
    assert wall.trusted
    clock.jump_wall(400.0 * DAY_S)
    assert not wall.trusted
    clock.advance(10 * DAY_S)
    assert not wall.trusted


def test_clips_survive_a_start_with_a_mad_clock(tmp_path: Path) -> None:
    clip = tmp_path / "20260101T000000.000000Z-x.000001.zip"
    clip.write_bytes(b"x")
    os.utime(clip, (TODAY_S, TODAY_S))
    prune_clips(tmp_path, ClipsConfig(days=7), TODAY_S + 3650 * DAY_S)
    assert clip.exists()
    prune_clips(tmp_path, ClipsConfig(days=7), TODAY_S + 30 * DAY_S)
    assert not clip.exists()
