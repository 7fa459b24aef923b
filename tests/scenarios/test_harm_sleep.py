"""Sleep is told at 1, 3 and 6 s whatever the head does, and never where there is none."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from natural import RATES, Now, Script, follow, natural, ramp

from edge_pose.testing.drive import AHEAD, watch
from edge_pose.values import AlertKind, AlertLevel

SHUT_AT = 20.0
KINDS = ((AlertKind.MICROSLEEP, 1.0), (AlertKind.SLEEP, 3.0), (AlertKind.UNRESPONSIVE, 6.0))
ASLEEP = (AlertKind.MICROSLEEP, AlertKind.SLEEP, AlertKind.UNRESPONSIVE, AlertKind.DROOP)
Head = Callable[[float, Now], None]


def sink(depth: float, length: float, delay: float = 0.0) -> Head:
    """The head sinks by so much within so long, so long after the lids."""

    def move(s: float, now: Now) -> None:
        now.pitch = -depth * ramp(s, delay, length)

    return move


def bob(depth: float, hz: float) -> Head:
    def move(s: float, now: Now) -> None:
        now.pitch = -depth * abs(math.sin(math.pi * hz * s))

    return move


def sink_and_hide(depth: float, length: float, hidden_below: float) -> Head:
    def move(s: float, now: Now) -> None:
        now.pitch = -depth * ramp(s, 0.3, length)
        now.eyes_seen = now.pitch > -hidden_below

    return move


def slump(s: float, now: Now) -> None:
    now.roll = 35.0 * ramp(s, 1.0, 2.0)
    now.yaw = 12.0 * ramp(s, 1.0, 2.0)


def fall_back(s: float, now: Now) -> None:
    now.pitch = 22.0 * ramp(s, 0.5, 1.0)


HEADS: dict[str, Head] = {
    "stays": lambda _s, _now: None,
    "sinks 6° at once": sink(6.0, 0.6),
    "sinks 15° in a second": sink(15.0, 1.0),
    "sinks 25° in 1.5 s": sink(25.0, 1.5),
    "sinks 30° in three seconds": sink(30.0, 3.0),
    "sinks 30° later": sink(30.0, 1.0, 2.0),
    "bobs": bob(12.0, 0.4),
    "bobs deep and slowly": bob(20.0, 0.25),
    "falls back": fall_back,
    "slumps aside": slump,
    "sinks and hides the eyes": sink_and_hide(35.0, 2.0, 20.0),
    "sinks slowly and hides the eyes": sink_and_hide(30.0, 4.0, 15.0),
}


def asleep(head: Head, length_s: float = 9.0) -> Script:
    def script(t: float, now: Now) -> None:
        s = t - SHUT_AT
        if 0.0 <= s < length_s:
            now.shut = True
            head(s, now)

    return script


@pytest.mark.parametrize("sight", [False, True])
@pytest.mark.parametrize("hz", RATES)
@pytest.mark.parametrize("name", HEADS)
def test_nine_seconds_shut(name: str, hz: float, sight: bool) -> None:
    record = watch(natural(asleep(HEADS[name]), 40.0, hz, sight=sight), neutral=AHEAD)
    for kind, after_s in KINDS:
        told = record.told(kind)
        assert len(told) == 1, (kind, told, [e.reason for e in record.episodes])
        assert told[0] == pytest.approx(SHUT_AT + after_s, abs=0.35 + 2.0 / hz), kind
    story = [e for e in record.episodes if AlertKind.SLEEP in e.kinds]
    assert len(story) == 1
    assert story[0].level is AlertLevel.CRITICAL
    assert not record.of(AlertKind.DOWN, AlertKind.GLANCE)


@pytest.mark.parametrize("hz", RATES)
def test_asleep_from_the_very_first_image(hz: float) -> None:
    def script(t: float, now: Now) -> None:
        now.shut = t < 60.0

    record = watch(natural(script, 70.0, hz), neutral=None)
    (story,) = record.of(AlertKind.SLEEP)
    assert record.told(AlertKind.SLEEP)[0] == pytest.approx(3.0, abs=0.6)
    assert story.t_end_s is not None
    assert story.t_end_s > 61.0
    for t in (10.0, 30.0, 55.0):
        assert record.at(t).attention < 0.05
        assert (record.at(t).drowsiness or 0.0) > 0.9
        assert record.at(t).lids == "closed"


@pytest.mark.parametrize("hz", RATES)
def test_one_misread_image_does_not_wake_the_sleeper(hz: float) -> None:
    record_of = lambda misread: watch(  # noqa: E731
        [
            o if abs(o.t_s - misread) > 0.5 / hz else _opened(o)
            for o in natural(asleep(HEADS["stays"]), 32.0, hz, noise=0.5)
        ],
        neutral=AHEAD,
    )
    for misread in (20.9, 22.0, 24.5):
        told = record_of(misread).told(AlertKind.UNRESPONSIVE)
        assert told == pytest.approx((26.0,), abs=0.35 + 2.0 / hz)


def _opened(observation):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(observation, eyes=replace(observation.eyes, left=0.9, right=0.9))


@pytest.mark.parametrize("hz", RATES)
@pytest.mark.parametrize("held", [0.25, 0.3, 0.34])
def test_squinting_with_blinks_is_no_sleep_but_told(held: float, hz: float) -> None:
    def script(_t: float, now: Now) -> None:
        now.eyes = held

    record = watch(natural(script, 240.0, hz), neutral=AHEAD)
    assert not record.of(*ASLEEP, AlertKind.DROWSY), [e.reason for e in record.episodes]
    (limited,) = record.of(AlertKind.LIMITED)
    assert "hardly visible" in limited.reason
    assert limited.t_alert_s <= 10.5


@pytest.mark.parametrize("hz", RATES)
def test_a_sleeper_who_squinted_before_is_told(hz: float) -> None:
    def script(t: float, now: Now) -> None:
        now.eyes = 0.32
        now.shut = 60.0 <= t < 70.0

    record = watch(natural(script, 80.0, hz), neutral=AHEAD)
    assert record.told(AlertKind.SLEEP) == pytest.approx((63.0,), abs=0.35 + 2.0 / hz)


@pytest.mark.parametrize("hz", RATES)
@pytest.mark.parametrize("scale", [0.6, 0.8, 1.0, 1.3])
def test_narrow_and_wide_eyes_are_judged_alike(scale: float, hz: float) -> None:
    """Blinks, a squint in low sun, a look down, then sleep: the verdict is the sleep's alone."""

    def script(t: float, now: Now) -> None:
        if 50.0 <= t < 60.0:
            now.eyes = 0.5
        if 70.0 <= t < 70.9:
            now.pitch, now.eyes = -14.0, 0.45
        now.shut = 90.0 <= t < 97.0

    record = watch(natural(script, 110.0, hz, scale=scale), neutral=AHEAD)
    assert {e.kind for e in record.episodes} - {AlertKind.DROWSY} == {AlertKind.UNRESPONSIVE}
    assert record.told(AlertKind.SLEEP) == pytest.approx((93.0,), abs=0.35 + 2.0 / hz)


@pytest.mark.parametrize("hz", RATES)
def test_a_reader_with_lowered_lids_is_not_asleep(hz: float) -> None:
    """Head straight, eyes on the lap: with sight it is a look down, of any length."""

    def script(t: float, now: Now) -> None:
        if 30.0 <= t < 45.0:
            now.gaze_yaw, now.gaze_pitch = 0.0, -38.0
            follow(now)

    record = watch(natural(script, 60.0, hz, sight=True), neutral=AHEAD)
    assert not record.of(*ASLEEP)
    (down,) = record.of(AlertKind.DOWN)
    assert "eyes on the lap, head straight" in down.reason
    assert record.told(AlertKind.DOWN) == pytest.approx((33.5,), abs=0.6)


@pytest.mark.parametrize("hz", RATES)
def test_uncertain_eyes_are_unknown_never_closed(hz: float) -> None:
    from dataclasses import replace

    unsure = [
        replace(o, lids_closed=0.5, eyes=None, gaze=None) if o.t_s > 20.0 else o
        for o in natural(lambda _t, _now: None, 40.0, hz, sight=True)
    ]
    record = watch(unsure, neutral=AHEAD)
    assert not record.of(*ASLEEP)
    (limited,) = record.of(AlertKind.LIMITED)
    assert limited.t_alert_s <= 30.5


@pytest.mark.parametrize("hz", RATES)
def test_several_sleeps_are_one_story_with_its_steps(hz: float) -> None:
    def script(t: float, now: Now) -> None:
        now.shut = any(start <= t < start + 4.0 for start in (20.0, 32.0, 44.0, 56.0))

    record = watch(natural(script, 75.0, hz), neutral=AHEAD)
    stories = record.of(AlertKind.SLEEP)
    assert len(stories) == 1
    steps = [(step.t_s, step.kind) for step in stories[0].steps]
    assert [kind for _, kind in steps] == [AlertKind.MICROSLEEP, AlertKind.SLEEP] * 4
    assert [t_s for t_s, _ in steps[1::2]] == pytest.approx(
        [23.0, 35.0, 47.0, 59.0], abs=0.35 + 2.0 / hz
    )


def test_closed_eyes_across_a_hole_are_credited_nothing() -> None:
    def script(t: float, now: Now) -> None:
        now.shut = 20.0 <= t < 20.6 or 25.0 <= t < 25.5

    seen = [o for o in natural(script, 40.0, 30.0) if not 20.5 <= o.t_s < 25.1]
    assert not watch(seen, neutral=AHEAD).of(*ASLEEP)


@pytest.mark.parametrize("sight", [False, True])
@pytest.mark.parametrize("hz", RATES)
@pytest.mark.parametrize("speed", [8.0, 13.0, 20.0])
def test_a_head_that_goes_down_before_the_lids_looks_at_something(
    speed: float, hz: float, sight: bool
) -> None:
    """After a yawn with the head back: down by 28° with open eyes, a long blink on the way, and
    then eyes that are out of view, the head down and turned for three seconds."""
    down_s = 28.0 / speed

    def script(t: float, now: Now) -> None:
        s = t - SHUT_AT
        low = ramp(s, 0.0, down_s) * (1.0 - ramp(s, down_s + 3.0, 0.5))
        now.pitch, now.yaw, now.roll = -28.0 * low, -8.0 * low, 18.0 * low
        now.shut = 0.75 * down_s <= s < 0.75 * down_s + 0.5
        now.eyes_seen = not 0.75 * down_s + 0.5 <= s < down_s + 3.0

    record = watch(natural(script, 40.0, hz, sight=sight), neutral=AHEAD)
    assert not record.of(*ASLEEP), [e.reason for e in record.episodes]


@pytest.mark.parametrize("hz", RATES)
def test_a_sleeper_whose_head_had_gone_down_before_is_told_when_that_is_seen(hz: float) -> None:
    """The same with lids that are seen shut for a microsleep's time: hidden eyes then stay shut."""

    def script(t: float, now: Now) -> None:
        s = t - SHUT_AT
        now.pitch = -30.0 * ramp(s, -1.0, 2.5)
        now.shut = 0.0 <= s < 8.0
        now.eyes_seen = not 1.6 <= s < 8.0

    record = watch(natural(script, 40.0, hz), neutral=AHEAD)
    for kind, after_s in KINDS:
        told = record.told(kind)
        assert told == pytest.approx((SHUT_AT + after_s,), abs=0.35 + 2.0 / hz), kind
