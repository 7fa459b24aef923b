"""How head angles are measured from a face: the seam between the network and the 3D fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box, HeadPose, HeadPosition, Landmarks
from edge_pose.vision.face.pose_network import HeadPoseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseReading:
    """A measured pose, as the face crop shows it. ``position``, ``residual``: of the 3D fit."""

    pose: HeadPose
    position: HeadPosition | None = None
    residual: float | None = None


class PoseEstimator(Protocol):
    """Measures the head of one face."""

    needs_landmarks: bool
    """True = wants the mesh of every frame; False = ``landmarks`` may be None."""

    def estimate(
        self, image: NDArray[np.uint8], box: Box, landmarks: Landmarks | None
    ) -> PoseReading | None:
        """The pose of the face in a tight box; None = this face cannot be measured."""
        ...

    def forget(self) -> None:
        """Drop what is carried from frame to frame: the next face is another one."""
        ...


class NetworkPose:
    """The int8 network alone."""

    needs_landmarks = False

    def __init__(self, model: HeadPoseModel) -> None:
        self._model = model

    def estimate(
        self, image: NDArray[np.uint8], box: Box, landmarks: Landmarks | None
    ) -> PoseReading:
        del landmarks
        return PoseReading(pose=self._model.estimate(image, box))

    def forget(self) -> None:
        """Nothing is carried."""
