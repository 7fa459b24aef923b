"""Batches for the face network: crops seen anew, each beside its mirror image, and labels."""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch
from torch import Tensor

from deploy.model.augment.batch_cover import Covered, cover
from deploy.model.augment.batch_light import disturb, foreign, sometimes
from deploy.model.augment.batch_warp import (
    any_border,
    face_affine,
    in_units,
    mirrored_points,
    mirrored_rotation,
    moved,
    random_turn_deg,
    rolled,
    warp,
)
from deploy.model.augment.example import Strength
from deploy.model.training.shelf import Draw

SHAPE = (3, 160, 160)
ABSENT = 0.05
"""Share of crops without a face: corners of pictures, and crops that lost most of their face."""
_SWAPPED = [0, 2, 1, 3, 4, 5, 6]
"""Flags of the mirrored face: left and right eye change places."""
_FILTERS = 6
_HIDDEN, _FREE = 0.6, 0.25
"""An eye is covered beyond the first share, uncovered below the second."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceBatch:
    """``image`` (2N, 3, S, S): N crops, then their mirror images. ``points`` (2N, 68, 2) from -1
    to 1, NaN unknown; ``weight`` (2N,) trust in the pose; ``absent`` (2N,) bool; ``flags``
    (2N, 7), NaN unknown."""

    image: Tensor
    rotation: Tensor
    points: Tensor
    weight: Tensor
    absent: Tensor
    flags: Tensor


def face_batch(
    draw: Draw, count: int, size: int, strength: Strength, beside: bool = True
) -> FaceBatch:
    """``count`` pictures, each with its mirror image ``beside`` it, or one of both."""
    rows = draw.batch(count)
    device = rows["image"].device
    absent = torch.rand(count, device=device) < ABSENT
    turn = random_turn_deg(count, strength, device)
    box = torch.where(absent[:, None], _elsewhere(rows["box"]), rows["box"])
    affine = face_affine(box, size, strength, turn)
    image = warp(rows["image"], affine, size, size, any_border()) / 255.0
    points = in_units(moved(rows["points"], affine), size, size)
    known = points.isfinite().all(dim=2).all(dim=1)
    covered = cover(image, torch.where(known[:, None, None], points, _PLAIN.to(device)))
    if strength.foreign:
        sometimes(image, strength.foreign, foreign, _FILTERS)
    if strength.photometry:
        disturb(image)
    image = image.clamp(0, 1) * 2 - 1
    absent = absent | (covered.share > 0.95)
    flags = _flags(rows["flags"], covered, absent)
    rotation = rolled(rows["rotation"], turn)
    points = torch.where(absent[:, None, None], torch.nan, points)
    weight = torch.where(absent, 0.0, rows["weight"])
    both = FaceBatch(
        image=torch.cat([image, image.flip(3)]),
        rotation=torch.cat([rotation, mirrored_rotation(rotation)]),
        points=torch.cat([points, mirrored_points(points)]),
        weight=weight.repeat(2),
        absent=absent.repeat(2),
        flags=torch.cat([flags, flags[:, _SWAPPED]]),
    )
    return both if beside else _one_of_both(both)


def _one_of_both(batch: FaceBatch) -> FaceBatch:
    """Of each picture and its mirror image one, by chance."""
    count = len(batch.image) // 2
    at = torch.arange(count, device=batch.image.device)
    at = at + count * torch.randint(2, (count,), device=at.device)
    return FaceBatch(**{field.name: getattr(batch, field.name)[at] for field in fields(FaceBatch)})


def _elsewhere(box: Tensor) -> Tensor:
    """Where there is no face: a small square in a corner, or the box moved mostly off its face."""
    n, device = len(box), box.device
    side = torch.rand(n, 1, device=device) * 12 + 14
    corner = torch.randint(2, (n, 2), device=device) * (SHAPE[1] - side)
    small = torch.cat([corner, corner + side], dim=1)
    longer = (box[:, 2:] - box[:, :2]).max(dim=1).values[:, None]
    angle = torch.rand(n, 1, device=device) * 6.2832
    far = torch.cat([torch.cos(angle), torch.sin(angle)], dim=1) * longer
    away = box + (far * (0.85 + 0.3 * torch.rand(n, 1, device=device))).repeat(1, 2)
    return torch.where(torch.rand(n, 1, device=device) < 0.6, small, away)


def _flags(labels: Tensor, covered: Covered, absent: Tensor) -> Tensor:
    """With what the augmentation laid over the face."""
    flags = labels.clone()
    flags[:, 1:3] = torch.where(covered.eyes > _HIDDEN, 0.0, flags[:, 1:3])
    doubt = (covered.eyes > _FREE) & (covered.eyes <= _HIDDEN)
    flags[:, 1:3] = torch.where(doubt, torch.nan, flags[:, 1:3])
    # A patch over spectacles hides them; what is laid on top is known.
    over = (covered.eyes > _FREE).any(dim=1)
    flags[:, 3] = torch.where(over, torch.nan, flags[:, 3])
    flags[:, 4] = torch.where(over, torch.nan, flags[:, 4])
    flags[:, 3] = torch.where(covered.dark_glasses, 1.0, flags[:, 3])
    flags[:, 4] = torch.where(covered.dark_glasses, 1.0, flags[:, 4])
    flags[:, 5] = torch.where(covered.mask, 1.0, flags[:, 5])
    flags[:, 6] = torch.where(covered.hand, 1.0, flags[:, 6])
    flags[absent] = torch.nan
    flags[:, 0] = 1.0 - absent.float()
    return flags


def _plain() -> Tensor:
    """Landmarks at the usual places, for laying obstacles on faces whose own are unknown."""
    points = torch.zeros(68, 2)
    turn = torch.linspace(-1.45, 1.45, 17)
    points[:17] = torch.stack([0.62 * torch.sin(turn), 0.62 * torch.cos(turn)], 1)
    for start, x in ((36, -0.27), (42, 0.27)):
        across = torch.tensor([-1.0, -0.4, 0.4, 1.0, 0.4, -0.4]) * 0.12
        points[start : start + 6] = torch.stack([x + across, torch.full((6,), -0.2)], 1)
    points[27:31, 1] = torch.linspace(-0.2, 0.1, 4)
    return points


_PLAIN = _plain()
