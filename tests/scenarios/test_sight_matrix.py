"""Where the driver looks, how the look is made, how long: Euro NCAP's cells, each a drive."""

from __future__ import annotations

import pytest
from natural import RATES, Now, Script, during, follow, natural

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.agreement import agreement
from edge_pose.testing.drive import AHEAD, Record, watch
from edge_pose.values import AlertKind, AlertLevel

LOCATIONS = {
    "driver's window": (-66.0, -3.0),
    "passenger's window": (72.0, 0.0),
    "infotainment": (30.0, -22.0),
    "inner mirror": (37.0, 10.0),
    "passenger's face": (60.0, 2.0),
    "passenger's footwell": (58.0, -30.0),
    "knee or lap": (6.0, -38.0),
    "instrument cluster": (0.0, -20.0),
    "off road, forward to the side": (25.0, 0.0),
    "phone in the lap": (-8.0, -42.0),
    "phone at the wheel": (4.0, -26.0),
    "phone on the dash": (26.0, -12.0),
}
MOVES = ("owl", "lizard", "lean")
DISTRACTION = (AlertKind.GLANCE, AlertKind.REPEATED, AlertKind.DOWN)
CELLS = [(place, move) for place in LOCATIONS for move in MOVES]
START = 40.0


def look(now: Now, place: tuple[float, float], move: str, turned: float) -> None:
    """The eyes go there; the head goes along, stays, or leans."""
    yaw, pitch = place
    now.gaze_yaw, now.gaze_pitch = turned * yaw, turned * pitch
    if move == "owl":
        now.yaw, now.pitch = 0.75 * turned * yaw, 0.6 * turned * pitch
    elif move == "lizard":
        now.yaw, now.pitch = 0.08 * turned * yaw, 0.08 * turned * pitch
    else:
        now.aside, now.roll = 0.5 * turned, 14.0 * turned
        now.yaw, now.pitch = 0.15 * turned * yaw, 0.1 * turned * pitch
    follow(now)


def long_look(place: tuple[float, float], move: str, seconds: float = 4.3) -> Script:
    def script(t: float, now: Now) -> None:
        turned = during(t, START, START + seconds)
        if turned:
            look(now, place, move, turned)

    return script


def sharing(place: tuple[float, float], move: str) -> Script:
    """2.5 s away, 1 s on the road, again and again: 10 s are used up within the fifth look."""

    def script(t: float, now: Now) -> None:
        s = t - START
        if 0.0 <= s < 6 * 3.5:
            look(now, place, move, during(s % 3.5, 0.0, 2.5))

    return script


def seen(script: Script, hz: float, seconds: float = 75.0, **how: float) -> Record:
    return watch(natural(script, seconds, hz, sight=True, **how), neutral=AHEAD)  # type: ignore[arg-type]


def words(record: Record) -> list[str]:
    return [f"{e.t_alert_s:.1f} {e.kind} {int(e.level)} {e.reason}" for e in record.episodes]


@pytest.mark.parametrize("hz", RATES)
@pytest.mark.parametrize(("place", "move"), CELLS)
def test_one_long_look(place: str, move: str, hz: float) -> None:
    record = seen(long_look(LOCATIONS[place], move), hz)
    told = [e for e in record.of(*DISTRACTION) if e.level >= AlertLevel.WARNING]
    assert len(told) == 1, words(record)
    limit = 3.5 if told[0].kind is AlertKind.DOWN else 3.0
    assert told[0].t_alert_s == pytest.approx(START + limit, abs=0.5 + 1.0 / hz), words(record)
    assert len(record.episodes) == 1, words(record)


@pytest.mark.parametrize("hz", RATES)
@pytest.mark.parametrize(("place", "move"), CELLS)
def test_many_looks(place: str, move: str, hz: float) -> None:
    record = seen(sharing(LOCATIONS[place], move), hz)
    told = [e for e in record.of(AlertKind.REPEATED) if e.level >= AlertLevel.WARNING]
    assert len(told) == 1, words(record)
    # The head or the eyes are off the road for 2.2–2.4 s of each look; one into a mirror counts
    # only after 1.85 s.
    assert told[0].t_alert_s == pytest.approx(START + 15.2, abs=1.0 + 1.0 / hz), words(record)
    assert len(record.episodes) == 1, words(record)


@pytest.mark.parametrize("hz", RATES)
@pytest.mark.parametrize("move", MOVES)
def test_mirrors_and_instruments_are_driving(move: str, hz: float) -> None:
    """Short looks all the time, a third of it: none counts."""
    places = [(37.0, 10.0), (-39.0, -12.0), (0.0, -19.0), (60.0, -10.0)]

    def script(t: float, now: Now) -> None:
        place = places[int(t / 3.2) % 4]
        turned = during(t % 3.2, 0.0, 1.2, 0.2)
        if t > 20.0 and turned:
            look(now, place, move, turned)

    record = seen(script, hz, seconds=120.0)
    assert not record.of(*DISTRACTION), words(record)


@pytest.mark.parametrize("hz", RATES)
def test_the_reason_says_where_and_by_what(hz: float) -> None:
    for move, said in (("owl", "head turned"), ("lizard", "head straight"), ("lean", "leaning")):
        record = seen(long_look(LOCATIONS["infotainment"], move), hz)
        (glance,) = record.of(AlertKind.GLANCE)
        assert said in glance.reason
        assert "centre console" in glance.reason


@pytest.mark.parametrize("hz", RATES)
def test_looks_that_come_again_to_one_low_place_are_as_at_a_phone(hz: float) -> None:
    def script(t: float, now: Now) -> None:
        lengths = ((40.0, 2.0), (45.0, 2.0), (50.0, 4.6))
        turned = sum(during(t, start, start + length) for start, length in lengths)
        if turned:
            look(now, (-6.0, -40.0), "lizard", turned)

    record = seen(script, hz)
    (down,) = record.of(AlertKind.DOWN)
    assert "as at a phone" in down.reason


@pytest.mark.parametrize("hz", RATES)
def test_right_hand_drive_is_the_mirror_image(hz: float) -> None:
    right = MonitorConfig.model_validate({"sight": {"drive_side": "right"}})
    for place in ("infotainment", "inner mirror", "driver's window"):
        plain = seen(long_look(LOCATIONS[place], "lizard"), hz)
        mirrored = watch(
            natural(long_look(LOCATIONS[place], "lizard"), 75.0, hz, sight=True, mirror=True),
            neutral=AHEAD,
            config=right,
        )
        assert [(e.kind, e.reason.split(":")[-1]) for e in plain.episodes] == [
            (e.kind, e.reason.split(":")[-1]) for e in mirrored.episodes
        ]


@pytest.mark.parametrize("hz", RATES)
def test_a_cold_start_with_an_own_line_of_sight(hz: float) -> None:
    """A camera aside, and eyes that read 8° beside the head's zero: learned, and then judged."""
    from dataclasses import replace

    def script(t: float, now: Now) -> None:
        turned = during(t, 100.0, 104.3)
        if turned:
            look(now, LOCATIONS["infotainment"], "lizard", turned)

    drive = (
        o if o.gaze is None else replace(o, gaze=replace(o.gaze, yaw_deg=o.gaze.yaw_deg - 8.0))
        for o in natural(script, 115.0, hz, sight=True, camera=(-18.0, 4.0))
    )
    record = watch(drive, neutral=None)
    (glance,) = record.of(*DISTRACTION)
    assert glance.level is AlertLevel.WARNING
    assert glance.t_alert_s == pytest.approx(103.0, abs=0.5 + 1.0 / hz)


def test_statistics_of_sight() -> None:
    def script(t: float, now: Now) -> None:
        if t > 20.0 and t % 5.0 < 1.0:
            look(now, (37.0, 10.0), "lizard", 1.0)

    monitor = seen(script, 15.0, seconds=120.0).monitor
    told = monitor.sight_statistics
    assert sum(told.shares.values()) == pytest.approx(1.0)
    assert told.shares["inner mirror"] == pytest.approx(0.17, abs=0.05)
    # Bouts of noise at the road's edge make a few short looks more.
    assert 20 <= told.glances <= 24
    assert told.mean_glance_s == pytest.approx(1.0, abs=0.25)
    assert told.dispersion_deg is not None
    assert 5.0 < told.dispersion_deg < 20.0
    assert sum(map(sum, told.heat)) == pytest.approx(told.seconds)


def test_a_rule_on_trial_reaches_no_lamp() -> None:
    config = MonitorConfig.model_validate({"shadow": ["distraction.eyes", "fatigue.yawn"]})

    def script(t: float, now: Now) -> None:
        turned = during(t, START, START + 4.3)
        if turned:
            look(now, LOCATIONS["infotainment"], "lizard", turned)
        if 60.0 <= t < 65.0:
            now.mouth = 0.9

    record = watch(natural(script, 75.0, 15.0, sight=True), neutral=AHEAD, config=config)
    assert {e.kind for e in record.episodes if e.shadow} == {AlertKind.GLANCE, AlertKind.YAWN}
    assert not [e for e in record.episodes if not e.shadow]
    assert not any(state.episodes for state in record.states)
    assert len({e.id for e in record.episodes}) == 2
    compared = agreement(record.episodes)
    assert (compared["distraction.glance"].both, compared["distraction.glance"].alone) == (0, 1)
