"""The calibration guide, as sessions in front of the camera."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from edge_pose.calibration.guide import Guide, Target
from edge_pose.calibration.placement import judge
from edge_pose.calibration.terminal import terminal
from edge_pose.testing.scenes import scene
from edge_pose.values import Box, GuideView, ImageQuality, Observation

SIZE = (640, 480)
Look = tuple[float, float, float]
"""Seconds, yaw, pitch."""


def session(looks: Iterable[Look], hz: float = 20.0) -> list[Observation]:
    """What the camera measures while the driver looks there, one after the other."""
    seen, t = [], 0.0
    for seconds, yaw, pitch in looks:
        for _ in range(round(seconds * hz)):
            wobble = 0.8 if len(seen) % 2 else -0.8
            made = scene(t_s=t, yaw_deg=yaw + wobble, pitch_deg=pitch)
            seen.append(made.observation)
            t += 1.0 / hz
    return seen


def guided(observations: Iterable[Observation], guide: Guide | None = None) -> Guide:
    guide = guide or Guide(SIZE)
    for observation in observations:
        guide.update(observation)
    return guide


GOOD = [(3.0, -8.0, 4.0), (3.0, -45.0, 2.0), (3.0, 30.0, 3.0), (3.0, -6.0, -22.0)]
"""Left for the driver is the picture's right: yaw below the road-ahead one."""


@pytest.mark.parametrize("hz", [8.0, 20.0, 30.0])
def test_a_good_sitting_gives_the_neutral_pose_at_any_frame_rate(hz: float) -> None:
    result = guided(session(GOOD, hz)).result
    assert result is not None
    assert result.neutral.yaw_deg == pytest.approx(-8.0, abs=1.0)
    assert result.neutral.pitch_deg == pytest.approx(4.0, abs=0.5)
    assert result.neutral.confirmed
    assert result.looks[Target.LEFT][0] == pytest.approx(-45.0, abs=1.0)
    assert result.looks[Target.DOWN][1] == pytest.approx(-22.0, abs=0.5)
    assert not result.mirrored
    assert result.suggestions == ()


def test_a_mirrored_picture_is_noticed() -> None:
    flipped = [(s, -yaw, pitch) for s, yaw, pitch in GOOD]
    result = guided(session(flipped)).result
    assert result is not None
    assert result.mirrored
    assert "mirror" in result.suggestions[0]


def test_steps_are_asked_in_order() -> None:
    guide, headlines = Guide(SIZE), []
    for observation in session(GOOD):
        view = guide.update(observation)
        if view.headline not in headlines:
            headlines.append(view.headline)
    assert headlines == [
        "Look at the road ahead",
        "Look into the left mirror",
        "Look into the right mirror",
        "Look down at the instruments",
        "Calibrated",
    ]


def test_a_restless_head_makes_no_progress() -> None:
    nervous = [(0.3, yaw, 0.0) for yaw in (0.0, 15.0, -15.0, 20.0) * 8]
    view = guided(session(nervous)).view
    assert view.step == 1
    assert view.progress < 1.0


def test_a_head_that_stays_ahead_never_counts_as_a_mirror_look() -> None:
    view = guided(session([(20.0, 0.0, 0.0)])).view
    assert (view.step, view.progress) == (2, 0.0)
    assert "farther" in view.detail


def test_both_mirrors_on_one_side_do_not_count() -> None:
    view = guided(session([(3.0, 0.0, 0.0), (10.0, -40.0, 0.0)])).view
    assert view.headline == "Look into the right mirror"


def test_without_a_face_it_says_so_and_begins_the_hold_anew() -> None:
    guide = guided(session([(1.2, 0.0, 0.0)]))
    assert guide.view.progress > 0.5
    view = guide.update(scene(t_s=1.3, face=False).observation)
    assert view.detail == "No face in the picture"
    assert view.progress == 0.0


def test_the_terminal_shows_step_bar_and_verdicts() -> None:
    text = terminal(guided(session([(1.0, 0.0, 0.0)])).view)
    assert "Step 1 of 4: Look at the road ahead" in text
    assert "█" in text
    assert "good  Face seen: 100 %" in text
    done = GuideView(step=4, steps=4, headline="Calibrated", detail="x", progress=1.0, done=True)
    assert terminal(done).startswith("Done: Calibrated")


def changed(**changes: object) -> list[Observation]:
    return [
        replace(made, **changes)  # type: ignore[arg-type]
        for made in session([(1.0, 0.0, 0.0)])
    ]


def test_a_good_place_needs_no_advice() -> None:
    assert all(verdict.good for verdict in judge(session([(1.0, -10.0, 5.0)]), SIZE))
    assert judge([], SIZE) == ()


@pytest.mark.parametrize(
    ("observations", "name", "advice"),
    [
        (changed(box=Box(x1=300, y1=200, x2=360, y2=260)), "Face size", "nearer"),
        (changed(box=Box(x1=60, y1=60, x2=500, y2=440)), "Face size", "Too near"),
        (changed(box=Box(x1=4, y1=150, x2=160, y2=330)), "Place", "left edge"),
        (changed(box=Box(x1=250, y1=330, x2=400, y2=479)), "Place", "lower edge"),
        (session([(1.0, 48.0, 0.0)]), "Angle", "steering wheel"),
        (session([(1.0, 0.0, 34.0)]), "Angle", "height of the eyes"),
        (changed(eyes=None), "Eyes seen", "dark glasses"),
        (changed(image=ImageQuality(brightness=20.0, contrast=30.0)), "Light", "infrared"),
        (changed(image=ImageQuality(brightness=240.0, contrast=30.0)), "Light", "sun"),
        (changed(image=ImageQuality(brightness=120.0, contrast=5.0)), "Light", "lens"),
        (changed(face=False, box=None), "Face seen", "Point the camera"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_place_is_told_with_what_to_do(
    observations: list[Observation], name: str, advice: str
) -> None:
    bad = {
        verdict.name: verdict.advice for verdict in judge(observations, SIZE) if not verdict.good
    }
    assert list(bad) == [name]
    assert advice in bad[name]
