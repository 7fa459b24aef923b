"""Attacks on who watches the driver: words of the car that contradict each other, a button that is
stuck, a camera that starves, time that passes without a picture."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import pytest

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor import Monitor
from edge_pose.testing.drive import (
    Look,
    asleep,
    attentive,
    distracted,
    drive,
    hidden,
    looking,
    watch,
)
from edge_pose.values import (
    AlertKind,
    AlertLevel,
    Box,
    Command,
    EyeState,
    HeadPose,
    ImageQuality,
    Observation,
)

CONTRADICTIONS = {
    "gear P at 80 km/h": {"gear": "P", "speed_kmh": 80.0},
    "gear R at 80 km/h": {"gear": "R", "speed_kmh": 80.0},
    "gear P, and the line says moving": {"gear": "P", "standstill": False},
    "standing at 80 km/h": {"standstill": True, "speed_kmh": 80.0},
    "standing in gear P at 30 km/h": {"standstill": True, "gear": "P", "speed_kmh": 30.0},
}


@pytest.mark.parametrize("words", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_car_that_contradicts_itself_excuses_nothing(words: dict[str, object]) -> None:
    record = watch(drive([(10, attentive().but(**words)), (4, distracted().but(**words))]))
    assert record.told(AlertKind.GLANCE) == pytest.approx((13.0,), abs=0.1)


@pytest.mark.parametrize(
    "words",
    [
        {"gear": "P"},
        {"gear": "P", "speed_kmh": 1.5},
        {"gear": "R", "speed_kmh": 12.0},
        {"gear": "R"},
    ],
)
def test_parking_and_reversing_are_excused_as_ever(words: dict[str, object]) -> None:
    assert not watch(drive([(10, attentive()), (8, distracted().but(**words))])).of(
        AlertKind.GLANCE
    )


@pytest.mark.parametrize("away", [hidden(), looking(pitch_deg=-40.0, eyes=None).but(std_deg=20.0)])
def test_a_stuck_button_keeps_no_missing_driver_from_being_told(away: Look) -> None:
    story = [(10.0, attentive()), (45.0, away)]
    free = watch(drive(story))
    stuck = watch(drive([(seconds, look.but(acknowledge=True)) for seconds, look in story]))
    assert stuck.worst == free.worst == AlertLevel.CRITICAL
    assert stuck.level(45.0) == free.level(45.0)
    (limited,) = [a for a in stuck.alerts if "button" in a.reason]
    assert limited.t_alert_s <= 11.0
    assert not [a for a in free.alerts if "button" in a.reason]


def test_a_button_pressed_again_and_again_by_a_program_is_no_acknowledgement() -> None:
    monitor = Monitor(MonitorConfig())
    worst = 0
    for observation in drive([(5, attentive()), (45, hidden())]):
        worst = max(worst, monitor.update(observation).state.level)
        monitor.command(Command.ACKNOWLEDGE, observation.t_s)
    assert worst == 3


def test_off_ends_though_hardly_a_picture_comes() -> None:
    """The rules' own clock leaves holes out: by it the monitor would stay off for ever."""
    monitor = Monitor(MonitorConfig())
    monitor.update(Observation(t_s=0.0, face=True))
    monitor.command(Command.DISABLE, 0.0)
    limit_s = MonitorConfig().presence.off_max_s
    enabled = {t: monitor.update(Observation(t_s=t, face=True)).state.enabled
               for t in (60.0 * n for n in range(1, int(limit_s / 60.0) + 3))}  # fmt: skip
    assert not enabled[60.0]
    assert not enabled[limit_s - 60.0]
    assert enabled[limit_s + 60.0]


def starving(hz: float, look: Look) -> Iterator[Observation]:
    """A good start, then too few pictures; the loop's own looks at nothing in between."""
    yield from list(drive([(5.0, attentive())], hz=20.0))[:-1]
    pictures = list(drive([(30.0, look)], hz=hz, start_s=5.0))
    for picture in pictures:
        yield picture
        blind = (picture.t_s + 1.2 + 0.2 * n for n in range(100))
        for t_s in blind:
            if t_s >= picture.t_s + 1.0 / hz - 1e-3:
                break
            yield Observation(t_s=t_s, face=False, camera_lost=True)


@pytest.mark.parametrize("look", [attentive(), asleep()])
@pytest.mark.parametrize("hz", [0.4, 0.5, 0.7, 0.8, 0.9, 1.0, 2.0, 3.0])
def test_a_camera_that_starves_is_told(hz: float, look: Look) -> None:
    """Between 0.4 and 0.9 pictures a second it is never silent for long enough to be lost."""
    record = watch(starving(hz, look))
    told = [a for a in record.of(AlertKind.LIMITED) if a.t_alert_s <= 5.0 + 15.0]
    assert told
    assert "images a second" in told[0].reason


@pytest.mark.parametrize(("degrees", "hz"), [(2.0, 0.05), (3.0, 0.2), (5.0, 0.5)])
def test_a_picture_that_the_car_shakes_is_no_living_driver(degrees: float, hz: float) -> None:
    def shaken(observation: Observation) -> Observation:
        swing = degrees * math.sin(math.tau * hz * observation.t_s)
        pose = HeadPose(yaw_deg=swing, pitch_deg=swing / 2, roll_deg=0.0, std_deg=3.0)
        return replace(observation, pose=pose)

    record = watch(shaken(o) for o in drive([(200, attentive())], hz=10.0))
    (limited,) = record.of(AlertKind.LIMITED)
    assert "living driver" in limited.reason
    assert limited.t_alert_s <= 181.0
    blinking = watch(shaken(o) for o in drive([(400, attentive())], hz=10.0, blinks_s=25.0))
    assert not blinking.of(AlertKind.LIMITED)


def test_a_picture_that_is_lost_for_a_moment_now_and_then_comes_alive_by_that_no_more() -> None:
    story = [(7.0, looking(yaw_deg=2.0)), (0.5, hidden()), (7.0, looking(yaw_deg=-2.0))]
    record = watch(drive(story * 20, hz=10.0))
    assert any("living driver" in a.reason for a in record.of(AlertKind.LIMITED))


@pytest.mark.parametrize("look", [attentive(), asleep()])
@pytest.mark.parametrize(("lost_s", "period_s"), [(0.7, 1.0), (1.0, 2.0), (1.5, 2.5)])
def test_a_face_that_comes_and_goes_is_told(lost_s: float, period_s: float, look: Look) -> None:
    """No closure grows in so short a time, and nobody is away for long enough to be absent."""
    story = [(10.0, attentive()), *[(period_s - lost_s, look), (lost_s, hidden())] * 16]
    for hz in (5.0, 15.0):
        record = watch(drive(story, hz=hz))
        told = [a for a in record.alerts if a.kind is AlertKind.LIMITED and "face" in a.reason]
        slept = record.told(AlertKind.SLEEP)
        assert min([a.t_s for a in told] + list(slept)) <= 10.0 + 10.5
    once = watch(drive([(10.0, attentive()), (2.5, hidden()), (20.0, attentive())], hz=15.0))
    assert not once.alerts


GLIMPSES = [(3.5, 3.8), (3.9, 4.0), (6.0, 6.5), (8.5, 8.8)]


@pytest.mark.parametrize(("lost_s", "period_s"), GLIMPSES)
def test_a_face_that_is_glimpsed_before_anybody_is_absent_is_told(
    lost_s: float, period_s: float
) -> None:
    """Gone for less than nine seconds each time: nobody was absent, and nobody was judged."""
    story = [(10.0, attentive()), *[(lost_s, hidden()), (period_s - lost_s, asleep())] * 12]
    for hz in (5.0, 15.0):
        record = watch(drive(story, hz=hz))
        told = record.of(AlertKind.LIMITED, AlertKind.ABSENT)  # 0.1 s may fall between two images
        assert min(alert.t_alert_s for alert in told) <= 10.0 + 18.0
    left = watch(drive([(10.0, attentive()), (60.0, hidden()), (20.0, attentive())], hz=15.0))
    assert not left.of(AlertKind.LIMITED)


@pytest.mark.parametrize(("lost_s", "period_s"), [*GLIMPSES, (2.0, 3.0)])
def test_a_picture_that_is_dark_but_for_moments_is_told(lost_s: float, period_s: float) -> None:
    """As of an exposure that hunts, or a lamp with a loose contact."""
    record = watch(dark_at_times(lost_s, period_s))
    told = record.of(AlertKind.BLOCKED, AlertKind.LIMITED)
    assert min(alert.t_alert_s for alert in told) <= 10.0 + 10.5


def dark_at_times(lost_s: float, period_s: float) -> Iterator[Observation]:
    light = ImageQuality(brightness=110.0, contrast=45.0, change=2.0)
    dark = replace(light, brightness=3.0, contrast=1.0)
    for seen in drive([(10.0, attentive()), (50.0, asleep())], hz=15.0):
        if seen.t_s >= 10.0 and (seen.t_s - 10.0) % period_s < lost_s:
            yield replace(seen, image=dark, face=False, pose=None, eyes=None)
        else:
            yield replace(seen, image=light)


@pytest.mark.parametrize(("repeats", "told"), [(2, False), (10, True), (30, True), (60, True)])
def test_a_camera_that_repeats_its_pictures_gives_fewer_than_it_sends(
    repeats: int, told: bool
) -> None:
    """Thirty a second, and each of them ten times: three."""
    changed = ImageQuality(brightness=110.0, contrast=45.0, change=2.0)
    repeated = replace(changed, change=0.0)
    seen = list(drive([(40.0, attentive())], hz=30.0, blinks_s=3.1))
    shown = (
        replace(
            seen[index - index % repeats],
            t_s=one.t_s,
            image=repeated if index % repeats else changed,
        )
        for index, one in enumerate(seen)
    )
    limited = [a for a in watch(shown).of(AlertKind.LIMITED) if "images a second" in a.reason]
    assert bool(limited) == told
    assert all(alert.t_alert_s <= 15.0 for alert in limited)


def misread(left: float, right: float, lids_closed: float | None) -> Iterator[Observation]:
    """After twenty seconds each eye is read by itself, and the lids as a network has them."""
    for seen in drive([(60.0, attentive())], hz=15.0, blinks_s=4.0):
        if seen.t_s >= 20.0:
            eyes = EyeState(left=left, right=right, mouth=0.0)
            yield replace(seen, eyes=eyes, lids_closed=lids_closed)
        else:
            yield seen


@pytest.mark.parametrize("lids_closed", [None, 0.1])
@pytest.mark.parametrize("eyes", [(0.05, 0.9), (0.95, 0.0)])
def test_a_shut_eye_beside_one_that_glare_makes_open_is_no_driver_awake(
    eyes: tuple[float, float], lids_closed: float | None
) -> None:
    """Both lids move together: whoever sleeps has no open eye, and a mean of both is nobody's."""
    record = watch(misread(*eyes, lids_closed))
    (limited,) = record.of(AlertKind.LIMITED)
    assert "eyes not usable" in limited.reason
    assert 29.0 <= limited.t_alert_s <= 30.0


def test_two_eyes_that_differ_but_are_both_open_are_judged() -> None:
    assert not watch(misread(0.55, 1.0, None)).alerts
    assert watch(misread(0.05, 0.15, None)).told(AlertKind.SLEEP)


DRIVER = Box(x1=200.0, y1=150.0, x2=300.0, y2=270.0)
PASSENGER = Box(x1=450.0, y1=150.0, x2=540.0, y2=260.0)


@pytest.mark.parametrize("gap_s", [0.1, 1.0, 12.0])
def test_a_passenger_who_is_awake_ends_no_alarm_of_a_driver_who_is_not(gap_s: float) -> None:
    slept = [(20.0, attentive().but(box=DRIVER)), (4.0, asleep().but(box=DRIVER))]
    away = [(gap_s, hidden()), (90.0, attentive().but(box=PASSENGER))]
    record = watch(drive([*slept, *away], hz=15.0, blinks_s=4.0))
    (sleep,) = record.of(AlertKind.SLEEP)
    assert sleep.t_end_s is None
    assert not record.at(80.0).face
    stood = [(s, look.but(standstill=True)) for s, look in away]
    parked = watch(drive([*slept, *stood], hz=15.0, blinks_s=4.0))
    assert next(a.t_end_s for a in parked.of(AlertKind.SLEEP)) is not None


def test_a_driver_who_is_back_after_a_passenger_was_taken_for_one_is_judged_at_once() -> None:
    story = [
        (20.0, attentive().but(box=DRIVER)),
        (40.0, attentive().but(box=PASSENGER)),
        (2.0, attentive().but(box=DRIVER)),
        (6.0, asleep().but(box=DRIVER)),
    ]
    record = watch(drive(story, hz=15.0, blinks_s=4.0))
    assert record.told(AlertKind.SLEEP) == pytest.approx((65.0,), abs=0.2)


def test_a_sleeper_who_sank_far_down_and_sits_up_again_is_the_driver_at_once() -> None:
    def sinking(seen: Observation) -> Observation:
        sunk = min(1.0, max(0.0, (seen.t_s - 20.0) / 4.0)) if seen.t_s < 30.0 else 0.0
        low = replace(DRIVER, y1=150.0 + 160.0 * sunk, y2=270.0 + 160.0 * sunk)
        return replace(seen, box=low)

    story = [(20.0, attentive()), (10.0, asleep()), (20.0, attentive())]
    record = watch(sinking(seen) for seen in drive(story, hz=15.0, blinks_s=4.0))
    (sleep,) = record.of(AlertKind.SLEEP)
    assert sleep.t_end_s is not None
    assert 32.0 <= sleep.t_end_s <= 33.5
