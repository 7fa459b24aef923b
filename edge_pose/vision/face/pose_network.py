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
from edge_pose.vision.geometry import Matrix, angles_of_rows
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
    return np.array(_columns(six.tolist())).T


def head_angles(pose: NDArray[np.floating]) -> tuple[float, float, float]:
    """(yaw, pitch, roll) in degrees of a network's six numbers, or of its three by 90°."""
    numbers = pose.tolist()
    if len(numbers) == 6:
        first, second, third = zip(*_columns(numbers), strict=True)
        return angles_of_rows((first, second, third))
    yaw, pitch, roll = (90.0 * number for number in numbers)
    return yaw, pitch, roll


_Vector = tuple[float, float, float]


def _columns(six: list[float]) -> tuple[_Vector, _Vector, _Vector]:
    """In plain numbers: for six of them, arrays cost many times their arithmetic."""
    a = _unit((six[0], six[1], six[2])) or (1.0, 0.0, 0.0)
    along = a[0] * six[3] + a[1] * six[4] + a[2] * six[5]
    across = (six[3] - along * a[0], six[4] - along * a[1], six[5] - along * a[2])
    b = _unit(across) or _any_across(a)
    c = (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])
    return a, b, c


def _any_across(a: _Vector) -> _Vector:
    """Where both are one line the second is free: any direction across the first."""
    least = min(range(3), key=lambda i: abs(a[i]))
    rest = [float(i == least) - a[i] * a[least] for i in range(3)]
    length = math.sqrt(sum(part * part for part in rest))
    return rest[0] / length, rest[1] / length, rest[2] / length


def _unit(vector: _Vector) -> _Vector | None:
    """Of length 1; None where there is no direction."""
    x, y, z = vector
    length = math.sqrt(x * x + y * y + z * z)
    return None if length < 1e-6 else (x / length, y / length, z / length)


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
