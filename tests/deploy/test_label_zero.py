"""The zero of consensus labels, found from nothing but how far three estimators disagree."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deploy.model.base.angles import PITCH_DEG, rotation_of
from deploy.model.data.datasets import SIDE, faces
from deploy.model.labels.label_zero import with_error, zero_of
from edge_pose.vision.geometry import euler_angles


def consensus(
    mesh_reads_deg: float, our_zero_deg: float, count: int = 20_000
) -> tuple[np.ndarray, np.ndarray]:
    """Our mesh's pitch above the label, and the disagreement of three estimators of which the
    third, a mesh, has another zero; ours is that mesh again, with its own noise and zero."""
    rng = np.random.default_rng(1)
    # pitch, yaw, roll of each: what real networks err by
    regressor = rng.normal(0.0, (1.9, 1.5, 0.8), (count, 3))
    bins = rng.normal(0.0, (2.1, 1.8, 1.1), (count, 3))
    mesh = rng.normal((mesh_reads_deg, 0.0, 0.0), (2.5, 1.6, 0.6), (count, 3))
    label = (2.0 * regressor + bins + mesh) / 4.0
    apart = [np.linalg.norm(each - label, axis=1) for each in (regressor, bins, mesh)]
    ours = mesh[:, 0] + our_zero_deg + rng.normal(0.0, 0.9, count)
    return ours - label[:, 0], np.mean(apart, axis=0)


@pytest.mark.parametrize("ours_deg", [0.0, 3.0, -5.0])
@pytest.mark.parametrize("mesh_deg", [-1.5, 0.0, 2.0])
def test_the_meshs_share_is_found_whatever_our_own_zero(mesh_deg: float, ours_deg: float) -> None:
    zero = zero_of(*consensus(mesh_deg, ours_deg))
    assert zero.label == pytest.approx(-mesh_deg / 4.0, abs=0.1)


def test_the_standard_error_covers_the_error() -> None:
    above, disagreement = consensus(-1.2, 0.5, count=6_000)
    group = np.array([f"person {i // 3}" for i in range(len(above))])
    zero = with_error(above, disagreement, group, rounds=50)
    assert 0.0 < zero.error < 0.1
    assert abs(zero.label - 0.3) < 0.06 + 3.0 * zero.error


def test_only_consensus_labels_move() -> None:
    row = {"yaw_deg": "12.0", "pitch_deg": "-5.0", "roll_deg": "3.0"}
    assert euler_angles(rotation_of(row)) == pytest.approx((12.0, -5.0, 3.0))
    moved = euler_angles(rotation_of(row | {"disagreement_deg": "2.1"}))
    assert moved == pytest.approx((12.0, -5.0 + PITCH_DEG, 3.0))


def test_training_faces_are_read_with_the_corrected_zero(tmp_path: Path) -> None:
    np.save(tmp_path / "faces.npy", np.zeros((1, SIDE, SIDE, 3), np.uint8))
    (tmp_path / "labels.csv").write_text(
        "file,source,tags,split,yaw_deg,pitch_deg,roll_deg,disagreement_deg,x1,y1,x2,y2\n"
        "a.tar/1.jpg,web,,train,20,-5,3,1.5,40,40,120,120\n",
        encoding="utf-8",
    )
    (rotation,) = faces(tmp_path, tmp_path, "train").rotation
    found = euler_angles(rotation.astype(np.float64))
    assert found == pytest.approx((20.0, -5.0 + PITCH_DEG, 3.0), abs=1e-3)
