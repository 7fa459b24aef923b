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

_ITERATIONS, _TOLERANCE = 4, 1e-3
"""Few, because each frame starts where the one before ended."""
_STD_FLOOR_DEG: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FitChoice:
    """How the points are believed; chosen on validation photos by
    ``deploy/model/morphable/tune_landmark_fit.py``.

    ``identity``, ``expression``: how many modes of the face basis. ``prior``: their weight against
    the points. ``robust``: whitened residual from which a point loses weight. ``contour_doubt``:
    the contour slides along the head as it turns: its points' errors count this many times. They
    come from a network that knows how: doubting them costs, and so does holding to a mean face."""

    identity: int = 10
    expression: int = 10
    prior: float = 0.2
    robust: float = 6.0
    contour_doubt: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedPose:
    """``residual``: RMS landmark error as a share of the face's size."""

    pose: HeadPose
    residual: float


class LandmarkFit:
    """Fits the 3D face to 68 points; for one thread and one face at a time."""

    def __init__(self, basis: FaceBasis, choice: FitChoice | None = None) -> None:
        self.basis, self._choice = basis, choice or FitChoice()
        options = FitOptions(
            robust=self._choice.robust,
            prior=self._choice.prior,
            max_iterations=_ITERATIONS,
            tolerance=_TOLERANCE,
        )
        self._fitter = FaceFitter(self.basis, options=options)
        self._last: FaceFit | None = None

    @classmethod
    def of_68(cls, basis: FaceBasis, choice: FitChoice | None = None) -> LandmarkFit:
        """With the leading modes of the 68-vertex part of a face basis."""
        chosen = choice or FitChoice()
        modes = basis.chosen(identity=chosen.identity, expression=chosen.expression)
        return cls(modes, chosen)

    def fit(self, points: NDArray[np.floating], std_px: NDArray[np.floating]) -> FittedPose | None:
        """The pose of 68 points (68, 2) in image pixels with their expected errors (68,); None
        where they show no face."""
        doubted = np.array(std_px, np.float64)
        doubted[CONTOUR] *= self._choice.contour_doubt
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
