"""Rules at their edges, where a moved threshold or a missing branch would pass elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from situations import situations

from edge_pose.config.fatigue import PerclosConfig
from edge_pose.config.monitor import EpisodeConfig, MonitorConfig
from edge_pose.config.root import Config
from edge_pose.monitor import Monitor
from edge_pose.monitor.episodes.book import Calm, Episodes
from edge_pose.monitor.rules.closures import Closures
from edge_pose.monitor.rules.droop import Droop
from edge_pose.monitor.rules.drowsiness import Drowsiness
from edge_pose.monitor.rules.nods import Nods
from edge_pose.monitor.rules.perclos import Perclos
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.rules.yawns import Yawns
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.testing.drive import (
    AHEAD,
    Look,
    Record,
    Story,
    asleep,
    attentive,
    distracted,
    drive,
    hidden,
    looking,
    moving,
    watch,
    yawning,
)
from edge_pose.values import AlertKind, AlertLevel, AlertPhase, NeutralPose

A, D, H = attentive(), distracted(), hidden()
HZ = 20.0
CONFIG = MonitorConfig()
LATE_S = 0.2


def seen(story: Story, hz: float = HZ) -> Record:
    return watch(drive(story, hz=hz))


def first_level(story: Story, level: int) -> float:
    return next(state.t_s for state in seen(story).states if state.level >= level)


def spans(*parts: tuple[float, Sample]) -> list[Sample]:
    """Samples at 20 a second, each part for so long."""
    step, t, made = 1.0 / HZ, 0.0, []
    for seconds, like in parts:
        for _ in range(round(seconds * HZ)):
            made.append(
                Sample(
                    t_s=t, dt_s=step, interval_s=step, face=True, yaw_deg=0.0,
                    pitch_deg=like.pitch_deg or 0.0,
                    roll_deg=like.roll_deg or 0.0, off_yaw_deg=0.0,
                    off_pitch_deg=like.pitch_deg or 0.0, eyes=like.eyes, mouth=like.mouth,
                )
            )  # fmt: skip
            t += step
    return made


def eyes(openness: float | None) -> Sample:
    return Sample(t_s=0.0, dt_s=0.0, face=True, eyes=openness)


def first(
    rule: Callable[[Situation], Finding | None], samples: list[Sample], kind: AlertKind
) -> float:
    """When the rule first finds this kind; −1 for never."""
    for now in situations(samples):
        finding = rule(now)
        if finding is not None and finding.kind is kind:
            return now.sample.t_s
    return -1.0


# --- gaze ---


@pytest.mark.parametrize(
    "look", [looking(yaw_deg=21), looking(pitch_deg=-14), looking(pitch_deg=26)]
)
def test_a_head_within_the_thresholds_is_on_the_road(look: Look) -> None:
    assert not seen([(10, A), (8, look), (3, A)]).episodes


def test_down_needs_more_while_the_neutral_pose_is_unconfirmed() -> None:
    guess = NeutralPose(yaw_deg=0.0, pitch_deg=0.0, confirmed=False)
    for pitch_deg, expected in ((-22.0, 0), (-30.0, 1)):
        story: Story = [(5, A), (5, looking(pitch_deg=pitch_deg)), (3, A)]
        record = watch(drive(story, hz=HZ), neutral=guess)
        assert len(record.of(AlertKind.DOWN)) == expected


def test_hysteresis_keeps_a_head_at_the_threshold_away() -> None:
    story: Story = [(10, A), *[(1.0, looking(yaw_deg=28)), (1.0, looking(yaw_deg=23))] * 3, (5, A)]
    assert seen(story).told(AlertKind.GLANCE)


def test_a_head_lost_while_on_its_way_out_is_projected_away() -> None:
    story: Story = [(10, A), (0.25, moving(A, looking(yaw_deg=23))), (5, H), (5, A)]
    assert seen(story).told(AlertKind.GLANCE)
    story = [(10, A), (0.25, moving(A, looking(pitch_deg=-16))), (5, H), (5, A)]
    assert seen(story).told(AlertKind.DOWN)


# --- the attention counter ---


@pytest.mark.parametrize(("look", "times"), [(D, (3.0, 5.0, 11.0)), (H, (15.0, 24.0, 30.0))])
def test_counter_reaches_each_level_on_time(look: Look, times: tuple[float, ...]) -> None:
    for level, due_s in enumerate(times, start=1):
        assert first_level([(due_s + 2.0, look)], level) == pytest.approx(due_s, abs=LATE_S)


def test_counter_falls_back_to_no_face_after_ten_uncertain_seconds() -> None:
    unsure = D.but(std_deg=20.0)
    assert first_level([(27, unsure)], 1) == pytest.approx(25.0, abs=LATE_S)


def test_counter_recovers_by_1_25_to_5_times_its_fall() -> None:
    """From 1 − 4/11 the pace is 1.25 + 3.75 · 4/11 = 2.61: one second gives back 0.24."""
    record = seen([(10, A), (4, D), (3, A)])
    low, later = record.at(14.0).attention, record.at(15.0).attention
    assert low == pytest.approx(1.0 - 4.0 / 11.0, abs=0.02)
    assert later - low == pytest.approx(0.21, abs=0.03)
    nearly = seen([(10, A), (1.5, D), (3, A)])
    gained = nearly.at(12.0).attention - nearly.at(11.5).attention
    assert gained == pytest.approx(0.5 * 1.7 / 11.0, abs=0.012)


def test_counter_is_lifted_soon_after_stopping() -> None:
    record = seen([(6, D), (5, D.but(standstill=True))])
    assert record.level(6.1) == 2
    assert record.level(6.6) == 0


def test_counter_believes_distraction_within_a_moment() -> None:
    """The low-pass hides a blink of 0.2 s, not a look of 0.7 s."""
    blinks = seen([(5, A), *[(0.2, asleep()), (0.6, A)] * 8])
    assert min(state.attention for state in blinks.states) > 0.99
    look = seen([(5, A), (0.7, D), (1, A)])
    assert any(state.distracted for state in look.states)


def test_a_press_holds_for_a_second() -> None:
    """Pressed 3 s before the driver looks up, level 3 stays."""
    from edge_pose.values import Command

    monitor, levels = Monitor(MonitorConfig(), neutral=AHEAD, acknowledgeable=True), {}
    for observation in drive([(16, D), (5, A)], hz=HZ):
        if observation.t_s == pytest.approx(13.0):
            monitor.command(Command.ACKNOWLEDGE, 13.0)
        levels[round(observation.t_s, 2)] = monitor.update(observation).state.level
    assert levels[20.0] == 3


def test_hiding_at_level_two_stops_the_counter_and_earns_no_slower_one() -> None:
    """Turned away and hidden it stands still; asleep and hidden the slow one waits for absence."""
    assert seen([(6, D), (8, H)]).level(13.9) == 2
    assert first_level([(6, asleep()), (42, H)], 3) == pytest.approx(6.0 + 9.0 + 30.0, abs=0.6)


def test_a_driver_about_to_stop_is_spared_level_three() -> None:
    record = seen([(10.9, D), (5, D.but(standstill=True))])
    assert max(state.level for state in record.states) == 2


def test_a_lost_head_is_held_for_nine_seconds() -> None:
    record = seen([(10, A), (1, D), (15, H)])
    assert record.at(18.0).distracted
    assert not record.at(22.0).distracted


# --- glances ---


def test_window_of_half_a_minute() -> None:
    """Ten seconds away in 26 are too much; in 34 they are not."""
    assert seen([(31, A), *[(2, D), (4, A)] * 7]).told(AlertKind.REPEATED) == pytest.approx(
        (31 + 26.0,), abs=0.3
    )
    assert not seen([(31, A), *[(2, D), (6, A)] * 7]).told(AlertKind.REPEATED)


def test_window_starts_afresh_after_it_was_told() -> None:
    record = seen([(31, A), *[(2, D), (1.3, A)] * 8, (2, A)])
    assert len(record.told(AlertKind.REPEATED)) == 1


def test_window_does_not_count_at_standstill() -> None:
    waiting, there = A.but(standstill=True), D.but(standstill=True)
    assert not seen([(10, waiting), *[(2, there), (1, waiting)] * 10]).episodes


# --- episodes ---


def times_told(kind: AlertKind, starts: list[float]) -> list[float]:
    """A finding for a second at each of these times, straight to the episodes."""
    episodes, step = Episodes(EpisodeConfig()), 0.5
    told = []
    for index in range(round((starts[-1] + 5.0) / step)):
        t = index * step
        on = any(start <= t < start + 1.0 for start in starts)
        finding = Finding(kind=kind, level=AlertLevel.ADVISORY, t_start_s=t, reason="")
        calm = Calm(attentive=True, eyes_open=True, held_open=False)
        for alert in episodes.update(t, t, step, [finding] if on else [], calm):
            told += [t] if alert.phase is AlertPhase.NEW else []
    return told


@pytest.mark.parametrize(
    ("kind", "soon", "later"),
    [
        (AlertKind.NOD, 3.5, 8.0),
        (AlertKind.YAWN, 20.0, 50.0),
        (AlertKind.DROWSY, 40.0, 90.0),
        (AlertKind.LIMITED, 400.0, 700.0),
    ],
)
def test_told_again_only_after_its_refractory_time(
    kind: AlertKind, soon: float, later: float
) -> None:
    assert times_told(kind, [10.0, 10.0 + soon, 10.0 + later]) == [10.0, 10.0 + later]


def test_an_episode_lasts_while_the_driver_looks_elsewhere() -> None:
    """Closed eyes that open upon the lap: the sleep's episode goes on, no second one opens."""
    record = seen([(10, A), (4, asleep()), (2, looking(yaw_deg=40)), (3, A)])
    (episode,) = record.episodes
    assert episode.t_end_s == pytest.approx(18.0, abs=0.5)


def test_a_yawn_that_ends_in_sleep_is_not_over() -> None:
    record = seen([(10, A), (3.5, yawning()), (5, asleep()), (5, A)])
    (yawn,) = record.of(AlertKind.YAWN)
    assert yawn.t_end_s == pytest.approx(19.5, abs=0.4)


def test_score_is_critical_at_0_85_and_falls_with_hysteresis() -> None:
    """PERCLOS 0.21 gives 0.9, 0.17 gives 0.63, 0.145 gives 0.47, 0.13 gives 0.37."""
    rule, levels = Drowsiness(CONFIG), []
    for second, perclos in enumerate((0.21, 0.145, 0.13)):
        finding = rule.judge(float(second), perclos)
        levels.append(finding.level if finding else None)
    assert levels == [AlertLevel.CRITICAL, AlertLevel.WARNING, AlertLevel.ADVISORY]


def test_an_episode_is_held_open_by_the_latch() -> None:
    (episode,) = seen([(5, A), (13, D), (15, A)]).episodes
    assert episode.t_end_s == pytest.approx(29.0, abs=0.6)


# --- eyes and mouth ---


def test_half_shut_eyes_are_closed_at_a_fifth() -> None:
    shut = spans((5, eyes(1.0)), (2, eyes(0.15)), (1, eyes(1.0)))
    assert first(Closures(CONFIG).update, shut, AlertKind.MICROSLEEP) > 0.0
    perclos, share = Perclos(PerclosConfig()), None
    for sample in spans(*[(2, eyes(1.0)), (2, eyes(0.15))] * 10):
        share = perclos.update(sample.t_s, sample.dt_s, sample.eyes == 0.15)
    assert share == pytest.approx(0.5, abs=0.05)


def test_half_open_eyes_end_no_closure_until_well_open() -> None:
    flutter = spans((5, eyes(1.0)), *[(0.8, eyes(0.1)), (0.3, eyes(0.3))] * 4)
    assert first(Closures(CONFIG).update, flutter, AlertKind.MICROSLEEP) > 0.0
    opened = spans((5, eyes(1.0)), *[(0.8, eyes(0.1)), (0.3, eyes(0.6))] * 4)
    assert first(Closures(CONFIG).update, opened, AlertKind.MICROSLEEP) == -1.0


def test_closure_goes_on_through_a_short_loss_of_the_eyes_only() -> None:
    def found(lost_s: float) -> float:
        drive = spans((5, eyes(1.0)), (2, eyes(0.0)), (lost_s, eyes(None)), (2.5, eyes(0.0)))
        return first(Closures(CONFIG).update, drive, AlertKind.SLEEP)

    assert found(0.3) == pytest.approx(8.0, abs=0.1)
    assert found(1.0) == -1.0


def test_measured_eyes_of_a_third_are_not_asleep_in_a_droop() -> None:
    def sunk(openness: float) -> Sample:
        return Sample(t_s=0.0, dt_s=0.0, face=True, pitch_deg=-30.0, eyes=openness)

    for openness, asleep_there in ((0.18, True), (0.45, False)):
        held = spans((5, eyes(1.0)), (5, sunk(openness)))
        assert (first(Droop(CONFIG).update, held, AlertKind.DROOP) > 0.0) is asleep_there


def test_droop_ends_with_the_head_half_way_up() -> None:
    def at(pitch_deg: float) -> Sample:
        return Sample(t_s=0.0, dt_s=0.0, face=True, pitch_deg=pitch_deg, eyes=0.0)

    rule = Droop(CONFIG)
    parts = spans((5, at(0)), (4, at(-25)), (2, at(-7)))
    found = [rule.update(now) is not None for now in situations(parts)]
    assert found[170]
    assert not found[-1]


def test_yawn_needs_a_wide_mouth_for_three_seconds() -> None:
    def mouth(openness: float) -> Sample:
        return Sample(t_s=0.0, dt_s=0.0, face=True, mouth=openness)

    def told(*parts: tuple[float, float]) -> float:
        drive = spans(*((seconds, mouth(openness)) for seconds, openness in parts))
        return first(Yawns(CONFIG).update, drive, AlertKind.YAWN)

    assert told((2, 0.0), (4, 0.7)) == pytest.approx(5.0, abs=0.1)
    assert told((2, 0.0), (5, 0.4)) == -1.0  # a singing mouth
    assert told((2, 0.0), (1.2, 0.7), (0.3, 0.1), (1.2, 0.7)) == -1.0  # two words


def test_a_head_down_for_four_seconds_is_no_nod() -> None:
    up, low = A.but(eyes=None), looking(pitch_deg=-25, eyes=None)
    story: Story = [(20, up), (1, moving(up, low)), (2.5, low), (0.5, moving(low, up)), (5, up)]
    assert not seen(story).of(AlertKind.NOD)


def test_a_shaken_head_nods_all_the_same() -> None:
    """With ± 4° of shaking, four times its noise is 16°."""

    def at(pitch_deg: float) -> Sample:
        return Sample(t_s=0.0, dt_s=0.0, face=True, pitch_deg=pitch_deg)

    shake = [(0.05, at(4.0)), (0.05, at(-4.0))]
    fall = [(0.1, at(-2.4 * step)) for step in range(1, 11)]
    nod = spans((1, at(0.0)), *shake * 150, *fall, (0.3, at(-24.0)), (0.1, at(-12.0)), *shake * 10)
    assert first(Nods(CONFIG).update, nod, AlertKind.NOD) > 15.0


def test_eyes_of_a_turned_head_are_not_missed() -> None:
    aside = looking(yaw_deg=40, eyes=None)
    assert not seen([(10, A), (14, aside), (5, A)]).of(AlertKind.LIMITED)


def test_flickering_eyes_that_are_found_often_enough_are_no_limit() -> None:
    flicker = [(0.6, A.but(eyes=None)), (0.4, A)] * 120
    assert not seen([(10, A), *flicker]).of(AlertKind.LIMITED)


def test_yawns_make_a_drowsy_driver_in_the_end() -> None:
    many = seen([(5, A), *[(3.5, yawning()), (20, A)] * 7], hz=10)
    (drowsy,) = many.of(AlertKind.DROWSY)
    assert drowsy.level is AlertLevel.ADVISORY


def test_a_sleepers_sinking_head_does_not_move_the_neutral_pose() -> None:
    low = asleep().but(pitch_deg=-8.0)
    monitor = seen([(20, A), (60, low)], hz=10).monitor
    assert monitor.neutral is not None
    assert monitor.neutral.pitch_deg == pytest.approx(0.0, abs=0.1)


# --- order in time ---


def test_a_clock_set_back_costs_a_fraction_of_a_second() -> None:
    """Three observations agree, and the rules go on."""
    monitor = Monitor(MonitorConfig(), neutral=AHEAD)
    told: list[float] = []
    for observation in [
        *drive([(10, A)], hz=10, start_s=1000.0),
        *drive([(1, A), (3.5, D), (3, A)], hz=10),
    ]:
        alerts = monitor.update(observation).alerts
        told += [a.t_s for a in alerts if a.kind is AlertKind.GLANCE and a.phase is AlertPhase.NEW]
    assert told == pytest.approx([4.0], abs=0.3)


# --- the neutral pose ---


@pytest.mark.parametrize("pose", [looking(yaw_deg=22.0), looking(pitch_deg=-16.0)])
def test_a_large_step_is_no_moved_seat(pose: Look) -> None:
    monitor = seen([(20, A), (80, pose)], hz=10).monitor
    assert monitor.neutral is not None
    assert abs(monitor.neutral.yaw_deg) + abs(monitor.neutral.pitch_deg) < 8.0


@pytest.mark.parametrize(
    ("end", "most_deg"), [(looking(yaw_deg=15.0), 8.0), (looking(pitch_deg=-13.0), 6.0)]
)
def test_a_creeping_head_does_not_take_the_neutral_pose_along(end: Look, most_deg: float) -> None:
    monitor = seen([(20, A), (1500, moving(A, end))], hz=5).monitor
    assert monitor.neutral is not None
    moved_deg = abs(monitor.neutral.yaw_deg) + abs(monitor.neutral.pitch_deg)
    assert most_deg - 1.0 < moved_deg <= most_deg + 0.1


@pytest.mark.parametrize("pose", [looking(pitch_deg=28.0), looking(pitch_deg=-38.0)])
def test_a_pose_out_of_its_range_is_never_learned(pose: Look) -> None:
    assert watch(drive([(40, pose)], hz=10), neutral=None).monitor.neutral is None


def test_slowly_means_minutes() -> None:
    """At 5° beside it for two minutes, the neutral pose follows by 1 − exp(−120/360)."""
    monitor = seen([(20, A), (120, looking(yaw_deg=5.0))], hz=10).monitor
    assert monitor.neutral is not None
    assert monitor.neutral.yaw_deg == pytest.approx(1.4, abs=0.3)


def test_outliers_leave_the_neutral_pose_alone() -> None:
    monitor = seen([(20, A), *[(8, looking(yaw_deg=15)), (8, A)] * 8], hz=10).monitor
    assert monitor.neutral is not None
    assert abs(monitor.neutral.yaw_deg) < 0.5


def level_three(words: Sequence[bool | None], seconds: float = 60.0) -> float | None:
    """When, of an attentive minute after level 3, it ended; ``words``: of the button's line."""
    record = watch(
        replace(o, vehicle=replace(o.vehicle, acknowledge=words[o.t_s >= 30.0]))
        for o in drive([(5, A), (13, D), (seconds, A)], hz=10)
    )
    ended = [s.t_s for s in record.states if s.t_s > 18.0 and s.level == 0]
    return ended[0] if ended else None


def test_level_three_waits_for_no_button_that_is_not_there_any_more() -> None:
    """Or the siren would go on beside a driver who has long been attentive."""
    assert level_three((False, False)) is None, "a button that works is waited for"
    assert level_three((None, None)) == pytest.approx(28.3, abs=1.0)
    assert level_three((False, None)) == pytest.approx(30.0, abs=1.0), "its line broke"
    stuck = level_three((True, True))
    assert stuck is not None
    assert stuck <= 32.0
    afar = {"mqtt": {"enabled": True}, "screen": {"enabled": False}}
    assert not Config.model_validate(afar).acknowledgeable
    assert Config.model_validate({"screen": {"enabled": True}}).acknowledgeable
