"""Rotations beyond the package's own: of many points at once, between directions, best fits."""

from __future__ import annotations

import math

import numpy as np

from deploy.heads.anatomy import Floats
from edge_pose.vision.geometry import euler_angles, rotation_matrix

__all__ = [
    "angles_of",
    "best_rotation",
    "direction",
    "euler_angles",
    "rotation_between",
    "rotation_matrix",
    "rotation_of_vectors",
    "rotation_vector",
]


def direction(yaw_deg: float, pitch_deg: float) -> Floats:
    """The unit vector (3,) that looks that way: yaw > 0 to image left, pitch > 0 up."""
    yaw, pitch = math.radians(yaw_deg), math.radians(pitch_deg)
    return np.array(
        [-math.sin(yaw) * math.cos(pitch), math.sin(pitch), math.cos(yaw) * math.cos(pitch)]
    )


def angles_of(look: Floats) -> tuple[float, float]:
    """(yaw, pitch) in degrees of a direction (3,) of any length."""
    x, y, z = (look / np.linalg.norm(look)).tolist()
    return math.degrees(math.atan2(-x, z)), math.degrees(math.asin(min(1.0, max(-1.0, y))))


def rotation_between(start: Floats, end: Floats) -> Floats:
    """The least rotation (3, 3) that takes one direction to another (not to its opposite)."""
    a, b = start / np.linalg.norm(start), end / np.linalg.norm(end)
    axis, cosine = np.cross(a, b), float(a @ b)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.asarray(np.eye(3) + cross + cross @ cross / (1.0 + cosine))


def rotation_vector(rotation: Floats) -> Floats:
    """Axis times angle in radians (3,); the angle must be below a half turn."""
    angle = math.acos(min(1.0, max(-1.0, (float(np.trace(rotation)) - 1.0) / 2.0)))
    skew = (rotation - rotation.T) / 2.0
    axis = np.array([skew[2, 1], skew[0, 2], skew[1, 0]])
    return axis if angle < 1e-9 else axis * (angle / math.sin(angle))


def rotation_of_vectors(vectors: Floats) -> Floats:
    """Rodrigues: rotations (N, 3, 3) of axis-times-angle vectors (N, 3)."""
    angle = np.linalg.norm(vectors, axis=1)[:, None, None]
    axis = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    cross = np.zeros((len(vectors), 3, 3))
    cross[:, 0, 1], cross[:, 0, 2], cross[:, 1, 2] = -axis[:, 2], axis[:, 1], -axis[:, 0]
    cross -= cross.transpose(0, 2, 1)
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross)


def best_rotation(points: Floats, onto: Floats) -> Floats:
    """Kabsch: R (3, 3) for which R·points (N, 3), shifted and scaled, lie nearest to ``onto``."""
    a, b = points - points.mean(axis=0), onto - onto.mean(axis=0)
    u, _, vt = np.linalg.svd(b.T @ a)
    return np.asarray(u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt)
