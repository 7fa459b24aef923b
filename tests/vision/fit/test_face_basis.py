"""The shipped face basis and what reads it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edge_pose.errors import ConfigError, ModelError
from edge_pose.models.card import verified
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.vision.face.mesh import IBUG_68, POINTS
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.mesh_correction import MeshCorrection

PATH = PACKAGE_FOLDER / "face_basis.npz"
BASIS = FaceBasis.load(PATH)
NOSE_TIP, CHIN, RIGHT_EYE, LEFT_EYE = 1, 152, 33, 263


def test_the_file_is_small_and_is_what_its_card_says() -> None:
    card = json.loads(PATH.with_suffix(".json").read_text("utf-8"))
    assert verified(PATH, card["sha256"]).stat().st_size == card["bytes"] <= 300_000
    assert card["modes"] == {"identity": BASIS.identity, "expression": BASIS.expression}


def test_the_mean_face_lies_in_the_stated_frame() -> None:
    right, left = BASIS.mean[RIGHT_EYE], BASIS.mean[LEFT_EYE]
    assert np.linalg.norm(left - right) == pytest.approx(89.0, abs=0.5)
    assert (left + right) / 2.0 == pytest.approx(np.zeros(3), abs=0.5)
    assert left[0] > 40.0, "x right: the person's left eye is at image right"
    assert BASIS.mean[CHIN, 1] < -80.0, "y up: the chin is below the eyes"
    assert BASIS.mean[NOSE_TIP, 2] > 20.0, "z towards the viewer: the nose comes first"


def test_the_mean_face_looks_straight_ahead() -> None:
    """Left and right half mirror each other, so the mean's yaw and roll are zero."""
    across = BASIS.mean[[LEFT_EYE, 61, 234]] - BASIS.mean[[RIGHT_EYE, 291, 454]]
    assert np.abs(across[:, 1:]).max() < 2.5


def test_modes_are_faces_within_reason() -> None:
    assert BASIS.vertices == POINTS
    for mode in range(BASIS.size):
        moved = BASIS.shape(np.eye(BASIS.size)[mode]) - BASIS.mean
        assert 0.0 < np.linalg.norm(moved, axis=1).max() < 12.0


def test_a_part_of_a_basis_is_that_part() -> None:
    part = BASIS.chosen(IBUG_68, identity=2, expression=3)
    assert (part.vertices, part.identity, part.expression) == (68, 2, 3)
    coefficients = np.array([1.0, -1.0, 0.5, 2.0, -0.5])
    padded = np.zeros(BASIS.size)
    padded[[0, 1]] = coefficients[:2]
    padded[BASIS.identity : BASIS.identity + 3] = coefficients[2:]
    assert part.shape(coefficients) == pytest.approx(BASIS.shape(padded)[IBUG_68])


def test_a_basis_that_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ConfigError, match="needs modes"):
        FaceBasis(mean=BASIS.mean, modes=BASIS.modes[:10], identity=0, noise_mm=BASIS.noise_mm)


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_a_damaged_file_says_which(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "face.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"face\.npz"):
        FaceBasis.load(path)


def test_a_missing_file_or_array_says_which(tmp_path: Path) -> None:
    path = tmp_path / "face.npz"
    with pytest.raises(ModelError, match="no such face basis"):
        FaceBasis.load(path)
    np.savez(path, mean=BASIS.mean)
    with pytest.raises(ModelError, match="identity"):
        FaceBasis.load(path)
    with pytest.raises(ModelError, match="correction"):
        MeshCorrection.load(path, BASIS)
