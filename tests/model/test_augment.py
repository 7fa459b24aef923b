"""Augmentation moves image, rotation and landmarks alike."""

from __future__ import annotations

import math

import numpy as np
import pytest

pytestmark = pytest.mark.model
pytest.importorskip("keras")

from deploy.model.augment.example import Strength, augment, rolled  # noqa: E402
from deploy.model.base.angles import MIRRORED_68  # noqa: E402
from edge_pose.vision.geometry import euler_angles, rotation_matrix  # noqa: E402

BOX = np.array([40, 40, 120, 120], np.float32)
STILL = {"scale": 0.0, "shift": 0.0, "photometry": False, "occlusion": False}


def _face() -> tuple[np.ndarray, np.ndarray]:
    """A black picture with one white dot at a landmark right of the middle."""
    image = np.zeros((160, 160, 3), np.uint8)
    points = np.full((68, 3), 80.0, np.float32)
    points[30] = (104.0, 80.0, 0.0)
    image[78:83, 102:107] = 255
    return image, points


def _dot(image: np.ndarray) -> np.ndarray:
    y, x = np.nonzero(image[..., 0] > 100)
    return (np.array([x.mean(), y.mean()]) + 0.5) * 2 / image.shape[0] - 1


@pytest.mark.parametrize("seed", range(8))
def test_landmarks_stay_on_what_they_mark(seed: int) -> None:
    image, points = _face()
    strength = Strength(photometry=False, occlusion=False)
    rng = np.random.default_rng(seed)
    rotation = np.eye(3, dtype=np.float32)
    made = augment(image, rotation, BOX, points, size=112, strength=strength, rng=rng)
    assert np.abs(_dot(made.image) - made.points[30, :2]).max() < 0.03


def test_a_clockwise_turn_adds_to_the_roll_of_a_frontal_face() -> None:
    turned = rolled(np.asarray(rotation_matrix(0, 0, 5), np.float32), 20.0)
    assert euler_angles(np.asarray(turned, np.float64)) == pytest.approx((0, 0, 25), abs=1e-4)


def test_a_turn_of_the_picture_is_the_turn_of_the_label() -> None:
    image, points = _face()
    strength = Strength(flip=False, rotate_deg=30.0, **STILL)
    rotation = np.eye(3, dtype=np.float32)
    for seed in range(6):
        rng = np.random.default_rng(seed)
        made = augment(image, rotation, BOX, points, size=112, strength=strength, rng=rng)
        roll = euler_angles(np.asarray(made.rotation, np.float64))[2]
        x, y = _dot(made.image)
        assert math.degrees(math.atan2(y, x)) == pytest.approx(roll, abs=3)


def test_a_mirrored_face_looks_the_other_way() -> None:
    image, points = _face()
    rotation = np.asarray(rotation_matrix(25, -10, 7), np.float32)
    strength = Strength(rotate_deg=0.0, **STILL)
    yaws = set()
    for seed in range(12):
        rng = np.random.default_rng(seed)
        made = augment(image, rotation, BOX, points, size=64, strength=strength, rng=rng)
        yaw, pitch, roll = euler_angles(np.asarray(made.rotation, np.float64))
        assert (abs(yaw), pitch, abs(roll)) == pytest.approx((25, -10, 7), abs=1e-3)
        assert yaw * roll > 0
        yaws.add(round(yaw))
    assert yaws == {25, -25}


def test_mirroring_landmarks_twice_changes_nothing() -> None:
    assert MIRRORED_68[MIRRORED_68].tolist() == list(range(68))
