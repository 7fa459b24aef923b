"""What holds for every drive, whatever happens in it."""

from __future__ import annotations

import os
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_pose.testing.drive import Look, Record, Story, attentive, drive, looking, watch
from edge_pose.values import AlertKind, AlertLevel, AlertPhase

FEW = settings(
    max_examples=int(os.environ.get("EDGE_POSE_EXAMPLES", "8")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
A = attentive()

away = st.builds(
    looking,
    yaw_deg=st.floats(-80, 80),
    pitch_deg=st.floats(-45, 35),
    eyes=st.sampled_from([1.0, None]),
)
anything: st.SearchStrategy[Look] = st.builds(
    Look,
    face=st.booleans(),
    yaw_deg=st.floats(-90, 90),
    pitch_deg=st.floats(-60, 60),
    roll_deg=st.floats(-45, 45),
    std_deg=st.sampled_from([None, 3.0, 25.0]),
    eyes=st.sampled_from([None, 0.0, 0.5, 1.0]),
    mouth=st.sampled_from([None, 0.0, 0.9]),
    speed_kmh=st.sampled_from([None, 0.0, 30.0, 100.0]),
    standstill=st.sampled_from([None, None, False, True]),
    engaged=st.sampled_from([None, None, True, False]),
    acknowledge=st.sampled_from([None, None, False, True]),
)
stories = st.lists(st.tuples(st.floats(0.2, 12.0), anything), min_size=1, max_size=8)
rates = st.sampled_from([5.0, 10.0, 20.0])


@st.composite
def glances(draw: st.DrawFn) -> Story:
    """Glances of at most 2 s, each followed by at least 2.5 s on the road, with less than 10 s
    away in any 30 s: the road time is stretched where there would be more."""
    story: list[tuple[float, Look]] = [(draw(st.floats(1.0, 5.0)), A)]
    recent: list[tuple[float, float]] = []
    now = story[0][0]
    for _ in range(draw(st.integers(1, 12))):
        seconds = draw(st.floats(0.1, 2.0))
        recent = [(end, s) for end, s in recent if end > now + seconds - 30.0]
        if sum(s for _, s in recent) + seconds >= 9.9:
            story.append((28.0, A))
            now, recent = now + 28.0, []
        story.append((seconds, draw(away)))
        now += seconds
        recent.append((now, seconds))
        road = draw(st.floats(2.5, 6.0))
        story.append((road, A))
        now += road
    return story


@FEW
@given(glances(), rates)
def test_short_glances_are_never_more_than_advisory(story: Story, hz: float) -> None:
    record = watch(drive(story, hz=hz))
    assert record.worst <= AlertLevel.ADVISORY, record.episodes


@FEW
@given(st.lists(st.tuples(st.floats(0.2, 12.0), anything), min_size=1, max_size=8), rates)
def test_an_unclear_face_is_judged_as_an_uncertain_pose_is(story: Story, hz: float) -> None:
    unclear = [(seconds, look.but(residual=0.06)) for seconds, look in story]
    uncertain = [(seconds, look.but(std_deg=30.0)) for seconds, look in story]
    clear = [(seconds, look.but(residual=0.02)) for seconds, look in story]
    assert watch(drive(unclear, hz=hz)).alerts == watch(drive(uncertain, hz=hz)).alerts
    assert watch(drive(clear, hz=hz)).alerts == watch(drive(story, hz=hz)).alerts


def check_episodes(record: Record) -> None:
    opened: dict[int, AlertKind] = {}
    ended: set[int] = set()
    for alert in record.alerts:
        if alert.phase is AlertPhase.NEW:
            assert alert.id not in opened
            assert alert.kind not in opened.values()
            opened[alert.id] = alert.kind
        else:
            assert alert.id in opened or (alert.id in ended and alert.phase is AlertPhase.UPDATE)
            opened[alert.id] = alert.kind
        if alert.phase is AlertPhase.END:
            assert alert.t_end_s is not None
            assert alert.t_start_s <= alert.t_alert_s <= alert.t_end_s
            del opened[alert.id]
            ended.add(alert.id)
        else:
            assert alert.t_end_s is None
        assert alert.t_start_s <= alert.t_alert_s <= alert.t_s
        assert alert.kind in alert.kinds
        assert alert.reason


@FEW
@given(stories, rates, st.booleans())
def test_episodes_are_well_formed_and_attention_stays_in_range(
    story: Story, hz: float, known: bool
) -> None:
    record = (
        watch(drive(story, hz=hz, jitter=0.5, drop=0.1, noise_deg=2.0))
        if known
        else watch(drive(story, hz=hz), neutral=None)
    )
    check_episodes(record)
    for state in record.states:
        assert 0.0 <= state.attention <= 1.0
        assert 0 <= state.level <= 3
        assert 0.0 <= state.calibration <= 1.0
        assert len({alert.kind for alert in state.episodes}) == len(state.episodes)
    for before, after in pairwise(record.alerts):
        assert before.t_s <= after.t_s
    if not known:
        assert all(
            alert.level <= AlertLevel.ADVISORY
            for alert in record.alerts
            if alert.kind in (AlertKind.GLANCE, AlertKind.REPEATED, AlertKind.DOWN)
        )


@FEW
@given(stories, rates, st.floats(0.0, 1.0))
def test_a_prefix_of_a_drive_gives_a_prefix_of_the_transitions(
    story: Story, hz: float, share: float
) -> None:
    observations = list(drive(story, hz=hz))
    cut = round(share * len(observations))
    part, whole = watch(observations[:cut]), watch(observations)
    assert whole.alerts[: len(part.alerts)] == part.alerts
