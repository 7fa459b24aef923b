"""Head pose and place from the face network's reading."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box, HeadPose
from edge_pose.vision.face.face_network import FaceReading
from edge_pose.vision.face.pose_network import HeadPoseModel
from edge_pose.vision.fit.placing import HeadPlacer
from edge_pose.vision.geometry import rotation_rows
from edge_pose.vision.pose.estimator import PoseReading

Image = NDArray[np.uint8]


class NetworkFacePose:
    """The face network's own pose, or that of another pose network on the same face."""

    def __init__(self, placer: HeadPlacer, model: HeadPoseModel | None = None) -> None:
        self._placer, self._model = placer, model

    def pose(self, image: Image, box: Box, face: FaceReading) -> PoseReading:
        """The pose of the face, as its crop shows the head, and where the head is."""
        return self.placed(image, face, self.network(image, box, face))

    def network(self, image: Image, box: Box, face: FaceReading) -> HeadPose:
        """The network's angles."""
        return face.pose if self._model is None else self._model.estimate(image, box)

    def placed(
        self, image: Image, face: FaceReading, pose: HeadPose, residual: float | None = None
    ) -> PoseReading:
        """The pose with the head's place."""
        rotation = rotation_rows(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
        size = (image.shape[1], image.shape[0])
        position = self._placer.place(face.points, face.point_std_px, rotation, size)
        return PoseReading(pose=pose, position=position, residual=residual)

    def forget(self) -> None:
        """Nothing is carried."""
