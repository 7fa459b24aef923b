"""Every face of a still picture, each measured as if it were a driver seen for the first time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.config.root import Config
from edge_pose.values import Box, Face, Landmarks
from edge_pose.vision.detector.detection import Detection, FaceDetector
from edge_pose.vision.detector.opening import open_detector
from edge_pose.vision.driver.reading import DriverReading
from edge_pose.vision.geometry import gaze_of
from edge_pose.vision.stills.still_reader import StillReader, open_still_reader
from edge_pose.vision.tracking.closer_look import closer_look

Image = NDArray[np.uint8]

_LARGEST_SIDE_PX = 4000
"""A larger picture gets no margin for a second look."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StillFace:
    """A face with the points that it was read from: 68 (68, 2), and all of the mesh if there is
    one. ``score``: probability that the points lie on a face."""

    face: Face
    score: float
    mesh: Landmarks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StillFaces:
    """The parts that measure a still picture."""

    detector: FaceDetector
    reader: StillReader

    @classmethod
    def build(cls, config: Config) -> StillFaces:
        """As the config says. Raises ModelError when a model is missing or damaged."""
        return cls(detector=open_detector(config.detector), reader=open_still_reader(config))

    def measure(self, image: Image, box: Box | None = None) -> tuple[Face, ...]:
        """All faces of a uint8 BGR picture, the largest first, or the one in ``box``."""
        if box is not None:
            return (self._read(image, box, None).face,)
        found = [closer_look(self.detector, image, face) for face in self.faces(image)]
        found.sort(key=lambda face: -face.box.side)
        return tuple(self._read(image, face.box, face.score).face for face in found)

    def largest(self, image: Image, box: Box | None = None) -> StillFace | None:
        """The largest face of a picture, or the one in ``box``; None where there is none."""
        if box is not None:
            return self._read(image, box, None)
        face = max(self.faces(image), key=lambda face: face.box.side, default=None)
        if face is None:
            return None
        face = closer_look(self.detector, image, face)
        return self._read(image, face.box, face.score)

    def faces(self, image: Image) -> list[Detection]:
        """What the detector finds; a face that fills the picture is found once it has room
        around it."""
        return found_with_room(self.detector.detect, image)

    def _read(self, image: Image, box: Box, score: float | None) -> StillFace:
        still = self.reader.read(image, box, exact=score is None)
        presence = still.face.presence
        return StillFace(
            face=_face(still.face, still.box or box, score),
            score=1.0 if presence is None else presence,
            mesh=still.mesh,
        )


def _face(found: DriverReading, box: Box, score: float | None) -> Face:
    return Face(
        box=box,
        score=score,
        pose=found.pose,
        landmarks=found.points,
        eyes=found.eyes,
        gaze=gaze_of(found.pose, found.look) if found.pose and found.look else None,
        lids_closed=found.lids_closed,
        eyes_visible=found.eyes_visible,
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
    return Detection(box=moved, score=face.score, keypoints=face.keypoints.moved(dx, dy))
