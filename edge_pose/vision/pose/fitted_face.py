"""Head pose from the face network's landmarks: the 3D fit alone, or with the network's pose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box
from edge_pose.vision.face.face_network import FaceReading
from edge_pose.vision.pose.estimator import PoseReading
from edge_pose.vision.pose.from_face import NetworkFacePose
from edge_pose.vision.pose.fusion import Trust, fused
from edge_pose.vision.pose.landmark_fit import LandmarkFit

Image = NDArray[np.uint8]


class FittedFacePose:
    """The 3D fit of the 68 landmarks alone (``trust`` None), or averaged with the network's pose
    as each can be trusted. Where the points show no face, the network alone."""

    def __init__(self, network: NetworkFacePose, fitter: LandmarkFit, trust: Trust | None) -> None:
        self._network, self._fitter, self._trust = network, fitter, trust

    def pose(self, image: Image, box: Box, face: FaceReading) -> PoseReading:
        """The pose of the face, as its crop shows the head, and where the head is."""
        found = self._fitter.fit(face.points, face.point_std_px)
        if found is None:
            return self._network.pose(image, box, face)
        pose = found.pose
        if self._trust is not None:
            pose = fused(self._network.network(image, box, face), pose, self._trust)
        return self._network.placed(image, face, pose, found.residual)

    def forget(self) -> None:
        self._fitter.forget()
