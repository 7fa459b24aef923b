"""Packed lessons, exact labels of rendered heads, numbers of the cards."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from deploy.model.base.angles import rotations_from_euler
from deploy.model.data.lessons import RENDERED, Lessons, packed, unknown
from deploy.model.export.calibration import area_under, spread_of, threshold_of
from deploy.model.labels.point_definition import offsets_of, scales, shifted, turned_like
from deploy.model.labels.real_lessons import eyes_visible


def lessons(count: int, side: int = 160) -> Lessons:
    """Flat pictures whose grey tells their number."""
    codes = [
        np.asarray(cv2.imencode(".png", np.full((side, side, 3), 10 * i, np.uint8))[1])
        for i in range(count)
    ]
    blob, start = packed(codes)
    pairs = unknown(count, 2)
    return Lessons(
        blob=blob,
        start=start,
        origin=np.full(count, RENDERED, np.uint8),
        split=np.zeros(count, np.uint8),
        rotation=np.stack([np.eye(3, dtype=np.float32)] * count),
        box=np.tile(np.array([40, 40, 120, 120], np.float32), (count, 1)),
        points=unknown(count, 68, 2),
        weight=np.ones(count, np.float32),
        flags=unknown(count, 7),
        gaze=pairs,
        gaze_weight=np.zeros(count, np.float32),
        opening=pairs,
        opening_weight=np.zeros(count, np.float32),
        closed=pairs,
        visible=pairs,
        iris=unknown(count, 4),
        pair=np.full(count, -1, np.int32),
    )


def test_lessons_come_back_from_their_file_and_by_rows(tmp_path: Path) -> None:
    lessons(4).save(tmp_path / "four.npz")
    picked = Lessons.load(tmp_path / "four.npz").pick(np.array([3, 1]))
    pictures = picked.pictures(160, 160, 3)
    assert pictures.shape == (2, 3, 160, 160)
    assert pictures[:, 0, 0, 0].tolist() == [30, 10]


def test_lessons_of_an_older_kind_are_told(tmp_path: Path) -> None:
    np.savez(tmp_path / "old.npz", weight=np.ones(2, np.float32))
    with pytest.raises(ValueError, match=r"pair, .*make lessons"):
        Lessons.load(tmp_path / "old.npz")


def test_pictures_of_another_size_are_fitted() -> None:
    assert lessons(2, side=128).pictures(160, 160, 3).shape == (2, 3, 160, 160)


def test_the_far_eye_goes_behind_the_nose() -> None:
    left, right = eyes_visible(np.array([0.0, 80.0, -80.0, 50.0])).T
    assert left[:3].tolist() == [1.0, 1.0, 0.0]  # yaw > 0 hides the person's right eye
    assert right[:3].tolist() == [1.0, 0.0, 1.0]
    assert math.isnan(right[3])


def test_the_mesh_of_a_head_is_found_again_from_its_vertices() -> None:
    rng = np.random.default_rng(0)
    rotation = rotations_from_euler(rng.uniform(-30, 30, (60, 3)))
    flat = rng.normal(0, 30.0, (68, 3))
    points = (flat @ rotation.transpose(0, 2, 1))[..., :2] * [1, -1] + 80.0
    true = rng.normal(0, 2.0, (68, 3))
    mesh = shifted(points, rotation, true)
    found = offsets_of(mesh.astype(float), points, rotation)
    assert shifted(points, rotation, found) == pytest.approx(mesh, abs=0.05)
    assert (scales(points * 2, rotation) / scales(points, rotation)) == pytest.approx(2.0)


def test_a_levelled_strip_tells_its_turn() -> None:
    from deploy.model.labels.point_definition import mean_points

    rotation = rotations_from_euler(np.array([[10.0, 5.0, 20.0], [-15.0, 0.0, -8.0]]))
    turn = rotations_from_euler(np.array([[0.0, 0.0, -20.0], [0.0, 0.0, 8.0]]))
    level = turn @ rotation
    points = (mean_points() @ level.transpose(0, 2, 1))[..., :2] * [1, -1]
    assert turned_like(points, rotation) == pytest.approx(level, abs=1e-3)


def test_spread_is_calibrated_to_the_error() -> None:
    rng = np.random.default_rng(1)
    spread = rng.uniform(0, 2, 4000)
    error = rng.exponential(np.exp(0.8 * spread + 0.5))
    found = spread_of(spread, error)
    assert found["scale"] == pytest.approx(0.8, abs=0.11)
    assert found["offset"] == pytest.approx(0.5, abs=0.2)


def test_threshold_and_area() -> None:
    logits, truth = np.array([-3.0, -1.0, 2.0, 4.0, 9.0]), np.array([0.0, 0.0, 1.0, 1.0, np.nan])
    assert -1.0 <= threshold_of(logits, truth) < 2.0
    assert threshold_of(logits, np.ones(5)) == 0.0
    assert area_under(np.array([1.0, 2.0]), np.array([0.0, 1.0])) == pytest.approx(0.875)
    assert math.isnan(area_under(np.array([]), np.array([1.0])))
