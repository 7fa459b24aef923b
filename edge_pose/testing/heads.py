"""Synthetic heads: faces of a basis, turned, seen through a camera, with noise. Exact truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_pose.vision.geometry import rotation_matrix
from edge_pose.vision.morphable import FaceBasis

Array = NDArray[np.float64]

YAW_DEG, PITCH_DEG, ROLL_DEG = 75.0, 40.0, 30.0
"""How far heads are turned by ``random_head``, each way."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Head:
    """A head whose pose is known. ``shape``: (V, 3) mm; ``rotation``: (3, 3)."""

    shape: Array
    rotation: Array

    def seen(self, *, size_px: float = 150.0, at: tuple[float, float] = (320.0, 240.0)) -> Array:
        """Its landmarks (V, 3) from far away: x, y image pixels, y down, depth smaller = nearer.
        ``size_px``: the upright frontal face's longer side."""
        scale = size_px / float(np.ptp(self.shape[:, :2], axis=0).max())
        turned = scale * self.shape @ self.rotation.T
        return np.asarray(turned * (1.0, -1.0, -1.0) + (*at, 0.0))

    def through(self, place_mm: Array, *, focal_px: float, center: tuple[float, float]) -> Array:
        """Its landmarks (V, 2) through a pinhole camera, its origin at ``place_mm`` (x right, y
        up, z towards the viewer)."""
        x, y, z = (self.shape @ self.rotation.T + place_mm).T
        return np.stack([center[0] - focal_px * x / z, center[1] + focal_px * y / z], axis=1)


def random_head(basis: FaceBasis, rng: np.random.Generator, *, std: float = 1.0) -> Head:
    """A random face of the basis (coefficients of this standard deviation), randomly turned."""
    yaw, pitch, roll = rng.uniform(-1.0, 1.0, 3) * (YAW_DEG, PITCH_DEG, ROLL_DEG)
    shape = basis.shape(rng.normal(0.0, std, basis.size))
    return Head(shape=shape, rotation=rotation_matrix(yaw, pitch, roll))
