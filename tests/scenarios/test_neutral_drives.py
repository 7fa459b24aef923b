"""The neutral pose over whole drives: cold start, confirmation, drift, seat, driver, command."""

from __future__ import annotations

from functools import partial

import pytest

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor import Monitor
from edge_pose.testing.drive import (
    Look,
    attentive,
    distracted,
    hidden,
    looking,
    moving,
    watch,
)
from edge_pose.testing.drive import drive as plain_drive
from edge_pose.values import AlertKind, AlertLevel, Command

A = attentive()
drive = partial(plain_drive, blinks_s=4.7)


def off(look: Look, **by: float) -> Look:
    """The same camera, the head turned by so much."""
    return look.but(
        yaw_deg=look.yaw_deg + by.get("yaw", 0.0), pitch_deg=look.pitch_deg + by.get("pitch", 0.0)
    )


@pytest.mark.parametrize("hz", [5, 30])
@pytest.mark.parametrize(("yaw", "pitch"), [(0, 0), (-36, 4), (40, -25), (20, 12)])
def test_a_cold_start_learns_wherever_the_camera_stands(hz: int, yaw: float, pitch: float) -> None:
    seat = looking(yaw_deg=yaw, pitch_deg=pitch)
    record = watch(drive([(75, seat)], hz=hz, noise_deg=2.0), neutral=None)
    assert record.at(8).neutral is None
    provisional, confirmed = record.at(12).neutral, record.at(63).neutral
    assert provisional is not None
    assert not provisional.confirmed
    assert confirmed is not None
    assert confirmed.confirmed
    assert (confirmed.yaw_deg, confirmed.pitch_deg) == pytest.approx((yaw, pitch), abs=1.0)
    (calibrating,) = record.episodes
    assert calibrating.kind is AlertKind.CALIBRATING
    assert calibrating.level is AlertLevel.ADVISORY
    assert calibrating.t_alert_s == 0.0
    assert calibrating.t_end_s == pytest.approx(61.0, abs=1.0)


def test_until_it_is_confirmed_angles_advise_at_most() -> None:
    seat = looking(yaw_deg=-36)
    away = off(seat, yaw=50)
    story = [(3, seat), (6, away), (12, seat), (20, away), (10, seat), (8, off(seat, pitch=-35))]
    record = watch(drive(story, hz=20), neutral=None)
    assert record.of(AlertKind.GLANCE)
    assert record.worst == AlertLevel.ADVISORY
    assert max(state.level for state in record.states) == 1


def test_glances_aside_while_learning_do_not_move_it() -> None:
    seat = looking(yaw_deg=30, pitch_deg=-5)
    story = [(4, seat), (2, off(seat, yaw=-40)), (2, seat), (1.5, off(seat, pitch=-20)), (70, seat)]
    record = watch(drive(story, hz=20), neutral=None)
    neutral = record.monitor.neutral
    assert neutral is not None
    assert neutral.confirmed
    assert (neutral.yaw_deg, neutral.pitch_deg) == pytest.approx((30, -5), abs=1.0)


@pytest.mark.parametrize("hz", [5, 15, 30])
@pytest.mark.parametrize("aside", [-38, 24, 30])
@pytest.mark.parametrize("start_s", [4, 7, 9])
def test_a_long_glance_in_the_first_seconds_does_not_draw_it(
    start_s: float, aside: float, hz: int
) -> None:
    seat = looking(yaw_deg=12, pitch_deg=-4)
    turn = moving(seat, off(seat, yaw=aside))
    story = [
        (start_s, seat), (0.25, turn), (4, off(seat, yaw=aside)),
        (0.25, moving(off(seat, yaw=aside), seat)), (20, seat),
    ]  # fmt: skip
    record = watch(drive(story, hz=hz, noise_deg=1.5), neutral=None)
    poses = [state.neutral for state in record.states if state.neutral is not None]
    assert poses
    assert max(abs(pose.yaw_deg - 12) for pose in poses) < 2.0
    assert max(abs(pose.pitch_deg + 4) for pose in poses) < 2.0


def test_a_wrong_first_guess_is_replaced_by_the_road() -> None:
    record = watch(drive([(11, looking(yaw_deg=35)), (75, A)], hz=20), neutral=None)
    neutral = record.monitor.neutral
    assert neutral is not None
    assert neutral.confirmed
    assert neutral.yaw_deg == pytest.approx(0.0, abs=1.0)


def test_after_it_is_confirmed_a_glance_is_a_warning_again() -> None:
    seat = looking(yaw_deg=-36)
    record = watch(drive([(65, seat), (4, off(seat, yaw=45)), (5, seat)], hz=20), neutral=None)
    (glance,) = record.of(AlertKind.GLANCE)
    assert glance.level is AlertLevel.WARNING
    assert glance.t_alert_s == pytest.approx(68.0, abs=0.15)


def test_poses_out_of_range_are_never_neutral() -> None:
    record = watch(drive([(90, looking(yaw_deg=60))], hz=10), neutral=None)
    assert record.monitor.neutral is None
    assert record.states[-1].calibration < 1.0


def test_it_follows_slowly_and_within_clamps() -> None:
    story = [(300, looking(yaw_deg=5, pitch_deg=-3)), (600, moving(A, looking(yaw_deg=24)))]
    record = watch(drive(story, hz=5))
    settled = record.at(300).neutral
    assert settled is not None
    assert 1.5 < settled.yaw_deg < 5.0
    yaws = [state.neutral.yaw_deg for state in record.states if state.neutral]
    assert max(yaws) <= MonitorConfig().neutral.drift_yaw_deg


def test_a_moved_seat_is_learned_again() -> None:
    moved = looking(yaw_deg=12, pitch_deg=-8)
    record = watch(drive([(60, A), (120, moved)], hz=10))
    neutral = record.monitor.neutral
    assert neutral is not None
    assert (neutral.yaw_deg, neutral.pitch_deg) == pytest.approx((12, -8), abs=1.0)
    assert not record.episodes


def test_two_minutes_of_distraction_are_not_a_new_neutral_pose() -> None:
    record = watch(drive([(10, A), (120, distracted()), (20, A)], hz=10))
    neutral = record.monitor.neutral
    assert neutral is not None
    assert neutral.yaw_deg == pytest.approx(0.0, abs=1.0)
    assert record.level(125) == 3


def test_another_driver_after_an_absence_is_learned() -> None:
    other = looking(yaw_deg=-20, pitch_deg=10)
    record = watch(drive([(60, A), (20, hidden()), (120, other)], hz=10))
    neutral = record.monitor.neutral
    assert neutral is not None
    assert (neutral.yaw_deg, neutral.pitch_deg) == pytest.approx((-20, 10), abs=1.0)


def test_a_command_starts_it_over() -> None:
    monitor = Monitor(MonitorConfig(), neutral=watch(drive([(1, A)])).monitor.neutral)
    seat = looking(yaw_deg=33)
    for observation in drive([(5, A)], hz=10):
        monitor.update(observation)
    monitor.command(Command.RECALIBRATE, 5.0)
    assert monitor.neutral is None
    kinds = []
    for observation in drive([(75, seat)], hz=10, start_s=5.1):
        kinds += [alert.kind for alert in monitor.update(observation).alerts]
    assert set(kinds) == {AlertKind.CALIBRATING}
    assert monitor.neutral is not None
    assert monitor.neutral.confirmed
    assert monitor.neutral.yaw_deg == pytest.approx(33.0, abs=1.0)


def test_a_parked_car_teaches_nothing() -> None:
    record = watch(drive([(60, looking(yaw_deg=30).but(standstill=True))], hz=10), neutral=None)
    assert record.monitor.neutral is None
