"""Head pose from the face network's 68 landmarks: the 3D fit, warm from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import HeadPose
from edge_pose.vision.face.ibug import CONTOUR
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.face_fit import FaceFit, FaceFitter, FitOptions
from edge_pose.vision.geometry import euler_angles

IDENTITY_MODES, EXPRESSION_MODES = 5, 5
OPTIONS: Final = FitOptions(robust=6.0, prior=20.0, max_iterations=4, tolerance=1e-3)
"""As for the mesh; few iterations, because each frame starts where the one before ended."""
CONTOUR_DOUBT: Final = 3.0
"""The contour slides along the head as it turns: its points' errors count this many times."""
_STD_FLOOR_DEG: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedPose:
    """``residual``: RMS landmark error as a share of the face's size."""

    pose: HeadPose
    residual: float


class LandmarkFit:
    """Fits the 3D face to 68 points; for one thread and one face at a time."""

    def __init__(self, basis: FaceBasis) -> None:
        self.basis = basis
        self._fitter = FaceFitter(self.basis, options=OPTIONS)
        self._last: FaceFit | None = None

    @classmethod
    def of_68(cls, basis: FaceBasis) -> LandmarkFit:
        """With the leading modes of the 68-vertex part of a face basis."""
        return cls(basis.chosen(identity=IDENTITY_MODES, expression=EXPRESSION_MODES))

    def fit(self, points: NDArray[np.floating], std_px: NDArray[np.floating]) -> FittedPose | None:
        """The pose of 68 points (68, 2) in image pixels with their expected errors (68,); None
        where they show no face."""
        doubted = np.array(std_px, np.float64)
        doubted[CONTOUR] *= CONTOUR_DOUBT
        fit = self._last = self._fitter.fit(points, self._last, std_px=doubted)
        if fit is None:
            return None
        yaw, pitch, roll = euler_angles(fit.rotation)
        std = _STD_FLOOR_DEG + fit.std_deg
        pose = HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, std_deg=std)
        return FittedPose(pose=pose, residual=fit.residual)

    def forget(self) -> None:
        """The next face is another one."""
        self._last = None
