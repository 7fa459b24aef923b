"""The pose network's way from pixels to angles."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.errors import ModelError
from edge_pose.values import Box
from edge_pose.vision.face.pose_network import HeadPoseModel, rotation_from_6d
from edge_pose.vision.geometry import geodesic_deg, rotation_matrix

BOX = Box(x1=20, y1=20, x2=60, y2=60)


@pytest.fixture
def copy(mean_colour: Path, tmp_path: Path) -> Path:
    for suffix in (".tflite", ".json"):
        shutil.copy(mean_colour.with_suffix(suffix), tmp_path)
    return tmp_path / mean_colour.name


def _edit_card(model: Path, **changes: object) -> None:
    path = model.with_suffix(".json")
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@given(st.floats(-85, 85), st.floats(-85, 85), st.floats(-170, 170), st.floats(0.2, 5))
def test_six_numbers_give_back_the_rotation(
    yaw: float, pitch: float, roll: float, scale: float
) -> None:
    rotation = rotation_matrix(yaw, pitch, roll)
    six = np.concatenate([rotation[:, 0] * scale, rotation[:, 1] / scale + 0.3 * rotation[:, 0]])
    assert geodesic_deg(rotation, rotation_from_6d(six)) < 1e-3


@pytest.mark.parametrize("six", [np.zeros(6), np.ones(6), np.array([0, 0, 2.0, 0, 0, -1])])
def test_degenerate_numbers_still_give_a_rotation(six: np.ndarray) -> None:
    rotation = rotation_from_6d(six)
    assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-9)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_a_red_crop_gives_the_known_rotation_and_error(mean_colour: Path) -> None:
    image = np.zeros((80, 80, 3), np.uint8)
    image[:, :, 2] = 255  # red in BGR: mean colour (1, −1, −1)
    pose = HeadPoseModel(mean_colour).estimate(image, BOX)
    found = rotation_matrix(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
    assert found[:, 0] == pytest.approx(np.array([1, -1, -1]) / math.sqrt(3), abs=0.02)
    second = np.array([-1, -1, 1]) + np.array([1, -1, -1]) / 3  # less its part along the first
    assert found[:, 1] == pytest.approx(second / np.linalg.norm(second), abs=0.02)
    assert pose.std_deg == pytest.approx(math.e, rel=0.02)


def test_the_spread_is_calibrated_by_the_card(copy: Path) -> None:
    _edit_card(copy, spread={"scale": 2.0, "offset": -1.0})
    pose = HeadPoseModel(copy).estimate(np.zeros((80, 80, 3), np.uint8), BOX)
    assert pose.std_deg == pytest.approx(math.exp(2.0 * 1.0 - 1.0), rel=0.05)


def test_a_damaged_model_is_refused(copy: Path) -> None:
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 0xFF
    copy.write_bytes(bytes(content))
    with pytest.raises(ModelError, match=r"damaged.*sha256"):
        HeadPoseModel(copy)


def test_a_model_without_its_card_is_refused(copy: Path) -> None:
    copy.with_suffix(".json").unlink()
    with pytest.raises(ModelError, match="no model card"):
        HeadPoseModel(copy)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"head": "angles"}, "expected 3 numbers"),
        ({"input": {"size": 32, "crop_scale": 1.5}}, "its card says"),
        ({"sha256": "short"}, "sha256"),
        ({"head": "quaternion"}, "head"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(
    copy: Path, changes: dict[str, object], message: str
) -> None:
    _edit_card(copy, **changes)
    with pytest.raises(ModelError, match=message):
        HeadPoseModel(copy)
