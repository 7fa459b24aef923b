"""Time as it comes: late, doubled, lost, out of order, jumping; and monitoring off."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor import Monitor
from edge_pose.testing.drive import (
    AHEAD,
    Record,
    Story,
    asleep,
    attentive,
    distracted,
    drive,
    hidden,
    watch,
)
from edge_pose.values import Alert, AlertKind, AlertPhase, Command, Observation

A, D, H = attentive(), distracted(), hidden()
STORY: Story = [(20, A), (4, D), (10, A), (13, D), (20, A)]


def transitions(record: Record) -> list[tuple[float, str, str, int]]:
    return [(a.t_s, str(a.phase), str(a.kind), a.level) for a in record.alerts]


def doubled(observations: Iterable[Observation]) -> Iterator[Observation]:
    for observation in observations:
        yield observation
        yield replace(observation, face=False, pose=None)


def with_latecomers(observations: Iterable[Observation]) -> Iterator[Observation]:
    """Now and then a distracted look from the past arrives."""
    chance = random.Random(4)
    away = next(iter(drive([(1, D)])))
    for observation in observations:
        yield observation
        if chance.random() < 0.3:
            yield replace(away, t_s=observation.t_s - 8.0 * chance.random())


def test_doubles_and_latecomers_change_nothing() -> None:
    plain = watch(drive(STORY))
    assert transitions(watch(doubled(drive(STORY)))) == transitions(plain)
    assert transitions(watch(with_latecomers(drive(STORY)))) == transitions(plain)


def test_a_time_that_is_no_number_is_dropped() -> None:
    broken = [replace(next(iter(drive([(1, D)]))), t_s=t) for t in (float("nan"), float("inf"))]
    record = watch([*drive([(5, A)]), *broken, *drive([(5, A)], start_s=5.1)])
    assert not record.episodes
    assert record.states[-1].t_s == pytest.approx(10.1)


@pytest.mark.parametrize("jump_s", [3600.0, 60.0, -60.0, -3600.0])
def test_a_clock_jump_alerts_nobody(jump_s: float) -> None:
    before, after = drive([(30, A)]), drive([(30, A)], start_s=5000.0 + 30.0 + jump_s)
    shifted = [replace(o, t_s=o.t_s + 5000.0) for o in before]
    record = watch([*shifted, *after])
    assert not record.episodes
    assert record.states[-1].t_s == pytest.approx(5060.0 + jump_s)


@pytest.mark.parametrize("jump_s", [3600.0, -3600.0])
def test_rules_go_on_after_a_clock_jump(jump_s: float) -> None:
    start = 5030.0 + jump_s
    before = [replace(o, t_s=o.t_s + 5000.0) for o in drive([(30, A)])]
    record = watch([*before, *drive([(10, A), (4, D), (5, A)], start_s=start)])
    (glance,) = record.episodes
    assert glance.t_alert_s == pytest.approx(start + 13.0, abs=0.2)
    assert glance.t_start_s == pytest.approx(start + 10.0, abs=0.2)


def test_episodes_stay_well_formed_across_a_jump_back() -> None:
    before = [replace(o, t_s=o.t_s + 5000.0) for o in drive([(10, A), (6, D)])]
    record = watch([*before, *drive([(4, D), (5, A)], start_s=100.0)])
    for episode in record.episodes:
        assert episode.t_start_s <= episode.t_alert_s
        assert episode.t_end_s is not None
        assert episode.t_start_s <= episode.t_end_s


def test_a_hole_counts_no_more_than_a_second() -> None:
    """Looking away before and after two minutes without a word is not two minutes away."""
    record = watch([*drive([(10, A), (1, D)]), *drive([(0.5, D), (5, A)], start_s=130.0)])
    assert not record.episodes


def test_a_prefix_of_a_drive_gives_a_prefix_of_the_transitions() -> None:
    whole = transitions(watch(drive(STORY)))
    for seconds in (21.0, 23.5, 30.0, 45.5, 60.0):
        part = (o for o in drive(STORY) if o.t_s <= seconds)
        assert transitions(watch(part)) == [t for t in whole if t[0] <= seconds]


def test_attention_recovers_the_same_at_every_rate() -> None:
    for hz in (5, 10, 30):
        record = watch(drive([(6, D), (3, A)], hz=hz))
        levels = [state.level for state in record.states]
        (zero_at,) = [b.t_s for a, b in pairwise(record.states) if a.level == 1 and b.level == 0]
        assert zero_at == pytest.approx(7.1, abs=0.3)
        assert max(levels) == 2


def test_monitoring_off_closes_everything_and_starts_afresh() -> None:
    off = D.but(engaged=False)
    record = watch(drive([(10, A), (8, D), (2, off), (2.5, D), (2, A)], hz=20))
    glance, told_off = record.episodes
    assert glance.t_end_s == pytest.approx(18.0, abs=0.06)
    assert told_off.kind is AlertKind.OFF
    assert told_off.reason == "the ignition is off"
    assert told_off.t_start_s == pytest.approx(18.0, abs=0.06)
    assert told_off.t_end_s == pytest.approx(21.0, abs=0.15)
    assert [alert.kind for alert in record.at(19).episodes] == [AlertKind.OFF]
    assert not record.at(19).enabled
    assert record.at(20.1).enabled
    assert record.level(22) == 0


def test_commands_switch_monitoring_off_and_on() -> None:
    monitor = Monitor(MonitorConfig(), neutral=AHEAD)
    for observation in drive([(5, D)]):
        monitor.update(observation)
    told = monitor.command(Command.DISABLE, 5.0)
    assert [(alert.kind, alert.phase) for alert in told] == [
        (AlertKind.GLANCE, AlertPhase.END), (AlertKind.OFF, AlertPhase.NEW),
    ]  # fmt: skip
    assert told[1].reason == "switched off by a person"
    states = [monitor.update(o).state for o in drive([(20, D)], start_s=5.1)]
    assert not any(state.enabled or state.level for state in states)
    monitor.command(Command.ENABLE, 25.2)
    states = [monitor.update(o).state for o in drive([(4, D)], start_s=25.3)]
    assert all(state.enabled for state in states)
    assert states[-1].level == 1


def test_nobody_switches_the_monitor_off_for_ever() -> None:
    config = MonitorConfig.model_validate({"presence": {"off_max_s": 60.0}})
    monitor = Monitor(config, neutral=AHEAD)
    for observation in drive([(1, A)]):
        monitor.update(observation)
    monitor.command(Command.DISABLE, 1.0)
    states = [monitor.update(o).state for o in drive([(70, D)], start_s=1.1)]
    assert next(s.t_s for s in states if s.enabled) == pytest.approx(61.0, abs=0.3)
    assert states[-1].level > 0


def test_a_program_that_says_off_each_minute_keeps_nobody_unwatched() -> None:
    config = MonitorConfig.model_validate({"presence": {"off_max_s": 300.0}})
    monitor, on_s = Monitor(config, neutral=AHEAD), 0.0
    for observation in drive([(1800, A)], hz=2.0):
        if observation.t_s % 60.0 == 0.0:
            monitor.command(Command.ENABLE, observation.t_s)
            monitor.command(Command.DISABLE, observation.t_s)
        on_s += 0.5 * monitor.update(observation).state.enabled
    assert on_s >= 1490.0
    told = list[AlertKind]()
    for observation in drive([(20, asleep())], hz=10.0, start_s=1800.1):
        monitor.command(Command.DISABLE, observation.t_s)
        monitor.command(Command.ENABLE, observation.t_s)
        told += [alert.kind for alert in monitor.update(observation).alerts]
    assert AlertKind.SLEEP in told, "nor does a word each moment begin all judging anew"
    for observation in drive([(700, A)], hz=2.0, start_s=1821.0):
        monitor.update(observation)
    monitor.command(Command.DISABLE, 2522.0)
    (state,) = (monitor.update(o).state for o in drive([(0, A)], start_s=2522.0))
    assert not state.enabled, "a person who asks again is obeyed"


def press(story: Story, at_s: float) -> Record:
    """A drive in which the driver presses acknowledge once."""
    monitor = Monitor(MonitorConfig(), neutral=AHEAD, acknowledgeable=True)
    states, alerts, pressed = [], list[Alert](), False
    for observation in drive(story):
        if observation.t_s >= at_s and not pressed:
            pressed = True
            monitor.command(Command.ACKNOWLEDGE, observation.t_s)
        update = monitor.update(observation)
        states.append(update.state)
        alerts += update.alerts
    return Record(states=tuple(states), alerts=tuple(alerts), monitor=monitor)


def test_level_three_waits_for_an_attentive_press() -> None:
    story: Story = [(12, D), (30, A)]
    assert press(story, 60).level(41) == 3
    assert press(story, 11.5).level(11.9) == 3
    pressed = press(story, 20)
    assert pressed.level(19.9) == 3
    assert pressed.level(20.1) == 0
    assert pressed.of(AlertKind.GLANCE)[0].t_end_s == pytest.approx(21.0, abs=0.15)


def test_without_a_button_ten_seconds_of_attention_in_all_end_level_three() -> None:
    record = watch(drive([(12, D), (6, A), (1, D), (20, A)]))
    assert record.level(22.5) == 3
    assert record.level(23.6) == 0


def test_blinks_and_mirrors_do_not_hold_level_three() -> None:
    """A driver who is back blinks every three seconds and looks into a mirror every five."""
    back = [(5.0, A), (0.9, D.but(yaw_deg=-40.0, pitch_deg=-6.0))] * 12
    for hz in (5, 10, 15, 30):
        record = watch(drive([(12, D), *back], hz=hz, blinks_s=3.0))
        assert record.level(25.0) == 0, hz


def test_a_long_look_starts_the_wait_for_the_end_of_level_three_anew() -> None:
    record = watch(drive([(12, D), (8, A), (2.5, D), (20, A)]))
    assert record.level(31.0) == 3
    assert record.level(33.5) == 0


def test_three_times_at_level_three_lock_out() -> None:
    bout: Story = [(11.5, D), (14, A)]
    record = watch(drive([*bout, *bout, *bout], hz=10))
    assert not record.at(48).locked_out
    assert record.at(64).locked_out


def test_half_a_minute_at_level_three_locks_out() -> None:
    record = watch(drive([(60, H)], hz=10), acknowledgeable=True)
    assert not record.at(59).locked_out
    assert record.at(60).locked_out
