"""The Basel Face Model reader, on a tiny file of the same form."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_pose.errors import ModelError
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.geometry import geodesic_deg, rotation_matrix

pytest.importorskip("scipy")
from scipy.io import savemat

from deploy.model.morphable.bfm import BaselFace, aligned, as_basis, read_bfm

OURS = FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz")


def a_file(path: Path, mean_mm: np.ndarray, modes: np.ndarray, deviation: np.ndarray) -> Path:
    savemat(
        path,
        {
            "shapeMU": (1000.0 * mean_mm).reshape(-1, 1).astype(np.float32),
            "shapePC": modes.reshape(-1, modes.shape[-1]).astype(np.float32),
            "shapeEV": (1000.0 * deviation).reshape(-1, 1).astype(np.float32),
        },
    )
    return path


def test_a_file_gives_millimetres_per_standard_deviation(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    mean, modes = rng.normal(0.0, 50.0, (20, 3)), rng.normal(0.0, 0.1, (20, 3, 5))
    deviation = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    face = read_bfm(a_file(tmp_path / "bfm.mat", mean, modes, deviation), count=3)
    assert face.mean == pytest.approx(mean, abs=1e-3)
    assert face.modes == pytest.approx((modes * deviation)[:, :, :3], abs=1e-4)


def test_another_scale_place_and_tilt_is_brought_onto_our_mean() -> None:
    tilt = rotation_matrix(3.0, -6.0, 2.0)
    theirs = (OURS.mean @ tilt.T) * 1.2 + (4.0, -20.0, 35.0)
    scale, rotation, _, nearest = aligned(theirs, OURS.mean)
    assert scale == pytest.approx(1.0 / 1.2, rel=1e-3)
    assert geodesic_deg(rotation, tilt.T) < 0.2
    assert (nearest == np.arange(OURS.vertices)).mean() > 0.95


def test_its_identity_and_our_expression_make_a_basis(tmp_path: Path) -> None:
    identity = OURS.modes[:, :, : OURS.identity]
    path = a_file(tmp_path / "bfm.mat", OURS.mean, identity, np.ones(OURS.identity))
    basis = as_basis(read_bfm(path, count=12), OURS)
    assert (basis.identity, basis.expression) == (12, OURS.expression)
    assert basis.mean == pytest.approx(OURS.mean, abs=0.1)
    assert basis.modes[:, :, :12] == pytest.approx(identity[:, :, :12], abs=0.1)


def test_a_file_without_a_face_says_so(tmp_path: Path) -> None:
    path = tmp_path / "other.mat"
    savemat(path, {"x": np.zeros(3)})
    with pytest.raises(ModelError, match="shapeMU"):
        read_bfm(path)
    with pytest.raises(ModelError, match="no such"):
        read_bfm(tmp_path / "none.mat")
    (tmp_path / "empty.mat").write_bytes(b"")
    with pytest.raises(ModelError, match=r"empty\.mat"):
        read_bfm(tmp_path / "empty.mat")


def test_a_face_is_a_frozen_value() -> None:
    face = BaselFace(mean=np.zeros((4, 3)), modes=np.zeros((4, 3, 1)))
    with pytest.raises(AttributeError):
        face.mean = np.ones((4, 3))  # type: ignore[misc]
