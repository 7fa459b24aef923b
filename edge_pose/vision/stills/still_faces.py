"""Every face of a still picture, each measured as if it were a driver seen for the first time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.config.root import Config
from edge_pose.config.vision import EyesConfig
from edge_pose.models import FACE_LANDMARKS, find
from edge_pose.values import Box, Face
from edge_pose.vision.detector.detection import Detection, FaceDetector
from edge_pose.vision.detector.opening import open_detector
from edge_pose.vision.eyes.eye_reader import EyeReader
from edge_pose.vision.face.mesh import IBUG_68, Landmarker
from edge_pose.vision.pose.estimator import PoseEstimator
from edge_pose.vision.pose.mesh_fit import upright_mesh
from edge_pose.vision.pose.modes import open_pose
from edge_pose.vision.tracking.closer_look import closer_look

Image = NDArray[np.uint8]

_LARGEST_SIDE_PX = 4000
"""A larger picture gets no margin for a second look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StillFaces:
    """The parts that measure a still picture."""

    detector: FaceDetector
    pose: PoseEstimator
    landmarker: Landmarker
    eyes: EyesConfig

    @classmethod
    def build(cls, config: Config) -> StillFaces:
        """As the config says. Raises ModelError when a model is missing or damaged."""
        return cls(
            detector=open_detector(config.detector),
            pose=open_pose(config.pose, hfov_deg=config.camera.field_of_view_deg),
            landmarker=Landmarker(find(FACE_LANDMARKS.name), threads=config.eyes.threads),
            eyes=config.eyes,
        )

    def measure(self, image: Image, box: Box | None = None) -> tuple[Face, ...]:
        """All faces of a uint8 BGR picture, the largest first, or the one in ``box``."""
        if box is not None:
            return (self._face(image, box, None),)
        found = [closer_look(self.detector, image, face) for face in self.faces(image)]
        found.sort(key=lambda face: -face.box.side)
        return tuple(self._face(image, face.box, face.score) for face in found)

    def faces(self, image: Image) -> list[Detection]:
        """What the detector finds; a face that fills the picture is found once it has room
        around it."""
        return found_with_room(self.detector.detect, image)

    def _face(self, image: Image, box: Box, score: float | None) -> Face:
        mesh = upright_mesh(self.landmarker, image, box)
        self.pose.forget()
        reading = self.pose.estimate(image, box, mesh)
        pose = reading.pose if reading else None
        return Face(
            box=box,
            score=score,
            pose=pose,
            landmarks=mesh.points[IBUG_68, :2],
            eyes=EyeReader(self.eyes).read(image, mesh, pose, 0.0) if pose else None,
        )


def found_with_room(detect: Callable[[Image], list[Detection]], image: Image) -> list[Detection]:
    """Faces of a picture; where there is none, once more with a black margin of half its size."""
    found = detect(image)
    if found or max(image.shape[:2]) > _LARGEST_SIDE_PX:
        return found
    x, y = image.shape[1] // 2, image.shape[0] // 2
    roomy = np.asarray(cv2.copyMakeBorder(image, y, y, x, x, cv2.BORDER_CONSTANT), np.uint8)
    return [_shifted(face, -x, -y) for face in detect(roomy)]


def _shifted(face: Detection, dx: float, dy: float) -> Detection:
    box = face.box
    moved = Box(x1=box.x1 + dx, y1=box.y1 + dy, x2=box.x2 + dx, y2=box.y2 + dy)
    keypoints = face.keypoints + np.array([dx, dy], np.float32)
    return Detection(box=moved, score=face.score, keypoints=keypoints)
