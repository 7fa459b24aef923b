"""Reads the driver's face by our two networks: pose, landmarks, flags; then the eyes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box, EyeBaseline, EyeState, HeadPose
from edge_pose.vision.detector.detection import Detection
from edge_pose.vision.driver.due import Due
from edge_pose.vision.driver.reading import DriverReading
from edge_pose.vision.eyes.eye_sense import EyeSense, EyesSeen
from edge_pose.vision.eyes.mouth import mouth_opening
from edge_pose.vision.face.face_network import FaceReading
from edge_pose.vision.face.ibug import INNER_FACE
from edge_pose.vision.face.levelled import upright
from edge_pose.vision.pose.estimator import PoseReading

Image = NDArray[np.uint8]


class FollowedFace(Protocol):
    """The face network, turned with the head from frame to frame, or a test's stand-in."""

    def read(self, image: Image, box: Box) -> FaceReading:
        """The face in a tight box."""
        ...

    def forget(self) -> None:
        """The next face is another one."""
        ...


class PoseFromFace(Protocol):
    """What makes the head's pose and place of a face reading."""

    def pose(self, image: Image, box: Box, face: FaceReading) -> PoseReading:
        """The pose of the face, as its crop shows the head."""
        ...

    def forget(self) -> None:
        """Drop what is carried from frame to frame."""
        ...


class NetworkReader:
    """One face network each frame, the eye network at its own rate. ``eyes``: None = off."""

    def __init__(
        self, *, face: FollowedFace, pose: PoseFromFace, eyes: EyeSense | None, eyes_rate_hz: float
    ) -> None:
        self._face, self._pose, self._eyes = face, pose, eyes
        self._due = Due(eyes_rate_hz if eyes is not None else 0.0)
        self._seen: EyesSeen | None = None

    def read(self, image: Image, face: Detection, t_s: float) -> DriverReading:
        """``face``: where the driver's face is; ``image``: uint8 BGR (height, width, 3)."""
        reading = self._face.read(image, face.box)
        found = self._pose.pose(image, face.box, reading)
        level = upright(found.pose)
        seen = self._look(image, reading, level, t_s)
        return DriverReading(
            pose=found.pose,
            position=found.position,
            residual=found.residual,
            middle_px=None if found.position else _middle(reading),
            box=reading.box,
            presence=reading.flags.face,
            points=reading.points,
            eyes=_eye_state(reading, level, seen),
            look=seen.look if seen else None,
            lids_closed=seen.lids_closed if seen else None,
            eyes_visible=seen.eyes_visible if seen else None,
        )

    def forget(self) -> None:
        """The next face is another person's."""
        self.lost()
        self._pose.forget()
        if self._eyes is not None:
            self._eyes.forget()

    def lost(self) -> None:
        """The face is gone for now; what was learned of this driver stays."""
        self._seen = None
        self._due.reset()
        self._face.forget()

    @property
    def open_eyes(self) -> EyeBaseline | None:
        """This driver's open eyes, once they are learned for certain."""
        return None if self._eyes is None else self._eyes.baseline

    def parts(self) -> Iterator[tuple[str, Any, str]]:
        """(stage name, object, method) of each stage, for timing."""
        yield "face network", self._face, "read"
        yield "pose", self._pose, "pose"
        if self._eyes is not None:
            yield "eyes", self._eyes, "read"

    def _look(self, image: Image, face: FaceReading, pose: HeadPose, t_s: float) -> EyesSeen | None:
        """The last look at the eyes stands until the next one is due."""
        if self._eyes is not None and self._due.now(t_s):
            self._seen = self._eyes.read(image, face.points, pose, face.flags, t_s)
            self._due.done(t_s)
        return self._seen


def _middle(face: FaceReading) -> tuple[float, float]:
    x, y = face.points[INNER_FACE].mean(axis=0).tolist()
    return x, y


def _eye_state(face: FaceReading, pose: HeadPose, seen: EyesSeen | None) -> EyeState | None:
    """A masked mouth is not measured."""
    if seen is None:
        return None
    mouth = mouth_opening(face.points, pose) if face.flags.mask < 0.5 else None
    return EyeState(left=seen.left, right=seen.right, mouth=mouth)
