"""The shipped face networks on a portrait: signs, landmarks, mirror, and files that do not fit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.errors import ModelError
from edge_pose.models import find
from edge_pose.models.catalog import FACE
from edge_pose.values import Box
from edge_pose.vision.face.face_network import FaceNetwork
from edge_pose.vision.face.ibug import LEFT_EYE_OUTER, RIGHT_EYE_OUTER

FACE_BOX = Box(x1=182, y1=75, x2=264, y2=163)


@pytest.fixture(scope="module", params=sorted(FACE))
def network(request: pytest.FixtureRequest) -> FaceNetwork:
    return FaceNetwork(find(FACE[request.param].name))


def _mirrored(box: Box, width: int) -> Box:
    return Box(x1=width - box.x2, y1=box.y1, x2=width - box.x1, y2=box.y2)


def test_a_face_is_read_in_full(network: FaceNetwork, portrait: NDArray[np.uint8]) -> None:
    face = network.read(portrait, FACE_BOX)
    assert face.flags.face > 0.5
    assert face.box.iou(FACE_BOX) > 0.6
    assert abs(face.pose.yaw_deg) < 30.0
    assert 0.0 < (face.pose.std_deg or 0.0) < 12.0
    right, left = face.points[RIGHT_EYE_OUTER], face.points[LEFT_EYE_OUTER]
    assert right[0] < left[0]
    assert (face.point_std_px > 0.0).all()


def test_the_mirror_negates_yaw_and_roll(network: FaceNetwork, portrait: NDArray[np.uint8]) -> None:
    face = network.read(portrait, FACE_BOX)
    mirror = np.ascontiguousarray(portrait[:, ::-1])
    other = network.read(mirror, _mirrored(FACE_BOX, portrait.shape[1]))
    assert other.pose.yaw_deg == pytest.approx(-face.pose.yaw_deg, abs=6.0)
    assert other.pose.roll_deg == pytest.approx(-face.pose.roll_deg, abs=6.0)
    assert other.pose.pitch_deg == pytest.approx(face.pose.pitch_deg, abs=6.0)
    right = face.points[RIGHT_EYE_OUTER]
    left = other.points[LEFT_EYE_OUTER]
    assert left == pytest.approx((511 - right[0], right[1]), abs=6.0)


@pytest.mark.parametrize("turn_deg", [-25.0, 20.0])
def test_a_picture_turned_clockwise_rolls_the_head_by_as_much(
    network: FaceNetwork, portrait: NDArray[np.uint8], turn_deg: float
) -> None:
    center = FACE_BOX.center
    turned = cv2.warpAffine(portrait, cv2.getRotationMatrix2D(center, -turn_deg, 1.0), (512, 512))
    before, after = (network.read(image, FACE_BOX).pose for image in (portrait, turned))
    assert after.roll_deg - before.roll_deg == pytest.approx(turn_deg, abs=6.0)


@pytest.mark.parametrize("level", [0, 127, 255])
def test_an_even_wall_is_less_of_a_face(
    network: FaceNetwork, portrait: NDArray[np.uint8], level: int
) -> None:
    wall = np.full((240, 320, 3), level, np.uint8)
    of_wall = network.read(wall, Box(x1=100, y1=60, x2=200, y2=170)).flags.face
    assert of_wall < network.read(portrait, FACE_BOX).flags.face - 0.3


def test_a_file_without_landmarks_is_refused(tmp_path: Path) -> None:
    source = find("head_pose_int8")
    path = tmp_path / source.name
    shutil.copy(source, path)
    card = json.loads(source.with_suffix(".json").read_text("utf-8"))
    path.with_suffix(".json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(ModelError, match="output `landmarks`"):
        FaceNetwork(path)
