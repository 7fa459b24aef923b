"""A program that is killed in the middle of an alarm, and started again at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_blind_and_hung import Loop

from edge_pose.config.root import Config
from edge_pose.live.remembering import Remembering
from edge_pose.remembered.standing_alarms import FILE
from edge_pose.testing.clock import FakeClock
from edge_pose.values import Alert, AlertKind, AlertLevel, AlertPhase


@pytest.fixture(autouse=True)
def no_runtime_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)


def program(folder: Path, clock: FakeClock, *, live: bool = True) -> Remembering:
    config = Config.model_validate({"runtime": {"state_dir": folder}})
    return Remembering(config, clock, live=live)


def asleep(t_s: float) -> Alert:
    return Alert(
        id=7, kind=AlertKind.SLEEP, kinds=(AlertKind.MICROSLEEP, AlertKind.SLEEP),
        level=AlertLevel.CRITICAL, phase=AlertPhase.UPDATE, t_s=t_s, t_start_s=t_s - 3.0,
        t_alert_s=t_s - 2.0, t_end_s=None, reason="eyes closed for 3.0 s",
    )  # fmt: skip


def killed_in_an_alarm(folder: Path, clock: FakeClock) -> None:
    first = program(folder, clock)
    assert first.alarms == ()
    first.heartbeat.beat()
    first.stage.alarms((asleep(clock.now()),))
    first.stage.teardown()


def test_a_sleeper_sleeps_on_through_a_kill(tmp_path: Path) -> None:
    """Slumped out of view, the new program would find nobody, and no alarm."""
    clock = FakeClock(90.0)
    killed_in_an_alarm(tmp_path, clock)
    clock.advance(6.0)
    second = program(tmp_path, clock)
    (alarm,) = second.alarms
    assert (alarm.kind, alarm.level, alarm.t_start_s) == (AlertKind.SLEEP, AlertLevel.CRITICAL, 87)
    loop = Loop(second.alarms)
    loop.starve(30.0)
    told = loop.of(AlertKind.SLEEP)
    assert [alert.phase for alert in told] == [AlertPhase.NEW]
    assert told[0].id > 0
    assert told[0] in loop.scenes[-1].state.episodes
    loop.film(12.0)  # the driver is back, with eyes that are not measured
    assert loop.of(AlertKind.SLEEP)[-1].phase is AlertPhase.END


def test_what_has_ended_or_is_long_ago_or_was_ended_in_order_does_not_go_on(
    tmp_path: Path,
) -> None:
    clock = FakeClock(90.0)
    killed_in_an_alarm(tmp_path, clock)
    clock.advance(61.0)
    assert program(tmp_path, clock).alarms == ()
    clock.advance(1.0)
    killed_in_an_alarm(tmp_path, clock)
    assert program(tmp_path, clock, live=False).alarms == (), "a clip begins again"
    assert program(tmp_path, clock).alarms
    assert program(tmp_path, clock).alarms == (), "taken once"
    killed_in_an_alarm(tmp_path, clock)
    third = program(tmp_path, clock)
    third.stage.alarms(())
    third.stage.teardown()
    assert program(tmp_path, clock).alarms == ()
    killed_in_an_alarm(tmp_path, clock)
    third.heartbeat.end()
    assert program(tmp_path, clock).alarms == ()


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "monitor.fault"}, {"kind": "driver.levitating"}, {"level": 7}, {"level": "high"},
        {"t_start_s": float("nan")}, {"t_alert_s": 1e308}, {"t_start_s": -5.0}, {"kinds": 3},
        {"kinds": ["x"]}, None,
    ],
)  # fmt: skip
def test_a_file_that_anybody_wrote_to_is_no_alarm(
    tmp_path: Path, change: dict[str, object] | None
) -> None:
    clock = FakeClock(90.0)
    killed_in_an_alarm(tmp_path, clock)
    file = tmp_path / FILE
    table = json.loads(file.read_text())
    if change is None:
        table = {"alarms": "all of them"}
    else:
        table["alarms"][0] |= change
    file.write_text(json.dumps(table))
    assert program(tmp_path, clock).alarms == ()
    assert not file.exists()
