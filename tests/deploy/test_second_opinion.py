"""Labels averaged with the 3D fit of a mesh whose true pose is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deploy.model.base.angles import geodesic_deg
from deploy.model.data.datasets import MissingData, Samples
from deploy.model.labels.second_opinion import second_opinion
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.geometry import rotation_matrix
from edge_pose.vision.pose.files import FACE_BASIS

_DOWN_AND_AWAY = np.array([1.0, -1.0, -1.0])
ROWS = np.arange(3)


def _mesh(rotation: np.ndarray) -> np.ndarray:
    """The mean face at 0.8 pixels per mm, as the landmarker would report it."""
    return FaceBasis.load(FACE_BASIS).mean @ rotation.T * 0.8 * _DOWN_AND_AWAY + (80, 80, 0)


def _samples(labels: list[np.ndarray]) -> Samples:
    count = len(labels)
    return Samples(
        images=np.zeros((count, 160, 160, 3), np.uint8),
        rotation=np.array(labels, np.float32),
        box=np.tile(np.array([40, 40, 120, 120], np.float32), (count, 1)),
        points=np.zeros((count, 68, 3), np.float32),
        weight=np.full(count, 0.8, np.float32),
        turned=np.zeros(count, bool),
        tag=np.full(count, "made up"),
    )


@pytest.fixture(scope="module")
def averaged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Samples, Samples, np.ndarray]:
    """Labels 8° off, 60° off, and 8° off without a mesh; all of one true pose."""
    truth = rotation_matrix(12.0, -6.0, 3.0)
    near, far = rotation_matrix(20.0, -6.0, 3.0), rotation_matrix(72.0, -6.0, 3.0)
    before = _samples([near, far, near])
    path = tmp_path_factory.mktemp("cache") / "mesh.npz"
    points = np.stack([_mesh(truth)] * 3).astype(np.float32)
    np.savez(path, points=points, score=np.array([0.99, 0.99, 0.2]))
    return before, second_opinion(before, path, ROWS), truth


def test_a_wrong_label_comes_nearer_to_the_truth(
    averaged: tuple[Samples, Samples, np.ndarray],
) -> None:
    before, after, truth = averaged
    was, now = (float(geodesic_deg(s.rotation[:1], truth[None])[0]) for s in (before, after))
    assert was == pytest.approx(8.0, abs=0.5)
    assert 0.2 < now < 0.8 * was


def test_far_apart_keeps_the_label_and_takes_its_weight(
    averaged: tuple[Samples, Samples, np.ndarray],
) -> None:
    before, after, _ = averaged
    np.testing.assert_array_equal(after.rotation[1], before.rotation[1])
    assert after.weight[1] < 0.05 * before.weight[1]
    assert after.weight[1] < after.weight[0] < before.weight[0]


def test_no_mesh_no_change(averaged: tuple[Samples, Samples, np.ndarray]) -> None:
    before, after, _ = averaged
    np.testing.assert_array_equal(after.rotation[2], before.rotation[2])
    assert after.weight[2] == before.weight[2]


def test_missing_meshes_say_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match="mesh_targets"):
        second_opinion(_samples([np.eye(3)]), tmp_path / "mesh.npz", ROWS[:1])
