"""What the face network's training minimises."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from deploy.model.augment.batch_warp import mirrored_points, mirrored_rotation
from deploy.model.training.face_batches import BESIDE, FaceBatch, Looks

POINTS, SPREAD, LENGTH, FLAGS, MIRROR, PAIR = 3.0, 0.02, 0.1, 0.05, 0.2, 0.5
POINT_SPREAD = 0.02
ABSENT_ERROR_DEG = 35.0
"""What the spread shall say where there is no face to see."""
_INNER = 2.0
"""Weight of landmarks 17–67 beside the contour's, which no picture shows exactly."""


def rotation_from_6d(six: Tensor) -> Tensor:
    """Gram–Schmidt: (N, 6) → (N, 3, 3). Zhou et al., CVPR 2019."""
    first = functional.normalize(six[:, :3], dim=1, eps=1e-4)
    second = six[:, 3:]
    second = second - (first * second).sum(1, keepdim=True) * first
    second = functional.normalize(second, dim=1, eps=1e-4)
    return torch.stack([first, second, torch.linalg.cross(first, second)], dim=2)


def geodesic(a: Tensor, b: Tensor) -> Tensor:
    """Radians between rotations, from the chord: smooth at zero."""
    chord = ((a - b) ** 2).sum(dim=(1, 2)).add(1e-8).sqrt()
    return 2.0 * torch.asin((chord / math.sqrt(8.0)).clamp(max=0.999))


def face_loss(
    found: dict[str, Tensor], batch: FaceBatch, looks: Looks = BESIDE
) -> dict[str, Tensor]:
    """The terms by name, weighted."""
    rotation = rotation_from_6d(found["pose"])
    angle = geodesic(rotation, batch.rotation)
    weight = batch.weight
    columns = found["pose"].view(-1, 2, 3).norm(dim=2)
    agree = {}
    if looks.beside:
        agree["mirror"] = MIRROR * _mirror(rotation, found["landmarks"], batch.absent)
    if looks.pairs:
        count = len(rotation) // (2 if looks.beside else 1)
        agree["pair"] = PAIR * _pair(rotation[:count], batch.absent[:count], looks.pairs)
    return {
        "pose": (angle * weight).sum() / weight.sum().clamp(min=1e-6),
        "length": LENGTH * ((columns - 1.0) ** 2).mean(),
        "spread": SPREAD * _spread(angle, found["spread"][:, 0], batch.absent),
        **_points(found, batch),
        "flags": FLAGS * _known(found["flags"], batch.flags),
    } | agree


def _spread(angle: Tensor, spread: Tensor, absent: Tensor) -> Tensor:
    """Least where e^spread is the expected error; its error is cut from the gradient."""
    error = torch.rad2deg(angle.detach())
    error = torch.where(absent, ABSENT_ERROR_DEG, error)
    spread = spread.clamp(-3.0, 6.0)
    return (error * torch.exp(-spread) + spread).mean()


def _points(found: dict[str, Tensor], batch: FaceBatch) -> dict[str, Tensor]:
    seen = found["landmarks"].view(-1, 68, 2)
    known = batch.points.isfinite().all(dim=2)
    miss = (seen - batch.points.nan_to_num()).abs().sum(dim=2)
    weight = known.float()
    weight[:, 17:] *= _INNER
    total = weight.sum().clamp(min=1e-6)
    spread = found["landmark_spread"].clamp(-7.0, 1.0)
    likely = miss.detach() * torch.exp(-spread) + spread
    return {
        "points": POINTS * 0.5 * (miss * weight).sum() / total,
        "point_spread": POINT_SPREAD * (likely * known).sum() / known.sum().clamp(min=1),
    }


def _known(logits: Tensor, flags: Tensor) -> Tensor:
    known = flags.isfinite()
    each = functional.binary_cross_entropy_with_logits(logits, flags.nan_to_num(), reduction="none")
    return (each * known).sum() / known.sum().clamp(min=1) * flags.shape[1]


def _mirror(rotation: Tensor, landmarks: Tensor, absent: Tensor) -> Tensor:
    """The pose of the mirror image is the mirrored pose, and so are the landmarks."""
    half = len(rotation) // 2
    seen = ~absent[:half]
    turn = geodesic(rotation[half:], mirrored_rotation(rotation[:half]))
    points = landmarks.view(-1, 68, 2)
    apart = (points[half:] - mirrored_points(points[:half])).abs().mean(dim=(1, 2))
    return ((turn + apart) * seen).sum() / seen.sum().clamp(min=1)


def _pair(rotation: Tensor, absent: Tensor, count: int) -> Tensor:
    """Both pictures of a pair show one pose: what gaze, lids, speech and a moved box change of it
    is none of the head's doing."""
    first, second = slice(-2 * count, -count), slice(-count, None)
    seen = ~(absent[first] | absent[second])
    turn = geodesic(rotation[first], rotation[second])
    return (turn * seen).sum() / seen.sum().clamp(min=1)
