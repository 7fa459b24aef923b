"""Reads the driver's face by MediaPipe's mesh and a pose network or fit (pose.landmarks = mesh)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_pose.config.vision import EyesConfig
from edge_pose.values import EyeBaseline, EyeState, HeadPose, Landmarks
from edge_pose.vision.detector.detection import Detection
from edge_pose.vision.driver.due import Due
from edge_pose.vision.driver.reading import DriverReading
from edge_pose.vision.eyes.eye_reader import EyeReader
from edge_pose.vision.face.mesh import Landmarker
from edge_pose.vision.pose.estimator import PoseEstimator

Image = NDArray[np.uint8]

_NO_FACE_SCORE = 0.1
"""A mesh this sure that there is no face asks for another look by the detector."""


class MeshReader:
    """Pose and, where it is needed or due, the mesh; eyes at a rate of their own."""

    def __init__(
        self,
        *,
        pose: PoseEstimator,
        landmarker: Landmarker | None,
        eyes: EyesConfig,
        remembered: EyeBaseline | None = None,
    ) -> None:
        self._pose, self._landmarker = pose, landmarker
        self._reader = EyeReader(eyes, remembered)
        self._due = Due(eyes.rate_hz if eyes.enabled else 0.0)
        self._eyes: EyeState | None = None
        self._roll_deg: float | None = None

    def read(self, image: Image, face: Detection, t_s: float) -> DriverReading:
        """``face``: where the driver's face is; ``image``: uint8 BGR (height, width, 3)."""
        mesh = self._mesh(image, face, t_s)
        found = self._pose.estimate(image, face.box, mesh)
        pose = found.pose if found else None
        self._roll_deg = pose.roll_deg if pose else None
        return DriverReading(
            pose=pose,
            position=found.position if found else None,
            residual=found.residual if found else None,
            middle_px=face.box.center,
            eyes=self._eye_state(image, pose, mesh, t_s),
            doubtful=mesh is not None and mesh.score < _NO_FACE_SCORE,
        )

    def forget(self) -> None:
        """The next face is another one, or is lost."""
        self._eyes = self._roll_deg = None
        self._due.reset()
        self._reader.forget()
        self._pose.forget()

    def lost(self) -> None:
        """The face is gone for now; what was learned of this driver stays."""
        self._eyes = self._roll_deg = None
        self._due.reset()

    @property
    def open_eyes(self) -> EyeBaseline | None:
        """This driver's open eyes, once they are learned for certain."""
        return self._reader.baseline

    def parts(self) -> Iterator[tuple[str, Any, str]]:
        """(stage name, object, method) of each stage, for timing."""
        yield "pose", self._pose, "estimate"
        if self._landmarker is not None:
            yield "landmarks", self._landmarker, "locate"
        yield "eyes", self._reader, "read"

    def _mesh(self, image: Image, face: Detection, t_s: float) -> Landmarks | None:
        if self._landmarker is None or not (self._pose.needs_landmarks or self._due.now(t_s)):
            return None
        roll = self._roll_deg if self._roll_deg is not None else face.keypoints.eye_line_deg
        return self._landmarker.locate(image, face.box, roll)

    def _eye_state(
        self, image: Image, pose: HeadPose | None, mesh: Landmarks | None, t_s: float
    ) -> EyeState | None:
        """The last look at the eyes stands until the next one is due."""
        if pose is None:
            return None
        if mesh is not None and self._due.now(t_s):
            self._eyes = self._reader.read(image, mesh, pose, t_s)
            self._due.done(t_s)
        return self._eyes
