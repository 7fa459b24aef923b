"""Stand-ins for our networks, held to their contract: a scripted face and scripted eyes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.values import Box, HeadPose
from edge_pose.vision.detector.detection import Detection, FaceKeypoints
from edge_pose.vision.eyes.eye_network import EyesReading
from edge_pose.vision.face.face_network import FaceFlags, FaceReading
from edge_pose.vision.face.ibug import tight_box
from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.geometry import rotation_matrix

NO_KEYPOINTS = FaceKeypoints(points=np.zeros((6, 2), np.float32))


def detection(box: Box, score: float = 0.9) -> Detection:
    """A face in this box."""
    return Detection(box=box, score=score, keypoints=NO_KEYPOINTS)


def mean_face() -> FaceBasis:
    """The 68-landmark part of the shipped face basis."""
    return FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz").chosen(IBUG_68)


@dataclass
class ScriptedFace:
    """A face network that always sees the mean face, turned by ``pose``, its box centred here."""

    pose: HeadPose
    center: tuple[float, float] = (320.0, 240.0)
    side_px: float = 160.0
    flags: FaceFlags = field(default_factory=lambda: FaceFlags(face=0.99))
    boxes: list[Box] = field(default_factory=list)
    """The boxes that it was asked to read."""

    def read(self, image: NDArray[np.uint8], box: Box) -> FaceReading:
        """What the network would give for a crop round ``box``."""
        del image
        self.boxes.append(box)
        points = self._points()
        return FaceReading(
            box=tight_box(points),
            pose=self.pose,
            points=points,
            point_std_px=np.full(68, 0.01 * self.side_px, np.float32),
            flags=self.flags,
        )

    def _points(self) -> NDArray[np.float32]:
        pose = self.pose
        turn = rotation_matrix(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
        flat = (mean_face().mean @ turn.T)[:, :2] * (1.0, -1.0)
        low, high = flat.min(axis=0), flat.max(axis=0)
        scale = self.side_px / float((high - low).max())
        return np.asarray((flat - (low + high) / 2.0) * scale + self.center, np.float32)

    def forget(self) -> None:
        """Nothing is carried."""


@dataclass
class ScriptedEyes:
    """An eye network that always reads this."""

    reading: EyesReading
    looks: int = 0

    def read(
        self, image: NDArray[np.uint8], points: NDArray[np.floating], pose: HeadPose
    ) -> EyesReading:
        """The scripted reading, whatever the picture."""
        del image, points, pose
        self.looks += 1
        return self.reading


def open_eyes(**changes: object) -> EyesReading:
    """Open, visible eyes that look straight ahead, changed as told."""
    values: dict[str, object] = {
        "yaw_deg": 0.0,
        "pitch_deg": 0.0,
        "std_deg": 3.0,
        "opening": (0.95, 0.95),
        "shut": (0.01, 0.01),
        "visible": (0.98, 0.98),
        **changes,
    }
    return EyesReading(**values)  # type: ignore[arg-type]
