"""A head that leans is read upright, and what is read is put back into the picture's axes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from edge_pose.models import find
from edge_pose.models.catalog import FACE
from edge_pose.values import Box, HeadPose
from edge_pose.vision.face.face_network import FaceNetwork
from edge_pose.vision.face.ibug import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from edge_pose.vision.face.levelled import LevelledFace, upright
from edge_pose.vision.geometry import geodesic_deg, rolled, rotation_matrix

FACE_BOX = Box(x1=182, y1=75, x2=264, y2=163)


@pytest.fixture(scope="module")
def network() -> FaceNetwork:
    return FaceNetwork(find(FACE["research"].name))


def _leaning(portrait: NDArray[np.uint8], turn_deg: float) -> NDArray[np.uint8]:
    turn = cv2.getRotationMatrix2D(FACE_BOX.center, -turn_deg, 1.0)
    return np.asarray(cv2.warpAffine(portrait, turn, (512, 512)), np.uint8)


def _matrix(pose: HeadPose) -> NDArray[np.float64]:
    return rotation_matrix(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)


@pytest.mark.parametrize("turn_deg", [-90.0, -65.0, 50.0, 75.0, 90.0])
def test_a_leaning_head_reads_as_well_as_an_upright_one(
    network: FaceNetwork, portrait: NDArray[np.uint8], turn_deg: float
) -> None:
    straight = network.read(portrait, FACE_BOX)
    face = LevelledFace(network).read(_leaning(portrait, turn_deg), FACE_BOX)
    expected = _matrix(rolled(straight.pose, turn_deg))
    assert geodesic_deg(_matrix(face.pose), expected) < 12.0
    right, left = face.points[RIGHT_EYE_OUTER], face.points[LEFT_EYE_OUTER]
    down, across = (left - right)[::-1]
    assert np.degrees(np.arctan2(down, across)) == pytest.approx(
        turn_deg + straight.pose.roll_deg, abs=15.0
    )


def test_a_head_that_sinks_to_the_shoulder_is_held_all_the_way(
    network: FaceNetwork, portrait: NDArray[np.uint8]
) -> None:
    levelled = LevelledFace(network)
    start = network.read(portrait, FACE_BOX).pose
    for turn_deg in range(0, 91, 6):
        face = levelled.read(_leaning(portrait, turn_deg), FACE_BOX)
        expected = _matrix(rolled(start, turn_deg))
        assert geodesic_deg(_matrix(face.pose), expected) < 14.0, turn_deg


def test_an_upright_face_is_read_once_and_as_it_is(
    network: FaceNetwork, portrait: NDArray[np.uint8]
) -> None:
    face = LevelledFace(network).read(portrait, FACE_BOX)
    assert face.pose == network.read(portrait, FACE_BOX).pose


@given(st.floats(-60, 60), st.floats(-40, 40), st.floats(-170, 170))
def test_upright_takes_the_lean_out_and_nothing_else(yaw: float, pitch: float, roll: float) -> None:
    pose = HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll)
    level = upright(pose)
    if abs(roll) <= 35.0:
        assert level == pose
        return
    back = rolled(level, roll)
    assert geodesic_deg(_matrix(back), _matrix(pose)) == pytest.approx(0.0, abs=1e-4)
