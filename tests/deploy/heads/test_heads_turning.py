"""Rotations and directions keep the project's convention."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.heads.turning import (
    angles_of,
    best_rotation,
    direction,
    rotation_between,
    rotation_of_vectors,
    rotation_vector,
)
from edge_pose.vision.geometry import rotation_matrix

angles = st.floats(-80.0, 80.0)


@given(angles, angles)
def test_a_direction_gives_its_angles_back(yaw: float, pitch: float) -> None:
    assert angles_of(7.0 * direction(yaw, pitch)) == pytest.approx((yaw, pitch), abs=1e-9)


def test_signs_are_those_of_the_convention() -> None:
    assert direction(30.0, 0.0)[0] < 0.0, "yaw > 0 looks to image left"
    assert direction(0.0, 30.0)[1] > 0.0, "pitch > 0 looks up"


@given(angles, angles)
def test_a_heads_nose_points_where_its_yaw_and_pitch_say(yaw: float, pitch: float) -> None:
    level = rotation_matrix(yaw, 0.0, 0.0)[:, 2]
    upright = rotation_matrix(0.0, pitch, 0.0)[:, 2]
    assert angles_of(level)[0] == pytest.approx(yaw, abs=1e-9)
    assert angles_of(upright)[1] == pytest.approx(pitch, abs=1e-9)


@given(angles, angles, angles, angles)
def test_the_least_rotation_takes_one_direction_to_the_other(
    yaw: float, pitch: float, other_yaw: float, other_pitch: float
) -> None:
    start, end = direction(yaw, pitch), direction(other_yaw, other_pitch)
    if start @ end > -0.9:
        turn = rotation_between(start, end)
        np.testing.assert_allclose(turn @ start, end, atol=1e-9)
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)


@given(angles, angles, angles)
def test_a_rotation_survives_as_a_vector(yaw: float, pitch: float, roll: float) -> None:
    turn = rotation_matrix(yaw, pitch, roll)
    vector = rotation_vector(turn)
    np.testing.assert_allclose(rotation_of_vectors(vector[None])[0], turn, atol=1e-7)


@given(angles, angles, angles)
def test_the_best_rotation_finds_how_points_were_turned(
    yaw: float, pitch: float, roll: float
) -> None:
    points = np.random.default_rng(1).normal(size=(20, 3))
    turn = rotation_matrix(yaw, pitch, roll)
    np.testing.assert_allclose(best_rotation(points, 3.0 * points @ turn.T + 5.0), turn, atol=1e-9)
