"""Reads one face of a still picture, as if it were a driver seen for the first time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge_pose.config.root import Config
from edge_pose.config.vision import EyesConfig
from edge_pose.models import FACE_LANDMARKS, find
from edge_pose.values import Box, Landmarks
from edge_pose.vision.detector.detection import KEYPOINTS, Detection, FaceKeypoints
from edge_pose.vision.driver.opening import open_reader
from edge_pose.vision.driver.reading import DriverReading, FaceReader
from edge_pose.vision.eyes.eye_reader import EyeReader
from edge_pose.vision.face.mesh import IBUG_68, Landmarker
from edge_pose.vision.pose.estimator import PoseEstimator
from edge_pose.vision.pose.mesh_fit import upright_mesh
from edge_pose.vision.pose.modes import open_pose

Image = NDArray[np.uint8]

_SAME_FACE_IOU = 0.3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StillReading:
    """``box``: in which the face was read, where that is not the one that was asked for.
    ``mesh``: MediaPipe's 468 points, where pose.landmarks = mesh."""

    face: DriverReading
    box: Box | None = None
    mesh: Landmarks | None = None


class StillReader(Protocol):
    """Measures the face in a tight box of a uint8 BGR picture (height, width, 3)."""

    def read(self, image: Image, box: Box, *, exact: bool) -> StillReading:
        """``exact``: the box was given by a person, and not found by a detector."""
        ...


class StillByNetworks:
    """Our own networks. A detector's box is put right by the landmarks read in it."""

    def __init__(self, reader: FaceReader) -> None:
        self._reader = reader

    def read(self, image: Image, box: Box, *, exact: bool) -> StillReading:
        """See ``StillReader``."""
        reading = self._once(image, box)
        if exact or reading.box is None or reading.box.iou(box) < _SAME_FACE_IOU:
            return StillReading(face=reading)
        return StillReading(face=self._once(image, reading.box), box=reading.box)

    def _once(self, image: Image, box: Box) -> DriverReading:
        self._reader.forget()
        none = FaceKeypoints(points=np.zeros((KEYPOINTS, 2), np.float32))
        return self._reader.read(image, Detection(box=box, score=1.0, keypoints=none), 0.0)


class StillByMesh:
    """MediaPipe's mesh, turned upright, and the pose of the config's mode."""

    def __init__(self, pose: PoseEstimator, landmarker: Landmarker, eyes: EyesConfig) -> None:
        self._pose, self._landmarker, self._eyes = pose, landmarker, eyes

    def read(self, image: Image, box: Box, *, exact: bool) -> StillReading:
        """See ``StillReader``."""
        del exact
        mesh = upright_mesh(self._landmarker, image, box)
        self._pose.forget()
        found = self._pose.estimate(image, box, mesh)
        pose = found.pose if found else None
        reading = DriverReading(
            pose=pose,
            position=found.position if found else None,
            residual=found.residual if found else None,
            presence=mesh.score,
            points=mesh.points[IBUG_68, :2],
            eyes=EyeReader(self._eyes).read(image, mesh, pose, 0.0) if pose else None,
        )
        return StillReading(face=reading, mesh=mesh)


def open_still_reader(config: Config) -> StillReader:
    """As the config says. Raises ModelError when a model is missing or damaged."""
    hfov_deg = config.camera.field_of_view_deg
    if config.pose.landmarks == "mesh":
        landmarker = Landmarker(find(FACE_LANDMARKS.name), threads=config.eyes.threads)
        return StillByMesh(open_pose(config.pose, hfov_deg=hfov_deg), landmarker, config.eyes)
    reader = open_reader(
        config.pose, config.eyes, config.model, hfov_deg=hfov_deg, several_looks=True
    )
    return StillByNetworks(reader)
