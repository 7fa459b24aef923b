"""Angles of many rotations at once, in the convention of ``edge_pose/vision/geometry.py``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edge_pose.vision.face.ibug import MIRRORED
from edge_pose.vision.geometry import Matrix, rotation_matrix

Floats = NDArray[np.float64]

PITCH_DEG = 0.30
"""Added to the pitch of every label of ../shared/faces; measured by ``labels/label_zero.py``."""

MIRRORED_68 = MIRRORED


def euler_deg(rotation: NDArray[np.floating]) -> Floats:
    """Yaw, pitch, roll in degrees, (N, 3), of rotations (N, 3, 3)."""
    r = np.asarray(rotation, np.float64)
    yaw = np.arcsin(np.clip(-r[:, 0, 2], -1.0, 1.0))
    pitch = np.arctan2(r[:, 1, 2], r[:, 2, 2])
    roll = np.arctan2(r[:, 0, 1], r[:, 0, 0])
    return np.asarray(np.degrees(np.stack([yaw, pitch, roll], axis=1)))


def geodesic_deg(a: NDArray[np.floating], b: NDArray[np.floating]) -> Floats:
    """Angles in degrees between rotations (N, 3, 3)."""
    cosine = (np.einsum("nij,nij->n", a, b, dtype=np.float64) - 1.0) / 2.0
    return np.asarray(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def rotations_from_6d(six: NDArray[np.floating]) -> Floats:
    """Gram–Schmidt of many: (N, 6) → (N, 3, 3)."""
    six = np.asarray(six, np.float64)
    first = six[:, :3] / np.linalg.norm(six[:, :3], axis=1, keepdims=True)
    second = six[:, 3:] - (first * six[:, 3:]).sum(axis=1, keepdims=True) * first
    second = second / np.linalg.norm(second, axis=1, keepdims=True)
    return np.stack([first, second, np.cross(first, second)], axis=2)


def rotations_from_euler(angles_deg: NDArray[np.floating]) -> Floats:
    """Yaw, pitch, roll in degrees (N, 3) → rotations (N, 3, 3)."""
    return np.stack([rotation_matrix(*row.tolist()) for row in np.asarray(angles_deg)])


def pitch_deg(row: Mapping[str, str]) -> float:
    """The pitch of a row of labels.csv, its zero corrected. Rows without a
    ``disagreement_deg`` are published angles themselves and stay as they are."""
    return float(row["pitch_deg"]) + (PITCH_DEG if "disagreement_deg" in row else 0.0)


def rotation_of(row: Mapping[str, str]) -> Matrix:
    """The rotation of a row of labels.csv, its zero corrected."""
    return rotation_matrix(float(row["yaw_deg"]), pitch_deg(row), float(row["roll_deg"]))
