"""Alarms over a restart of the measuring part: none ends because the new one has not looked yet."""

from __future__ import annotations

from typing import Any

import pytest

from edge_pose.live.carried_alarms import CarriedEpisodes
from edge_pose.values import (
    Alert,
    AlertKind,
    AlertLevel,
    AlertPhase,
    CameraCondition,
    DriverState,
)


def an_alert(kind: AlertKind) -> Alert:
    return Alert(
        id=7, kind=kind, level=AlertLevel.CRITICAL, phase=AlertPhase.NEW,
        t_s=1.0, t_start_s=0.0, t_alert_s=1.0, t_end_s=None, reason="eyes closed",
    )  # fmt: skip


def ended_after(kind: AlertKind, seconds: float, **state: Any) -> float | None:
    """When, after the restart, a carried episode ended; None: not within so long."""
    carried = CarriedEpisodes()
    carried.follow([an_alert(kind)])
    carried.restart()
    for step in range(int(seconds * 10)):
        seen = {"face": True, "distracted": False, "attention": 1.0, "level": 0, **state}
        now = DriverState(t_s=100.0 + step / 10, **seen)
        if ended := carried.due(now):
            assert [alert.phase for alert in ended] == [AlertPhase.END]
            assert not carried.shown(now).episodes
            return step / 10
        assert carried.shown(now).episodes
    return None


ASLEEP = (AlertKind.SLEEP, AlertKind.UNRESPONSIVE, AlertKind.MICROSLEEP)


@pytest.mark.parametrize("kind", ASLEEP)
@pytest.mark.parametrize(
    "state",
    [
        {"face": False},
        {"face": False, "camera": CameraCondition.LOST},
        {"lids": "closed"},
        {"lids": "open", "distracted": True},
        {"lids": "open", "camera": CameraCondition.BLOCKED},
    ],
)
def test_a_sleeper_who_is_not_seen_awake_is_still_asleep(
    kind: AlertKind, state: dict[str, Any]
) -> None:
    assert ended_after(kind, 60.0, **state) is None


@pytest.mark.parametrize("kind", ASLEEP)
def test_eyes_seen_open_end_it(kind: AlertKind) -> None:
    assert ended_after(kind, 60.0, lids="open") == pytest.approx(5.0, abs=0.2)
    assert ended_after(kind, 60.0, lids="hidden") == pytest.approx(10.0, abs=0.2)


def test_the_rest_ends_as_soon_as_it_was_judged_anew() -> None:
    for kind in (AlertKind.FAULT, AlertKind.LOST, AlertKind.DROWSY):
        assert ended_after(kind, 60.0, face=False) == pytest.approx(5.0, abs=0.2)
    assert ended_after(AlertKind.GLANCE, 60.0, face=False) is None
    assert ended_after(AlertKind.GLANCE, 60.0) == pytest.approx(5.0, abs=0.2)


def test_switched_off_nothing_is_carried_on() -> None:
    assert ended_after(AlertKind.SLEEP, 60.0, face=False, enabled=False) == 0.0


def test_a_part_that_fails_again_and_again_ends_no_alarm() -> None:
    carried = CarriedEpisodes()
    carried.follow([an_alert(AlertKind.SLEEP)])
    for restart in range(5):
        carried.restart()
        for step in range(45):
            now = DriverState(
                t_s=restart * 10 + step / 10, face=True, lids="open", distracted=False,
                attention=1.0, level=0,
            )  # fmt: skip
            assert not carried.due(now)
