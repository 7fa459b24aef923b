"""A camera that shows nothing: nothing is claimed meanwhile, whatever the last picture showed."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import pytest

from edge_pose.config.monitor import MonitorConfig
from edge_pose.live.trouble_board import TroubleBoard
from edge_pose.monitor import Monitor
from edge_pose.testing.clock import FakeClock
from edge_pose.testing.drive import attentive, drive
from edge_pose.values import (
    Alert,
    AlertKind,
    AlertLevel,
    AlertPhase,
    CameraCondition,
    EyeState,
    ImageQuality,
    Observation,
    Trouble,
)

CLEAR = ImageQuality(brightness=110.0, contrast=45.0, change=2.0)
FROZEN = replace(CLEAR, change=0.0)
AWAKE = EyeState(left=1.0, right=1.0, mouth=0.0)


def attentive_driver(seconds: float, start_s: float = 0.0) -> list[Observation]:
    seen = drive([(seconds, attentive())], hz=10, start_s=start_s)
    return [replace(o, image=CLEAR, eyes=AWAKE) for o in seen]


@pytest.mark.parametrize(
    ("change", "condition"),
    [
        ({"image": FROZEN}, CameraCondition.FROZEN),
        ({"image": replace(CLEAR, brightness=3.0)}, CameraCondition.BLOCKED),
        ({"camera_lost": True, "image": None}, CameraCondition.LOST),
    ],
)
def test_a_blind_camera_claims_nothing_though_the_last_face_looked_well(
    change: dict[str, object], condition: CameraCondition
) -> None:
    monitor = Monitor(MonitorConfig())
    for seen in attentive_driver(90.0):
        state = monitor.update(seen).state
    assert state.face
    assert state.camera is CameraCondition.OK
    for seen in attentive_driver(6.0, start_s=90.1):
        state = monitor.update(replace(seen, **change)).state  # type: ignore[arg-type]
    assert state.camera is condition
    assert not state.face
    measured = (state.pose, state.off_neutral_deg, state.eyes, state.perclos, state.drowsiness)
    assert measured == (None,) * 5
    for seen in attentive_driver(3.0, start_s=96.2):
        state = monitor.update(seen).state
    assert state.camera is CameraCondition.OK
    assert state.face
    assert not state.episodes


def test_a_trouble_of_the_program_is_told_while_it_lasts_and_raised_when_it_grows() -> None:
    monitor = Monitor(MonitorConfig())
    one = Trouble(kind=AlertKind.FAULT, reason="gpio hangs", lasted_s=2.0)
    two = replace(one, reason="gpio hangs; sound hangs", level=AlertLevel.WARNING)
    told = []
    for seen in attentive_driver(12.0):
        troubles = (one,) if 2.0 <= seen.t_s < 4.0 else (two,) if 4.0 <= seen.t_s < 6.0 else ()
        told += monitor.update(replace(seen, troubles=troubles)).alerts
    faults = [alert for alert in told if alert.kind is AlertKind.FAULT]
    assert [alert.phase for alert in faults] == [AlertPhase.NEW, AlertPhase.UPDATE, AlertPhase.END]
    assert faults[0].t_start_s == pytest.approx(faults[0].t_s - 2.0)
    assert faults[1].reason == "gpio hangs; sound hangs"
    assert faults[2].t_s <= 7.5


def test_each_part_that_fails_is_told_though_another_fault_stands_for_months() -> None:
    """A refused config is a fault until somebody writes a better one."""
    board = TroubleBoard(clock := FakeClock())
    config = {"config": ("the config is refused", 0.0)}
    monitor, told = Monitor(MonitorConfig()), list[Alert]()
    for seen in attentive_driver(120.0):
        clock.advance(seen.t_s - clock.now())
        failing = {5.0: "gpio", 45.0: "sound", 85.0: "gpio"}
        now = {n: (f"{n} hangs", t) for t, n in failing.items() if t <= seen.t_s < t + 15.0}
        board.parts(config | now)
        told += monitor.update(replace(seen, troubles=board.listed())).alerts
    (first, *later) = [alert for alert in told if alert.kind is AlertKind.FAULT]
    assert first.phase is AlertPhase.NEW
    assert [round(alert.t_s) for alert in later] == [5, 45, 85]
    assert [alert.reason.partition("; ")[2] for alert in later] == [
        "gpio hangs", "sound hangs", "gpio hangs",
    ]  # fmt: skip


def test_each_gap_is_told_though_the_one_before_is_still_open() -> None:
    board = TroubleBoard(clock := FakeClock())
    monitor, told = Monitor(MonitorConfig()), list[Alert]()
    for seen in attentive_driver(12.0):
        clock.advance(seen.t_s - clock.now())
        if seen.t_s in (4.0, 5.0, 6.0):
            board.gap(3.0)
        told += monitor.update(replace(seen, troubles=board.listed())).alerts
    gaps = [alert for alert in told if alert.kind is AlertKind.GAP]
    assert [round(alert.t_s) for alert in gaps if alert.phase is not AlertPhase.END] == [4, 5, 6]


def test_a_monitor_made_anew_gives_no_number_twice() -> None:
    numbers = count(1)
    given = []
    for run in range(3):
        monitor = Monitor(MonitorConfig(), ids=numbers)
        for seen in attentive_driver(6.0, start_s=100.0 * run):
            blind = replace(seen, camera_lost=True)
            given += [alert.id for alert in monitor.update(blind).alerts]
    assert len(given) >= 3
    assert len(set(given)) == len(given)


CLEAR_FACE = replace(CLEAR, sharpness=0.62, face_contrast=40.0, face_brightness=110.0, flicker=0.01)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"sharpness": 0.44}, "blurred"),
        ({"face_contrast": 6.0}, "hazy"),
        ({"face_brightness": 9.0, "face_contrast": 3.0, "sharpness": 0.9}, "too dark"),
        ({"flicker": 0.3}, "flickers"),
    ],
)
def test_a_face_that_is_not_shown_clearly_is_told_within_ten_seconds(
    change: dict[str, float], word: str
) -> None:
    monitor = Monitor(MonitorConfig())
    told = []
    for seen in drive([(60.0, attentive())], hz=15, blinks_s=4.0):
        image = replace(CLEAR_FACE, **change) if seen.t_s >= 20.0 else CLEAR_FACE  # type: ignore[arg-type]
        told += monitor.update(replace(seen, image=image)).alerts
    limited = [alert for alert in told if alert.kind is AlertKind.LIMITED]
    assert word in limited[0].reason
    assert 20.0 < limited[0].t_alert_s <= 30.0
