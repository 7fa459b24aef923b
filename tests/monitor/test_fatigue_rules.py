"""The fatigue rules one by one: what each finds, when, and what it leaves alone."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from situations import situations

from edge_pose.config.fatigue import PerclosConfig
from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.rules.closures import Closures
from edge_pose.monitor.rules.droop import Droop
from edge_pose.monitor.rules.drowsiness import Drowsiness
from edge_pose.monitor.rules.nods import Nods
from edge_pose.monitor.rules.perclos import Perclos
from edge_pose.monitor.rules.yawns import Yawns
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.values import AlertKind, AlertLevel

CONFIG = MonitorConfig()
RATES = pytest.mark.parametrize("hz", [5, 10, 20, 30])
Curve = Callable[[float], float]


def curve(*points: tuple[float, float]) -> Curve:
    """A line through (t_s, value) points."""
    times, values = zip(*points, strict=True)
    return lambda t: float(np.interp(t, times, values))


def samples(
    seconds: float, hz: float, *, keep: Callable[[int], bool] = lambda _: True, **fields: Any
) -> Iterator[Sample]:
    """A drive whose fields are constants or curves; pitch goes for both absolute and relative."""
    last = -1.0 / hz
    for i in range(round(seconds * hz)):
        if not keep(i):
            continue
        t = i / hz
        now = {name: field(t) if callable(field) else field for name, field in fields.items()}
        pitch = now.pop("pitch", 0.0)
        yield Sample(
            t_s=t,
            dt_s=t - last,
            interval_s=1.0 / hz,
            face=True,
            yaw_deg=now.pop("yaw", 0.0),
            pitch_deg=pitch,
            roll_deg=now.pop("roll", 0.0),
            off_yaw_deg=0.0,
            off_pitch_deg=pitch,
            **now,
        )
        last = t


def findings(rule: Any, drive: Iterator[Sample]) -> list[tuple[float, Finding]]:
    """(time, finding) wherever the rule finds something."""
    found = ((now.sample.t_s, rule.update(now)) for now in situations(drive))
    return [(t, finding) for t, finding in found if finding is not None]


def first_of(kind: AlertKind, found: list[tuple[float, Finding]]) -> float:
    return next(t for t, finding in found if finding.kind is kind)


def eyes_closed_between(start: float, end: float) -> Curve:
    return lambda t: 0.05 if start <= t < end else 1.0


class TestClosures:
    @RATES
    def test_one_closure_grows_from_microsleep_to_unresponsive(self, hz: float) -> None:
        drive = samples(20, hz, eyes=eyes_closed_between(10.0, 18.0))
        found = findings(Closures(CONFIG), drive)
        times = [
            first_of(kind, found)
            for kind in (AlertKind.MICROSLEEP, AlertKind.SLEEP, AlertKind.UNRESPONSIVE)
        ]
        assert times == pytest.approx([11.0, 13.0, 16.0], abs=1.0 / hz + 0.1)
        assert {finding.t_start_s for _, finding in found} == {10.0}

    @RATES
    def test_blinks_and_slow_blinks_are_silent(self, hz: float) -> None:
        blinking = samples(60, hz, eyes=lambda t: 0.1 if t % 3.0 < 0.8 else 1.0)
        assert not findings(Closures(CONFIG), blinking)

    def test_a_short_gap_in_the_measurement_does_not_hide_sleep(self) -> None:
        def eyes(t: float) -> float | None:
            return None if 11.0 <= t < 11.3 else eyes_closed_between(10.0, 15.0)(t)

        found = findings(Closures(CONFIG), samples(20, 20, eyes=eyes))
        assert first_of(AlertKind.SLEEP, found) == pytest.approx(13.0, abs=0.1)

    def test_eyes_that_cannot_be_seen_are_not_closed(self) -> None:
        def eyes(t: float) -> float | None:
            return 0.05 if 10.0 <= t < 10.6 else None

        assert not findings(Closures(CONFIG), samples(20, 20, eyes=eyes))

    @RATES
    def test_lids_that_fall_with_the_head_turning_down_are_a_glance(self, hz: float) -> None:
        down = curve((0, 0), (10.0, 0), (10.3, -20), (11.6, -20), (11.9, 0))
        closures = Closures(CONFIG)
        drive = samples(15, hz, eyes=eyes_closed_between(10.1, 11.8), pitch=down)
        assert not findings(closures, drive)

    def test_a_head_that_sags_after_the_eyes_closed_is_still_sleep(self) -> None:
        sag = curve((0, 0), (11.5, 0), (13.5, -25), (20, -25))
        drive = samples(20, 20, eyes=eyes_closed_between(10.0, 20.0), pitch=sag)
        found = findings(Closures(CONFIG), drive)
        assert first_of(AlertKind.SLEEP, found) == pytest.approx(13.0, abs=0.1)

    def test_one_misread_frame_does_not_wake_the_sleeper(self) -> None:
        def eyes(t: float) -> float:
            return 0.9 if abs(t - 12.0) < 0.01 else eyes_closed_between(10.0, 15.0)(t)

        found = findings(Closures(CONFIG), samples(20, 20, eyes=eyes))
        assert first_of(AlertKind.SLEEP, found) == pytest.approx(13.0, abs=0.1)


class TestPerclos:
    def share(self, hz: float, seconds: float, eyes: Any) -> float | None:
        perclos = Perclos(PerclosConfig())
        value = None
        for sample in samples(seconds, hz, eyes=eyes):
            closed = None if sample.eyes is None else sample.eyes <= 0.2
            value = perclos.update(sample.t_s, sample.dt_s, closed)
        return value

    @RATES
    def test_it_is_the_share_of_the_last_minute(self, hz: float) -> None:
        # Closed for 0.6 s of every 3 s.
        share = self.share(hz, 120, lambda t: 0.1 if t % 3.0 < 0.6 - 1e-9 else 1.0)
        assert share == pytest.approx(0.2, abs=0.035)

    def test_blinks_do_not_count(self) -> None:
        assert self.share(20, 120, lambda t: 0.1 if t % 3.0 < 0.19 else 1.0) == 0.0

    def test_unmeasured_eyes_count_neither_way(self) -> None:
        def eyes(t: float) -> float | None:
            return None if t % 2.0 < 1.0 else (0.1 if t % 4.0 < 2.0 else 1.0)

        assert self.share(20, 120, eyes) == pytest.approx(0.5, abs=0.02)

    def test_too_little_measured_is_not_measured(self) -> None:
        assert self.share(20, 29, 0.1) is None
        assert self.share(20, 200, None) is None

    def test_old_closures_are_forgotten(self) -> None:
        assert self.share(20, 130, lambda t: 0.1 if t < 60 else 1.0) == 0.0


class TestNods:
    NOD = staticmethod(curve((0, 0), (10.0, 0), (11.5, -25), (12.0, 0), (20, 0)))

    @pytest.mark.parametrize("hz", [15, 20, 30])
    def test_a_slow_nod_counts_once_when_the_head_is_back(self, hz: float) -> None:
        found = findings(Nods(CONFIG), samples(20, hz, pitch=self.NOD))
        assert len(found) == 1
        assert found[0][0] == pytest.approx(11.8, abs=1.0 / hz + 0.15)
        assert found[0][1].level is AlertLevel.ADVISORY
        assert found[0][1].t_start_s == pytest.approx(10.3, abs=1.0 / hz + 0.15)

    @RATES
    @pytest.mark.parametrize("amplitude", [2.0, 4.0, 5.5])
    def test_road_vibration_is_no_nod(self, hz: float, amplitude: float) -> None:
        def shake(t: float) -> float:
            return amplitude * float(np.sin(2 * np.pi * (2.0 + (t % 8.0)) * t))

        assert not findings(Nods(CONFIG), samples(60, hz, pitch=shake))

    @pytest.mark.parametrize("seed", range(5))
    def test_noise_is_no_nod_and_hides_none(self, seed: int) -> None:
        chance = random.Random(seed)
        calm = samples(60, 20, pitch=lambda _: chance.gauss(0, 2.0))
        assert not findings(Nods(CONFIG), calm)
        nod = samples(20, 20, pitch=lambda t: self.NOD(t) + chance.gauss(0, 2.0))
        assert len(findings(Nods(CONFIG), nod)) == 1

    @RATES
    def test_open_eyes_make_it_a_glance_down(self, hz: float) -> None:
        assert not findings(Nods(CONFIG), samples(20, hz, pitch=self.NOD, eyes=0.9))

    @pytest.mark.parametrize("hz", [5, 10])
    def test_too_slow_to_tell_a_nod_from_a_yes(self, hz: float) -> None:
        assert not findings(Nods(CONFIG), samples(20, hz, pitch=self.NOD))

    @RATES
    def test_falling_lids_make_it_a_nod(self, hz: float) -> None:
        lids = curve((0, 1), (10, 1), (10.8, 0.1), (11.4, 0.1), (12.2, 1), (20, 1))
        assert len(findings(Nods(CONFIG), samples(20, hz, pitch=self.NOD, eyes=lids))) == 1

    @RATES
    def test_lids_that_were_falling_when_the_low_head_hid_them_count(self, hz: float) -> None:
        def lids(t: float) -> float | None:
            return None if self.NOD(t) < -15.0 else 0.3 if 10.2 < t < 11.9 else 1.0

        assert len(findings(Nods(CONFIG), samples(20, hz, pitch=self.NOD, eyes=lids))) == 1

    @pytest.mark.parametrize("hz", [10.0, 20.0, 30.0])
    def test_lids_that_fall_well_before_the_head_are_still_seen_to_fall(self, hz: float) -> None:
        lids = lambda t: 0.28 if 9.5 < t < 12.0 else 0.85  # noqa: E731
        assert len(findings(Nods(CONFIG), samples(20, hz, pitch=self.NOD, eyes=lids))) == 1

    def test_a_long_look_down_leaves_no_noise_behind(self) -> None:
        look = curve((0, 0), (10, 0), (10.3, -30), (18, -30), (18.3, 0), (20, 0))
        nod = lambda t: look(t) if t < 20 else self.NOD(t - 10.0)  # noqa: E731
        assert len(findings(Nods(CONFIG), samples(30, 20, pitch=nod))) == 1

    def test_a_head_that_stays_down_is_none(self) -> None:
        stays = curve((0, 0), (10, 0), (11, -25), (15, -25), (16, 0), (20, 0))
        assert not findings(Nods(CONFIG), samples(20, 20, pitch=stays))

    def test_a_head_that_turns_aside_is_none(self) -> None:
        aside = curve((0, 0), (10.5, 0), (11, 35), (12, 0), (20, 0))
        assert not findings(Nods(CONFIG), samples(20, 20, pitch=self.NOD, yaw=aside))


class TestDroop:
    SAG = staticmethod(curve((0, 0), (10, 0), (12, -30), (30, -30)))
    LOOK = staticmethod(curve((0, 0), (10, 0), (10.3, -30), (30, -30)))

    @RATES
    def test_a_slow_sag_held_is_a_droop(self, hz: float) -> None:
        found = findings(Droop(CONFIG), samples(20, hz, pitch=self.SAG))
        assert found[0][0] == pytest.approx(13.0, abs=1.0 / hz + 0.1)
        assert found[0][1].t_start_s == pytest.approx(10.3, abs=1.0 / hz + 0.1)

    @RATES
    def test_a_quick_look_down_is_none(self, hz: float) -> None:
        assert not findings(Droop(CONFIG), samples(20, hz, pitch=self.LOOK))

    @RATES
    def test_open_eyes_are_a_look_down_however_slow(self, hz: float) -> None:
        assert not findings(Droop(CONFIG), samples(20, hz, pitch=self.SAG, eyes=0.9))

    @RATES
    def test_a_blink_while_looking_down_is_no_droop(self, hz: float) -> None:
        drive = samples(20, hz, pitch=self.SAG, eyes=lambda t: 0.05 if t % 3.0 < 0.25 else 0.6)
        assert not findings(Droop(CONFIG), drive)

    @RATES
    @pytest.mark.parametrize("rest", [0.0, -3.0])
    @pytest.mark.parametrize(("sinking", "asleep"), [(True, True), (False, False)])
    def test_eyes_that_a_sunk_head_hides_are_judged_by_what_they_did_on_the_way(
        self, sinking: bool, asleep: bool, rest: float, hz: float
    ) -> None:
        """Also where the known zero lies above the head's rest: there the lids are still up."""
        pitch = curve((0, rest), (10, rest), (12, rest - 30), (30, rest - 30))

        def eyes(t: float) -> float | None:
            depth = rest - pitch(t)
            if depth > 20.0:
                return None
            return 1.0 - depth / 30.0 if sinking else 1.0

        assert bool(findings(Droop(CONFIG), samples(20, hz, pitch=pitch, eyes=eyes))) is asleep

    @RATES
    def test_closed_eyes_are_a_droop_however_quick(self, hz: float) -> None:
        drive = samples(20, hz, pitch=self.LOOK, eyes=eyes_closed_between(10.0, 20.0))
        assert findings(Droop(CONFIG), drive)

    @RATES
    def test_a_slump_to_the_side_counts_too(self, hz: float) -> None:
        slump = curve((0, 3), (10, 3), (12, 40), (20, 40))
        found = findings(Droop(CONFIG), samples(20, hz, roll=slump))
        assert "to a side" in found[0][1].reason

    def test_it_ends_when_the_head_comes_up(self) -> None:
        back = curve((0, 0), (10, 0), (12, -30), (16, -30), (16.5, 0), (20, 0))
        found = findings(Droop(CONFIG), samples(20, 20, pitch=back))
        assert found[-1][0] < 16.6


class TestYawns:
    @RATES
    def test_a_wide_mouth_held_is_a_yawn(self, hz: float) -> None:
        mouth = curve((0, 0), (10, 0), (11, 0.9), (14, 0.9), (14.5, 0), (20, 0))
        found = findings(Yawns(CONFIG), samples(20, hz, mouth=mouth))
        assert found[0][0] == pytest.approx(12.05, abs=1.0 / hz + 0.1)

    def test_talking_and_laughing_are_silent(self) -> None:
        # Four syllables a second, each opening the mouth by chance, with a consonant between.
        chance = random.Random(3)
        vowels = [chance.uniform(0.2, 0.9) for _ in range(240)]
        drive = samples(60, 20, mouth=lambda t: vowels[int(t / 0.25)] if t % 0.25 < 0.13 else 0.1)
        assert not findings(Yawns(CONFIG), drive)

    @RATES
    def test_a_sung_vowel_is_none(self, hz: float) -> None:
        song = lambda t: 0.85 if t % 4.0 < 2.5 else 0.1  # noqa: E731
        assert not findings(Yawns(CONFIG), samples(60, hz, mouth=song))

    @RATES
    def test_without_a_yawns_shape_it_takes_three_seconds(self, hz: float) -> None:
        mouth = lambda t: 0.9 if 10.0 <= t < 15.0 else 0.0  # noqa: E731
        found = findings(Yawns(CONFIG), samples(20, hz, mouth=mouth))
        assert found[0][0] == pytest.approx(13.0, abs=1.0 / hz + 0.1)

    def test_an_unmeasured_mouth_does_not_yawn(self) -> None:
        assert not findings(Yawns(CONFIG), samples(20, 20, mouth=None))


class TestDrowsiness:
    def levels(self, perclos: float | None, begun: dict[float, AlertKind]) -> list[AlertLevel]:
        rule = Drowsiness(CONFIG)
        seen: list[AlertLevel] = []
        for sample in samples(100, 1):
            kinds = [begun[sample.t_s]] if sample.t_s in begun else []
            finding = rule.judge(sample.t_s, perclos, kinds)
            if finding and (not seen or seen[-1] is not finding.level):
                seen.append(finding.level)
        return seen

    @pytest.mark.parametrize(
        ("perclos", "expected"),
        [
            (None, []),
            (0.05, []),
            (0.12, []),
            (0.145, [AlertLevel.ADVISORY]),
            (0.16, [AlertLevel.WARNING]),
            (0.30, [AlertLevel.CRITICAL]),
        ],
    )
    def test_perclos_alone_reaches_the_published_levels(
        self, perclos: float | None, expected: list[AlertLevel]
    ) -> None:
        assert self.levels(perclos, {}) == expected

    def test_the_reason_counts_in_words(self) -> None:
        rule = Drowsiness(CONFIG)
        begun = [AlertKind.MICROSLEEP, AlertKind.NOD, AlertKind.YAWN, AlertKind.YAWN]
        finding = rule.judge(0.0, 0.16, begun)
        assert finding is not None
        assert "1 closure, 1 nod, 2 yawns (within" in finding.reason

    def test_one_microsleep_is_told_by_itself_two_make_a_warning(self) -> None:
        assert self.levels(0.0, {10.0: AlertKind.MICROSLEEP}) == []
        two = {10.0: AlertKind.MICROSLEEP, 60.0: AlertKind.SLEEP}
        assert self.levels(0.0, two) == [AlertLevel.WARNING]

    def test_nods_are_weak_four_make_an_advisory(self) -> None:
        nods = dict.fromkeys((10.0, 30.0, 50.0, 60.0), AlertKind.NOD)
        assert self.levels(None, nods) == [AlertLevel.ADVISORY]
        del nods[50.0]
        assert self.levels(None, nods) == []

    def test_cues_are_forgotten_after_five_minutes(self) -> None:
        rule = Drowsiness(CONFIG)
        for t in (0.0, 1.0):
            rule.judge(t, None, [AlertKind.SLEEP])
        assert rule.judge(400.0, None) is None
        assert rule.score == 0.0
