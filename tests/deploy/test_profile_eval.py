"""Accuracy at large yaw: which poses are made, and what the table says of them."""

from __future__ import annotations

import numpy as np
import pytest

from deploy.model.data.datasets import SIDE
from deploy.model.data.mesh import AXES, OVAL
from deploy.model.data.profiling import Face
from deploy.model.evaluation.profile_eval import (
    PITCHES_DEG,
    YAWS_DEG,
    pitch_table,
    tilted,
    turned,
    yaw_table,
)
from edge_pose.vision.geometry import euler_angles, rotation_matrix


def face(yaw: float) -> Face:
    """A shell of 468 points at a yaw, in a grey picture."""
    n = np.arange(468)
    radius, angle = 0.92 * np.sqrt((n + 0.5) / 468), n * 2.39996
    flat = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    turn = np.pi / 2 - np.arange(len(OVAL)) * 2 * np.pi / len(OVAL)
    flat[list(OVAL)] = np.column_stack([np.cos(turn), np.sin(turn)])
    z = np.sqrt(np.maximum(0.0, 1.0 - (flat**2).sum(axis=1)))
    shell = np.column_stack([flat * [30.0, 40.0], z * 32.0])
    rotation = rotation_matrix(yaw, -5.0, 3.0)
    points = (shell @ rotation.T) * AXES + [80.0, 80.0, 0.0]
    return Face(
        image=np.full((SIDE, SIDE, 3), 90, np.uint8),
        landmarks=points.astype(np.float32),
        rotation=rotation,
        box=np.concatenate([points[:, :2].min(axis=0), points[:, :2].max(axis=0)]),
    )


@pytest.mark.parametrize("yaw", [-20.0, 20.0])
def test_faces_are_turned_farther_the_way_they_look(yaw: float) -> None:
    samples = turned([face(yaw)])
    angles = np.array([euler_angles(one.astype(float)) for one in samples.rotation])
    np.testing.assert_allclose(angles[:, 0], np.sign(yaw) * np.array(YAWS_DEG), atol=0.01)
    np.testing.assert_allclose(angles[:, 1:], [[-5.0, 3.0]] * len(YAWS_DEG), atol=0.05)
    assert samples.images.shape == (len(YAWS_DEG), SIDE, SIDE, 3)


def test_a_frontal_face_is_not_turned_beyond_reach_nor_a_turned_one_back() -> None:
    assert turned([face(2.0)]).yaw_deg.max() < 75.0
    assert np.abs(turned([face(60.0)]).yaw_deg).min() > 60.0


def test_the_table_tells_error_bias_and_sign_by_bin() -> None:
    truth = np.stack([rotation_matrix(yaw, 0, 0) for yaw in (50.0, -50.0, 70.0)])
    found = np.stack([rotation_matrix(yaw, 0, 0) for yaw in (46.0, -44.0, -10.0)])
    _, medium, far = yaw_table(found, truth).splitlines()
    assert medium.split()[-4:] == ["2", "5.0", "-5.0", "0"]
    assert far.split()[-4:] == ["1", "80.0", "-80.0", "1"]


def test_faces_are_tilted_with_yaw_and_roll_unchanged() -> None:
    samples = tilted([face(12.0)])
    angles = np.array([euler_angles(one.astype(float)) for one in samples.rotation])
    np.testing.assert_allclose(angles[:, 1], PITCHES_DEG, atol=0.01)
    np.testing.assert_allclose(angles[:, [0, 2]], [[12.0, 3.0]] * len(PITCHES_DEG), atol=0.05)


def test_the_pitch_table_tells_when_a_network_halves_pitch() -> None:
    truth = np.stack([rotation_matrix(0, pitch, 0) for pitch in (-40.0, 30.0)])
    found = np.stack([rotation_matrix(0, pitch, 0) for pitch in (-20.0, 15.0)])
    _, down, up = pitch_table(found, truth).splitlines()
    assert down.split()[-4:] == ["1", "20.0", "-20.0", "0"]
    assert up.split()[-4:] == ["1", "15.0", "-15.0", "0"]
