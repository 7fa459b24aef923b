"""What the driver is told, in words."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.testing.scenes import episode, scene
from edge_pose.values import AlertKind, AlertLevel, CameraCondition, Health
from edge_pose.view import wording


def test_every_kind_has_its_words() -> None:
    for told in (wording.headline, wording.past):
        words = [told(kind) for kind in AlertKind]
        assert all(words)
        assert len(set(words)) == len(words)


def test_the_most_urgent_episode_speaks_with_its_reason_and_time() -> None:
    said = wording.notice(scene(t_s=100.0, episodes=(episode(began_s=96.8),)))
    assert said.headline == "Eyes on the road"
    assert said.detail == "Head turned 38° left · now 3.2 s"
    assert said.advice == "Look ahead."
    assert (said.level, said.loud) == (2, True)


def test_learning_is_quiet_and_shows_its_progress() -> None:
    learning = episode(AlertKind.CALIBRATING, AlertLevel.ADVISORY, "learning the road ahead")
    said = wording.notice(scene(episodes=(learning,), calibration=0.45))
    assert said.headline == "Learning your view · 45 %"
    assert (said.progress, said.loud, said.level) == (0.45, False, None)
    assert said.advice == "Look at the road as you drive."


def test_an_alert_goes_before_learning() -> None:
    learning = episode(AlertKind.CALIBRATING, AlertLevel.ADVISORY, "")
    said = wording.notice(scene(episodes=(learning, episode()), calibration=0.45))
    assert said.headline == "Eyes on the road"


def test_limited_sight_is_said_and_then_stays_small() -> None:
    limited = episode(AlertKind.LIMITED, AlertLevel.ADVISORY, "eyes not seen", t_s=100.0)
    assert wording.notice(scene(t_s=101.0, episodes=(limited,))).loud
    assert not wording.notice(scene(t_s=140.0, episodes=(limited,))).loud


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"enabled": False}, "Monitoring off"),
        ({"locked_out": True}, "Too many alerts"),
        ({"face": False}, "No face"),
        ({"face": False, "camera": CameraCondition.LOST}, "No picture"),
        ({"level": 0}, "Attentive"),
        ({"level": 3}, "Attention used up"),
    ],
)
def test_states_without_an_episode(state: dict[str, object], words: str) -> None:
    assert wording.notice(scene(**state)).headline == words  # type: ignore[arg-type]


def test_nobody_is_called_attentive_whom_no_new_picture_shows() -> None:
    said = wording.notice(scene(), stale=True)
    assert (said.headline, said.level, said.loud) == ("No new picture", None, False)
    assert said.advice == "You are not watched now."
    assert wording.notice(scene(enabled=False), stale=True).headline == "Monitoring off"
    assert wording.notice(scene(episodes=(episode(),)), stale=True).headline == "Eyes on the road"


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "–"), (0.0, "0°"), (-0.2, "0°"), (-12.4, "−12°"), (38.6, "39°")],
)
def test_degrees(value: float | None, words: str) -> None:
    assert wording.degrees(value) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(3.24, "3.2 s"), (45.0, "45 s"), (125.0, "2 min 05 s")]
)
def test_durations(seconds: float, words: str) -> None:
    assert wording.duration(seconds) == words


@given(st.floats(0, 1e7))
def test_durations_never_say_sixty_seconds(seconds: float) -> None:
    words = wording.duration(seconds).split()
    assert ("60", "s") not in pairwise(words)


def test_the_health_line_says_what_is_known() -> None:
    full = Health(fps=29.7, frame_age_ms=38.2, temperature_c=54.0, throttled=True, muted=True)
    assert wording.health_line(full) == "muted · 30 fps · 38 ms · 54 °C · throttled"
    assert wording.health_line(full, short=True) == "muted · 30 fps · 38 ms"
    assert wording.health_line(Health()) == "0 fps · 0 ms"
