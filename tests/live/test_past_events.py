"""What the page lists of today, from the event database."""

from __future__ import annotations

import time
from pathlib import Path

from sink_examples import a_health, a_state, an_alert

from edge_pose.clock import SystemClock
from edge_pose.config.sinks import StoreConfig
from edge_pose.live.past_events import StoredEpisodes
from edge_pose.sinks.store.sink import StoreSink
from edge_pose.sinks.wall_clock import WallTime
from edge_pose.testing.clock import FakeClock
from edge_pose.values import AlertKind, AlertPhase


def stored(folder: Path) -> None:
    """A run that was cut off: one look away that ended, one sleep and one note that did not."""
    now = time.monotonic()
    wall = WallTime(SystemClock(), lambda: True)
    store = StoreSink(StoreConfig(), state_dir=folder, vehicle_id="v", wall=wall)
    store.open()
    for alert in (
        an_alert(1, t_s=now),
        an_alert(1, t_s=now, phase=AlertPhase.END),
        an_alert(2, kind=AlertKind.SLEEP, t_s=now),
        an_alert(3, kind=AlertKind.CALIBRATING, t_s=now),
    ):
        store.alert(alert)
    store.state(a_state(now), a_health())
    store.close()


def test_a_later_run_shows_no_old_episode_as_lasting_and_no_old_notes(tmp_path: Path) -> None:
    stored(tmp_path)
    told = StoredEpisodes(tmp_path, FakeClock(0.0, wall_s=time.time() + 1.0)).today()
    assert {(one.headline, one.ongoing) for one in told} == {
        ("Looked away", False),
        ("Fell asleep", False),
    }


def test_the_present_run_shows_what_lasts(tmp_path: Path) -> None:
    clock = FakeClock(0.0, wall_s=time.time() - 60.0)
    present = StoredEpisodes(tmp_path, clock)
    stored(tmp_path)
    clock.advance(60.0)
    assert sorted(one.ongoing for one in present.today()) == [False, True, True]


def test_a_run_that_began_in_1970_takes_no_old_episode_for_its_own(tmp_path: Path) -> None:
    stored(tmp_path)
    clock = FakeClock(0.0, wall_s=600.0)
    present = StoredEpisodes(tmp_path, clock)
    clock.advance(30.0)
    clock.jump_wall(time.time() + 60.0)
    assert not any(one.ongoing for one in present.today())
