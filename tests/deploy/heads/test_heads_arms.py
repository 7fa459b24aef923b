"""Hands, arms and the wheel: in reach of one another, and never between camera and face."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from deploy.heads.anatomy import SIDES, Side
from deploy.heads.arms import bent_arm, sleeve, sleeve_faces
from deploy.heads.hand import held_by
from deploy.heads.plan import planned
from deploy.heads.wheel import (
    Wheel,
    along,
    at,
    clear_of_face,
    sampled_wheel,
    wheel_faces,
    wheel_points,
)


def wheel() -> Wheel:
    return Wheel(
        centre=(0.0, -0.4, 0.43), radius=0.18, tilt_deg=25.0, turn_deg=0.0,
        hands={"right": -50.0, "left": 50.0},
    )  # fmt: skip


def test_the_rim_is_a_circle_whose_top_leans_ahead() -> None:
    top, bottom = at(wheel(), 0.0), at(wheel(), 180.0)
    assert top[1] > bottom[1]
    assert top[2] > bottom[2]
    for clock in (0.0, 77.0, 200.0):
        out = at(wheel(), clock) - wheel().centre
        assert np.linalg.norm(out) == pytest.approx(0.18)
        assert along(wheel(), clock) @ out == pytest.approx(0.0, abs=1e-9)
    assert at(wheel(), 50.0)[0] > 0.0 > at(wheel(), -50.0)[0], "clockwise as the camera sees it"


def test_the_wheels_faces_use_its_points() -> None:
    faces = wheel_faces()
    assert max(map(max, faces)) == len(wheel_points(wheel())) - 1


def test_a_wheel_that_would_hide_the_face_is_not_there() -> None:
    seat = np.array([0.0, 0.0, -0.75])
    assert clear_of_face(wheel(), np.eye(3), seat) is not None
    low = np.array([0.0, 0.30, -0.70])  # a camera behind the rim
    assert clear_of_face(wheel(), np.eye(3), low) is None


def test_a_fist_that_would_hide_the_face_goes_to_the_lap() -> None:
    seat = np.array([0.0, 0.26, -0.75])
    kept = clear_of_face(replace(wheel(), hands={"right": -5.0, "left": 100.0}), np.eye(3), seat)
    assert kept is not None
    assert kept.hands["right"] is None
    assert kept.hands["left"] == 100.0


@pytest.mark.parametrize("side", SIDES)
def test_an_elbow_hangs_between_shoulder_and_hand(side: Side) -> None:
    out = 1.0 if side == "left" else -1.0
    shoulder, wrist = np.array([0.17 * out, -0.2, -0.7]), np.array([0.15 * out, -0.3, -0.35])
    arm = bent_arm(shoulder, wrist, np.eye(3), side)
    assert np.linalg.norm(arm.elbow - shoulder) == pytest.approx(0.30, abs=1e-6)
    assert np.linalg.norm(arm.elbow - wrist) == pytest.approx(0.26, abs=1e-6)
    assert arm.elbow[1] < min(shoulder[1], wrist[1])
    assert arm.elbow[0] * out > 0.15, "outward"
    cloth = sleeve(arm)
    assert max(map(max, sleeve_faces())) == len(cloth) - 1
    assert np.linalg.norm(cloth - wrist, axis=1).min() > 0.04, "the hand is bare"


def test_a_far_hand_stretches_the_arm() -> None:
    arm = bent_arm(np.zeros(3), np.array([0.0, 0.0, 2.0]), np.eye(3), "left")
    assert np.isfinite(sleeve(arm)).all()


def test_the_hand_before_the_face_comes_from_its_own_side() -> None:
    wear = planned("faces", 0).wear
    assert held_by(replace(wear, held="hand", held_at=(30, 0.3, 0.02))) == "right"
    assert held_by(replace(wear, held="hand", held_at=(30, 2.8, 0.02))) == "left"
    assert held_by(replace(wear, held="phone", held_at=(30, 1.0, 0.02))) == "left"


def test_most_drivers_have_a_hand_on_the_wheel() -> None:
    hands = [sampled_wheel(np.random.default_rng(n)).hands.values() for n in range(200)]
    assert 0.85 < np.mean([any(h is not None for h in both) for both in hands]) < 1.0
    assert planned("eyes", 3).wheel is None
