"""The face network: one crop in; pose, 68 landmarks and what is before the face out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ModelError
from edge_pose.models.card import FaceCard, read_face_card, verified
from edge_pose.values import Box, HeadPose
from edge_pose.vision.face.ibug import POINTS, tight_box
from edge_pose.vision.face.pose_network import head_angles, pose_std_deg
from edge_pose.vision.geometry import rolled
from edge_pose.vision.image.crop import face_crop, square_around
from edge_pose.vision.tflite.interpreter import ImageModel
from edge_pose.vision.tflite.tensors import Outputs, mean_of_copies

FLAGS = (
    "face", "eye_left_visible", "eye_right_visible", "glasses", "dark_glasses", "mask", "hand",
)  # fmt: skip
_SHAPES = {"pose": 6, "spread": 1, "landmarks": 2 * POINTS, "landmark_spread": POINTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceFlags:
    """Probabilities in [0, 1]; left and right are the person's own."""

    face: float
    eye_left_visible: float = 1.0
    eye_right_visible: float = 1.0
    glasses: float = 0.0
    dark_glasses: float = 0.0
    mask: float = 0.0
    hand: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceReading:
    """One face. ``box``: tight, from the landmarks: where the next crop is taken. ``pose``: as
    its crop shows the head. ``points``: float32 (68, 2), image pixels, iBUG order.
    ``point_std_px``: float32 (68,), the expected error of each."""

    box: Box

    pose: HeadPose
    points: NDArray[np.float32]
    point_std_px: NDArray[np.float32]
    flags: FaceFlags


class FaceSource(Protocol):
    """The face network, or what stands in its place."""

    def read(self, image: NDArray[np.uint8], box: Box, turn_deg: float = 0.0) -> FaceReading:
        """The face in a tight box. ``image``: uint8 BGR (height, width, 3). ``turn_deg``: look at
        it in a square turned clockwise by so much."""
        ...


class FaceNetwork:
    """A face network from its .tflite file and the card beside it; for one thread."""

    def __init__(self, path: Path, *, threads: int = 1, delegate: str | None = None) -> None:
        self.card: FaceCard = read_face_card(path)
        self._model = ImageModel(
            verified(path, self.card.sha256),
            gain=1.0 / 127.5,
            offset=-1.0,
            threads=threads,
            delegate=delegate,
        )
        _check(self._model, self.card)
        self._size = self.card.input.size
        self._crop = np.zeros((self._size, self._size, 3), np.uint8)

    def read(self, image: NDArray[np.uint8], box: Box, turn_deg: float = 0.0) -> FaceReading:
        """The face in a tight box. ``image``: uint8 BGR (height, width, 3). ``turn_deg``: see
        ``FaceSource``; what is read is put back into the image's own axes."""
        scale = self.card.input.crop_scale
        half = np.float32(square_around(box, scale)[2] / 2.0)
        face_crop(image, box, scale, self._size, out=self._crop, turn_deg=turn_deg)
        cv2.cvtColor(self._crop, cv2.COLOR_BGR2RGB, dst=self._crop)
        outputs = self._model.run(self._crop)
        units = mean_of_copies(outputs["landmarks"], 2 * POINTS).reshape(POINTS, 2)
        if turn_deg:
            units = units @ _turned(turn_deg)
        points = units * half + np.array(box.center, np.float32)
        return FaceReading(
            box=tight_box(points, self.card.box_from_landmarks),
            pose=rolled(self._pose(outputs), turn_deg),
            points=points,
            point_std_px=self._point_std(outputs["landmark_spread"]) * half,
            flags=self._flags(mean_of_copies(outputs["flags"], len(FLAGS)).tolist()),
        )

    def _pose(self, outputs: Outputs) -> HeadPose:
        yaw, pitch, roll = head_angles(mean_of_copies(outputs["pose"], 6))
        std_deg = pose_std_deg(mean_of_copies(outputs["spread"], 1).item(), self.card.spread)
        return HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, std_deg=std_deg)

    def _point_std(self, spreads: NDArray[np.float32]) -> NDArray[np.float32]:
        """In crop units, from −1 to +1 across the crop."""
        line = self.card.landmark_spread
        spread = line.scale * mean_of_copies(spreads, POINTS) + line.offset
        return np.asarray(np.exp(np.minimum(spread, 1.0)), np.float32)

    def _flags(self, logits: list[float]) -> FaceFlags:
        from_logit = self.card.flag_thresholds
        return FaceFlags(
            **{
                name: probability(logit - from_logit.get(name, 0.0))
                for name, logit in zip(FLAGS, logits, strict=True)
            }
        )


def _turned(turn_deg: float) -> NDArray[np.float32]:
    """(2, 2): rows of points times it are turned clockwise (x right, y down)."""
    c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    return np.array([[c, s], [-s, c]], np.float32)


def probability(logit: float) -> float:
    """The probability that a logit means."""
    return 0.5 + 0.5 * math.tanh(0.5 * logit)


def _check(model: ImageModel, card: FaceCard) -> None:
    size = (card.input.size, card.input.size)
    if model.size != size:
        raise ModelError(f"{model.path}: takes {model.size} images, but its card says {size}")
    wanted = {**_SHAPES, "flags": len(FLAGS)}
    for name, count in wanted.items():
        shape = model.output_shapes.get(name, ())
        if not shape or math.prod(shape) % count:
            raise ModelError(f"{model.path}: output `{name}` is {shape}, expected {count} numbers")
