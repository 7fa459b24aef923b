"""What the landmarker gets wrong in a known way, and how far a fit of its mesh can be trusted.

The landmarker draws every face towards a mean one, and its depth is flattened: the rotation of
its mesh errs in a way that depends on the pose and on the face's own shape. A linear map learned
on labelled photos takes that part out; a second one says what error is left to expect.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ModelError
from edge_pose.vision.fit.face_basis import FaceBasis, load_arrays
from edge_pose.vision.fit.levenberg_marquardt import rodrigues
from edge_pose.vision.geometry import Matrix, euler_angles

Array = NDArray[np.float64]

ANGLE_UNIT_DEG = 30.0
RIDGE_MM2 = 2.0
"""Trust in the modes when a mesh is described by them: sum of squared mm per squared std."""
_MAX_TURN_DEG = 8.0
_MIN_STD_DEG, _MAX_STD_DEG = 0.5, 45.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeshCorrection:
    """``pose``: (4, 3), turn in degrees per (1, yaw, pitch, roll in units of 30°); ``shape``:
    (3, 3V), turn in degrees per mm of each vertex off the mean face; ``spread``: (4,), weights
    of 1, ln(residual), yaw² and pitch² in ln(expected error in degrees)."""

    pose: Array
    shape: Array
    spread: Array

    def corrected(self, rotation: Matrix, offset_mm: Array) -> Matrix:
        """A mesh's rotation put right. ``offset_mm``: (V, 3), the mesh in the face's frame less
        the mean face."""
        turn = pose_terms(rotation) @ self.pose + self.shape @ offset_mm.reshape(-1)
        size = float(np.linalg.norm(turn))
        turn *= min(1.0, _MAX_TURN_DEG / max(size, 1e-9))
        return np.asarray(rotation @ rodrigues(np.radians(turn)))

    def std_deg(self, rotation: Matrix, residual: float) -> float:
        """The expected error of a corrected rotation, in degrees."""
        logarithm = float(spread_terms(rotation, residual) @ self.spread)
        return min(_MAX_STD_DEG, max(_MIN_STD_DEG, math.exp(min(5.0, logarithm))))

    @classmethod
    def load(cls, path: Path, basis: FaceBasis) -> MeshCorrection:
        """The correction in a basis file (keys correction_pose, correction_shape, spread)."""
        arrays = load_arrays(path, ("correction_pose", "correction_shape", "spread"))
        by_mode = arrays["correction_shape"]
        if by_mode.shape != (basis.size, 3):
            raise ModelError(f"{path}: correction of {by_mode.shape}, expected ({basis.size}, 3)")
        return cls(
            pose=arrays["correction_pose"],
            shape=by_mode.T @ mode_reader(basis),
            spread=arrays["spread"],
        )


def mode_reader(basis: FaceBasis) -> Array:
    """(K, 3V): the coefficients that best describe a mesh's offset from the mean face."""
    modes = basis.modes.reshape(-1, basis.size)
    normal = modes.T @ modes + RIDGE_MM2 * np.eye(basis.size)
    return np.asarray(np.linalg.solve(normal, modes.T), np.float64)


def pose_terms(rotation: Matrix) -> Array:
    """(1, yaw, pitch, roll), angles in units of 30°."""
    return np.array([1.0, *(angle / ANGLE_UNIT_DEG for angle in euler_angles(rotation))])


def spread_terms(rotation: Matrix, residual: float) -> Array:
    """(1, ln residual, yaw², pitch²), angles in units of 30°."""
    yaw, pitch, _ = (angle / ANGLE_UNIT_DEG for angle in euler_angles(rotation))
    return np.array([1.0, math.log(max(residual, 1e-4)), yaw * yaw, pitch * pitch])
