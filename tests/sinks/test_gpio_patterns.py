"""Patterns and buttons: pure rules over time."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.kinds import Family
from edge_pose.sinks.gpio import patterns
from edge_pose.sinks.gpio.inputs import Button
from edge_pose.sinks.signals import Signal
from edge_pose.values import AlertLevel

SIGNALS = [Signal(family=f, level=lv) for f, lv in itertools.product(Family, AlertLevel)]
TIMES = st.floats(0, 3600, allow_nan=False)


@given(t_s=TIMES)
def test_nothing_without_a_signal(t_s: float) -> None:
    assert not patterns.lamp(None, t_s)
    assert not patterns.buzzer(None, t_s)
    assert patterns.tone(None, t_s) is None


@given(t_s=TIMES, signal=st.sampled_from(SIGNALS))
def test_muted_is_silent_and_the_lamp_goes_on(t_s: float, signal: Signal) -> None:
    assert not patterns.buzzer(signal, t_s, muted=True)
    assert patterns.tone(signal, t_s, muted=True) is None
    assert any(patterns.lamp(signal, t_s + step / 50) for step in range(60))


@pytest.mark.parametrize("signal", SIGNALS)
def test_every_signal_lights_the_lamp_at_once(signal: Signal) -> None:
    assert patterns.lamp(signal, 0.0)
    assert patterns.buzzer(signal, 0.0)


def _flashes(level: AlertLevel, seconds: float = 10.0) -> int:
    signal = Signal(family=Family.DISTRACTION, level=level)
    lit = [patterns.lamp(signal, step / 100) for step in range(int(seconds * 100))]
    return sum(now and not before for before, now in itertools.pairwise([False, *lit]))


def test_more_urgent_blinks_faster() -> None:
    rates = [_flashes(level) for level in AlertLevel]
    assert rates == sorted(set(rates))


def test_distraction_and_sleep_sound_different() -> None:
    for level in AlertLevel:
        heard = [
            [patterns.tone(Signal(family=family, level=level), step / 50) for step in range(100)]
            for family in (Family.DISTRACTION, Family.SLEEP)
        ]
        assert heard[0] != heard[1]


def test_an_advisory_and_the_systems_own_words_do_not_go_on_beeping() -> None:
    for signal in SIGNALS:
        lasting = any(patterns.buzzer(signal, 60 + step / 50) for step in range(100))
        urgent = signal.level > AlertLevel.ADVISORY and signal.family is not Family.SYSTEM
        assert lasting == urgent


def test_calibrating_makes_no_sound() -> None:
    signal = Signal(family=Family.SYSTEM, level=AlertLevel.ADVISORY, silent=True)
    assert not patterns.buzzer(signal, 0.0)
    assert patterns.tone(signal, 0.0) is None


def test_the_relay_ignores_the_systems_own_words() -> None:
    assert patterns.relay(Signal(family=Family.SLEEP, level=AlertLevel.WARNING), 2)
    assert not patterns.relay(Signal(family=Family.SLEEP, level=AlertLevel.ADVISORY), 2)
    assert not patterns.relay(Signal(family=Family.SYSTEM, level=AlertLevel.CRITICAL), 2)


def test_a_press_between_two_looks_counts_once() -> None:
    button = Button(1.5)
    assert button.update(0.0, False, 1) == (True, False)
    assert button.update(0.05, False, 0) == (False, False)


def test_a_held_button_is_a_press_and_then_once_held() -> None:
    button = Button(1.5)
    events = [button.update(t / 10, t < 30, int(t == 0)) for t in range(40)]
    assert [t for t, (pressed, _) in enumerate(events) if pressed] == [0]
    assert [t for t, (_, held) in enumerate(events) if held] == [15]


def test_hold_time_zero_never_holds() -> None:
    button = Button(0.0)
    assert not any(button.update(float(t), True, 0)[1] for t in range(20))


def test_a_line_that_is_active_from_the_start_is_no_press_until_it_was_released() -> None:
    button = Button(1.5)
    assert not any(any(button.update(t / 10, True, 0)) for t in range(100))
    assert button.is_stuck(10.0)
    assert button.update(10.0, False, 0) == (False, False)
    assert not button.is_stuck(10.0)
    assert button.update(11.0, True, 1) == (True, False)
    assert button.update(12.6, True, 0) == (False, True)
    assert not button.is_stuck(20.0)
    assert button.is_stuck(21.5)
