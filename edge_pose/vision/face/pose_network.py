"""The pose network: a tight face box in, head angles and their expected error out."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ModelError
from edge_pose.models.card import ModelCard, SpreadCalibration, read_card, verified
from edge_pose.values import Box, HeadPose
from edge_pose.vision.geometry import Matrix, euler_angles
from edge_pose.vision.image.crop import face_crop
from edge_pose.vision.tflite.interpreter import ImageModel

_MAX_STD_DEG = 90.0


class HeadPoseModel:
    """A pose network from its .tflite file and the card beside it."""

    def __init__(self, path: Path, *, threads: int = 1, delegate: str | None = None) -> None:
        self.card: ModelCard = read_card(path)
        self._model = ImageModel(
            verified(path, self.card.sha256),
            gain=1.0 / 127.5,
            offset=-1.0,
            threads=threads,
            delegate=delegate,
        )
        self._size = self.card.input.size
        _check(self._model, self.card)
        self._crop = np.zeros((self._size, self._size, 3), np.uint8)

    def estimate(self, image: NDArray[np.uint8], box: Box) -> HeadPose:
        """Head angles as the crop around a tight face box shows them. ``image``: uint8 BGR."""
        face_crop(image, box, self.card.input.crop_scale, self._size, out=self._crop)
        cv2.cvtColor(self._crop, cv2.COLOR_BGR2RGB, dst=self._crop)
        return self.read(self._crop)

    def read(self, rgb: NDArray[np.uint8]) -> HeadPose:
        """Head angles of a finished crop: uint8 RGB, (size, size, 3)."""
        outputs = self._model.run(rgb)
        yaw, pitch, roll = head_angles(outputs["pose"].ravel().astype(np.float64))
        spread = outputs.get("spread")
        std = None if spread is None else pose_std_deg(float(spread.ravel()[0]), self.card.spread)
        return HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, std_deg=std)


def rotation_from_6d(six: NDArray[np.float64]) -> Matrix:
    """Gram–Schmidt: the rotation (3, 3) whose first two columns are nearest to six numbers.

    Source: Zhou et al., "On the Continuity of Rotation Representations in Neural Networks",
    CVPR 2019.
    """
    first = _unit(six[:3], np.array([1.0, 0.0, 0.0]))
    # Where both are one line the second is free: any direction across the first.
    across = np.eye(3)[int(np.abs(first).argmin())]
    second = _unit(six[3:] - np.dot(first, six[3:]) * first, across - first * np.dot(first, across))
    return np.stack([first, second, np.cross(first, second)], axis=1)


def _unit(vector: NDArray[np.float64], otherwise: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.linalg.norm(vector))
    if length < 1e-6:
        return np.asarray(otherwise / np.linalg.norm(otherwise))
    return np.asarray(vector / length)


def head_angles(pose: NDArray[np.float64]) -> tuple[float, float, float]:
    """(yaw, pitch, roll) in degrees of a network's six numbers, or of its three by 90°."""
    if pose.size == 6:
        return euler_angles(rotation_from_6d(pose))
    yaw, pitch, roll = (90.0 * pose).tolist()
    return yaw, pitch, roll


def pose_std_deg(spread: float, calibration: SpreadCalibration | None) -> float:
    """The expected error in degrees that a network's spread means."""
    fitted = calibration or SpreadCalibration()
    return min(_MAX_STD_DEG, math.exp(min(5.0, fitted.scale * spread + fitted.offset)))


def _check(model: ImageModel, card: ModelCard) -> None:
    size = (card.input.size, card.input.size)
    if model.size != size:
        raise ModelError(f"{model.path}: takes {model.size} images, but its card says {size}")
    shape = model.output_shapes.get("pose", ())
    expected = 6 if card.head == "rotation6d" else 3
    if math.prod(shape) != expected or not shape:
        raise ModelError(f"{model.path}: output `pose` is {shape}, expected {expected} numbers")
