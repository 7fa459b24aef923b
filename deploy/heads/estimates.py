"""What a product says of rendered pictures: its networks behind one question."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.heads.anatomy import Floats
from deploy.heads.reader import Rendered
from edge_pose.config.vision import DetectorConfig
from edge_pose.models import FACE_LANDMARKS, HEAD_POSE, find
from edge_pose.models.catalog import EYES, FACE, PACKAGE_FOLDER
from edge_pose.values import Box, HeadPose
from edge_pose.vision.detector.opening import open_detector
from edge_pose.vision.eyes.eye_network import EyeNetwork
from edge_pose.vision.eyes.lids import LEFT_EYE, RIGHT_EYE, eye_aspect_ratio
from edge_pose.vision.face.face_network import FaceNetwork
from edge_pose.vision.face.mesh import IBUG_68, Landmarker
from edge_pose.vision.face.pose_network import HeadPoseModel
from edge_pose.vision.geometry import rotation_matrix

_FRAME_PX = 480
"""A crop is shown to the detector in the middle of a frame this large, as a camera would."""
_FOUND_IOU = 0.3
_CORNER = np.float32(0.5)
"""The product counts pixels from the middle of the first one, the truth from its corner."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceEstimate:
    """``rotation`` (3, 3) as the crop shows the head; ``points`` (68, 2) pixels; ``opening``
    (right, left): how open the lids are on any scale, larger is more open."""

    rotation: Floats
    std_deg: float | None
    points: NDArray[np.float32]
    opening: tuple[float, float] | None
    found: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EyesEstimate:
    """Pairs are (right, left). ``shut``: larger is more shut; ``look``: (yaw, pitch) eye in
    head, degrees, None where the product has no gaze."""

    shut: tuple[float, float]
    visible: tuple[float, float]
    look: tuple[float, float] | None
    look_std_deg: float | None


class FaceJudged(Protocol):
    def face(self, rendered: Rendered) -> FaceEstimate: ...


class MeshProduct:
    """The pose network, and the face mesh for landmarks and lids."""

    def __init__(self) -> None:
        self._pose = HeadPoseModel(find(HEAD_POSE.name))
        self._mesh = Landmarker(find(FACE_LANDMARKS.name))
        self._found = Finder()

    def face(self, rendered: Rendered) -> FaceEstimate:
        box = _box(rendered)
        pose = self._pose.estimate(rendered.image, box)
        mesh = self._mesh.locate(rendered.image, box, pose.roll_deg).points
        eyes = [eye_aspect_ratio(mesh, eye, pose.pitch_deg) for eye in (RIGHT_EYE, LEFT_EYE)]
        return FaceEstimate(
            rotation=_rotation(pose),
            std_deg=pose.std_deg,
            points=mesh[IBUG_68, :2] + _CORNER,
            opening=(eyes[0], eyes[1]),
            found=self._found.found(rendered),
        )


class NetworkProduct:
    """A face network: the shipped one or a file."""

    def __init__(self, path: Path | None = None) -> None:
        self._network = FaceNetwork(path or PACKAGE_FOLDER / FACE["research"].file)
        self._found = Finder()

    def face(self, rendered: Rendered) -> FaceEstimate:
        reading = self._network.read(rendered.image, _box(rendered))
        return FaceEstimate(
            rotation=_rotation(reading.pose),
            std_deg=reading.pose.std_deg,
            points=reading.points + _CORNER,
            opening=None,
            found=self._found.found(rendered),
        )


class EyesProduct:
    """The eye network on strips whose head and corners are the truth's."""

    def __init__(self, path: Path | None = None) -> None:
        self._network = EyeNetwork(path or PACKAGE_FOLDER / EYES["research"].file)

    def eyes(self, rendered: Rendered) -> EyesEstimate:
        pose = HeadPose(
            yaw_deg=rendered.number("yaw_deg"),
            pitch_deg=rendered.number("pitch_deg"),
            roll_deg=0.0,
            std_deg=None,
        )
        reading = self._network.read(rendered.image, rendered.points - _CORNER, pose)
        return EyesEstimate(
            shut=(reading.shut[1], reading.shut[0]),
            visible=(reading.visible[1], reading.visible[0]),
            look=(reading.yaw_deg, reading.pitch_deg),
            look_std_deg=reading.std_deg,
        )


class Finder:
    """The shipped face detector on a crop set in a plain frame."""

    def __init__(self) -> None:
        self._detector = open_detector(DetectorConfig())

    def found(self, rendered: Rendered) -> bool:
        """Whether a detection overlaps the face."""
        frame, shift, scale = framed(rendered.image)
        x1, y1, x2, y2 = (v * scale + shift for v in rendered.box)
        truth = Box(x1=x1, y1=y1, x2=x2, y2=y2)
        return any(found.box.iou(truth) > _FOUND_IOU for found in self._detector.detect(frame))


def framed(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float, float]:
    """The crop, twice as large, its border going on to the frame's."""
    size = 2 * picture.shape[0]
    large = cv2.resize(picture, (size, size), interpolation=cv2.INTER_LINEAR)
    edge = max(0, (_FRAME_PX - size) // 2)
    framed = cv2.copyMakeBorder(large, edge, edge, edge, edge, cv2.BORDER_REPLICATE)
    return np.asarray(framed, np.uint8), float(edge), 2.0


def _box(rendered: Rendered) -> Box:
    x1, y1, x2, y2 = (float(edge - _CORNER) for edge in rendered.box)
    return Box(x1=x1, y1=y1, x2=x2, y2=y2)


def _rotation(pose: HeadPose) -> Floats:
    return rotation_matrix(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
