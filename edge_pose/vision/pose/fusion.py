"""The hybrid: network pose and fit pose averaged on the rotation group, each as it can be trusted.

The network carries profiles, blur and half-hidden faces, where the mesh is drawn towards a frontal
mean face; the fit sharpens what is nearly frontal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box, HeadPose, HeadPosition, Landmarks
from edge_pose.vision.face.pose_network import HeadPoseModel
from edge_pose.vision.fit.face_fit import FaceFit
from edge_pose.vision.fit.levenberg_marquardt import rodrigues, rotation_vector
from edge_pose.vision.geometry import euler_angles, rotation_matrix
from edge_pose.vision.pose.estimator import PoseReading
from edge_pose.vision.pose.mesh_fit import HeadLocator, MeshFitter

_UNKNOWN_STD_DEG = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How the two are weighed; by default for the mesh, chosen on validation photos
    (deploy/model/morphable/tune_hybrid.py).

    ``fit_factor``: what the fit's expected error is multiplied by before the comparison;
    ``sharpness``: 2 would be inverse variance of independent errors; ``correlation``: of their
    errors, for the expected error of the average."""

    fit_factor: float = 1.0
    sharpness: float = 1.5
    correlation: float = 0.4


NETWORK_TRUST: Final = Trust(fit_factor=1.0, sharpness=3.0, correlation=0.8)
"""Where the fit's points come from the same network (tune_landmark_fit.py): both then know the
same, and the fit rarely adds to it."""


def fused(network: HeadPose, fit: HeadPose, trust: Trust) -> HeadPose:
    """The weighted average of two measurements of one head, along the shortest turn."""
    one = network.std_deg if network.std_deg is not None else _UNKNOWN_STD_DEG
    two = fit.std_deg if fit.std_deg is not None else _UNKNOWN_STD_DEG
    weight = fit_weight(one, two * trust.fit_factor, trust)
    start = rotation_matrix(network.yaw_deg, network.pitch_deg, network.roll_deg)
    end = rotation_matrix(fit.yaw_deg, fit.pitch_deg, fit.roll_deg)
    turn = rotation_vector(start.T @ end)
    yaw, pitch, roll = euler_angles(start @ rodrigues(weight * turn))
    return HeadPose(
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=roll,
        std_deg=_std_of_average(one, two, weight, trust),
    )


def fit_weight(network_std_deg: float, fit_std_deg: float, trust: Trust) -> float:
    """The fit's share of the average, in [0, 1]."""
    ratio = max(fit_std_deg, 1e-6) / max(network_std_deg, 1e-6)
    return float(1.0 / (1.0 + min(ratio, 1e6) ** trust.sharpness))


class HybridPose:
    """Pose estimator: network and 3D fit together. Where there is no usable mesh, the network
    alone."""

    needs_landmarks = True

    def __init__(
        self, model: HeadPoseModel, fitter: MeshFitter, trust: Trust, *, hfov_deg: float
    ) -> None:
        self._model, self._fitter, self._trust = model, fitter, trust
        self._locator = HeadLocator(fitter.basis, hfov_deg=hfov_deg)
        self._last: FaceFit | None = None

    def estimate(
        self, image: NDArray[np.uint8], box: Box, landmarks: Landmarks | None
    ) -> PoseReading:
        """The pose of the face in a tight box; never None."""
        pose = self._model.estimate(image, box)
        found = None if landmarks is None else self._fitter.fit(landmarks, self._last)
        self._last = found.fit if found else None
        if found is None or landmarks is None:
            return PoseReading(pose=pose)
        position: HeadPosition | None = self._locator.locate(image, landmarks, found.fit)
        return PoseReading(
            pose=fused(pose, found.pose, self._trust),
            position=position,
            residual=found.fit.residual,
        )

    def forget(self) -> None:
        self._last = None


def _std_of_average(one: float, two: float, weight: float, trust: Trust) -> float:
    a, b = (1.0 - weight) * one, weight * two
    return math.sqrt(max(0.0, a * a + b * b + 2.0 * trust.correlation * a * b))
