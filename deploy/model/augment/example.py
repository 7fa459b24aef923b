"""Augmentation of one face crop: geometry with its label, in one warp from the stored crop."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.augment.photometry import disturb
from deploy.model.base.angles import MIRRORED_68

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

_FLIP = np.diag([-1.0, 1.0, 1.0]).astype(np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """How far augmentation goes. ``crop_scale``: nominal side of the crop in box sides;
    ``scale``: ± of its natural logarithm; ``shift``: of the box's side; ``style``: share of images
    that take over another image's light and colour; ``foreign``: that are seen through a random
    filter (batches only)."""

    crop_scale: float = 1.5
    scale: float = 0.19
    shift: float = 0.12
    rotate_deg: float = 30.0
    flip: bool = True
    photometry: bool = True
    occlusion: bool = True
    style: float = 0.0
    foreign: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Example:
    """One training example. ``points``: (68, 3) in crop units, -1 to 1 across; ``covered``: the
    share of the face that something hides."""

    image: Pixels
    rotation: Floats
    points: Floats
    covered: float


def augment(
    image: Pixels,
    rotation: Floats,
    box: Floats,
    points: Floats,
    *,
    size: int,
    strength: Strength,
    rng: np.random.Generator,
) -> Example:
    """A face seen anew: crop scale, shift, in-plane turn, mirror, light, blur, cover."""
    turn = _turn_deg(strength, rng)
    mirror = strength.flip and bool(rng.random() < 0.5)
    affine = _affine(box, size, turn, mirror, strength=strength, rng=rng)
    border = _BORDERS[int(rng.integers(len(_BORDERS)))]
    crop = np.asarray(
        cv2.warpAffine(image, affine, (size, size), flags=cv2.INTER_LINEAR, borderMode=border),
        np.uint8,
    )
    seen = moved_points(points, affine, size, mirror)
    crop, covered = disturb(crop, seen, strength.photometry, strength.occlusion, rng)
    return Example(
        image=crop, rotation=_moved_rotation(rotation, turn, mirror), points=seen, covered=covered
    )


_BORDERS = (cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT_101)


def _turn_deg(strength: Strength, rng: np.random.Generator) -> float:
    limit = strength.rotate_deg
    if limit == 0 or rng.random() < 0.2:
        return 0.0
    return float(np.clip(rng.normal(0.0, limit / 2.2), -limit, limit))


def rolled(rotation: Floats, turn_deg: float) -> Floats:
    """The rotation of a face whose image was turned clockwise: Rz(turn) · R."""
    c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    return np.asarray(np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]], np.float32) @ rotation)


def _moved_rotation(rotation: Floats, turn_deg: float, mirror: bool) -> Floats:
    turned = np.asarray(_FLIP @ rotation @ _FLIP, np.float32) if mirror else rotation
    return rolled(turned, turn_deg)


def _affine(
    box: Floats,
    size: int,
    turn_deg: float,
    mirror: bool,
    *,
    strength: Strength,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """(2, 3) map of stored crop to network input: mirror about the box, turn, scale, shift."""
    c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    wide, high = float(box[2] - box[0]), float(box[3] - box[1])
    # The upright box of the turned face, taken as an ellipse: that is what a detector gives.
    side = max(math.hypot(wide * c, high * s), math.hypot(wide * s, high * c))
    factor = size / (side * strength.crop_scale * math.exp(rng.uniform(-1, 1) * strength.scale))
    flip = -1.0 if mirror else 1.0
    linear = factor * np.array([[c * flip, -s], [s * flip, c]])
    centre = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
    shift = np.clip(rng.normal(0.0, 0.5, 2), -1, 1) * strength.shift * side * factor
    # Pixel centres are at whole numbers for cv2, so the middle of the input is (size - 1) / 2.
    offset = (size - 1) / 2 + shift - linear @ (centre - 0.5)
    return np.hstack([linear, offset[:, None]])


def moved_points(points: Floats, affine: NDArray[np.float64], size: int, mirror: bool) -> Floats:
    """Landmarks (68, 3) in the new crop, x and y from -1 to 1, z in the same unit about 0."""
    linear = affine[:, :2]
    factor = math.sqrt(abs(float(np.linalg.det(linear))))
    flat = points[:, :2] @ linear.T + affine[:, 2]
    out = np.empty((68, 3), np.float32)
    out[:, :2] = (flat + 0.5) * (2.0 / size) - 1.0
    out[:, 2] = (points[:, 2] - points[:, 2].mean()) * factor * (2.0 / size)
    return out[MIRRORED_68] if mirror else out
