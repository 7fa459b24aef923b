"""Batches for the face network: crops seen anew, each beside its mirror image, and labels."""

from __future__ import annotations

from collections.abc import Callable
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
MOVED = 0.02
"""How far the box of a picture seen twice moves, SD, share of its longer side."""
_HIDDEN, _FREE = 0.6, 0.25
"""An eye is covered beyond the first share, uncovered below the second."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceBatch:
    """``image`` (N, 3, S, S). ``points`` (N, 68, 2) from -1 to 1, NaN unknown; ``weight`` (N,)
    trust in the pose; ``absent`` (N,) bool; ``flags`` (N, 7), NaN unknown. Mirror images beside
    the crops are the second half, in the crops' order."""

    image: Tensor
    rotation: Tensor
    points: Tensor
    weight: Tensor
    absent: Tensor
    flags: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How ``face_batch`` shows what it draws. ``beside``: each picture with its mirror image, or
    one of both; ``pairs``: of the pictures, so many are two by two of one pose, the last
    2 · ``pairs`` of those without mirror images: the first of all pairs, then the second."""

    beside: bool = True
    pairs: int = 0


BESIDE = Looks()


def face_batch(
    draw: Draw, count: int, size: int, strength: Strength, looks: Looks = BESIDE
) -> FaceBatch:
    """``count`` pictures, twice as many with their mirror images beside them."""
    single = count - 2 * looks.pairs
    parts = [_seen(draw.batch(single), size, strength)] if single else []
    if looks.pairs:
        # One seed for both of a pair: they are cut, covered and lit alike.
        seed = int(torch.randint(2**31, (1,)))
        for rows in pairs_of(draw, looks.pairs):
            torch.manual_seed(seed)
            parts.append(_seen(rows, size, strength))
    crops = _each(lambda *values: torch.cat(values), *parts)
    mirrored = FaceBatch(
        image=crops.image.flip(3),
        rotation=mirrored_rotation(crops.rotation),
        points=mirrored_points(crops.points),
        weight=crops.weight,
        absent=crops.absent,
        flags=crops.flags[:, _SWAPPED],
    )
    if looks.beside:
        return _each(lambda a, b: torch.cat([a, b]), crops, mirrored)
    return _one_of_both(crops, mirrored, looks.pairs)


def pairs_of(draw: Draw, count: int) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """A third are rendered pairs, which are few; the others one picture twice, the second time its
    box moved."""
    first, second = draw.twins(count // 3)
    same = draw.batch(count - len(first["box"]))
    side = (same["box"][:, 2:] - same["box"][:, :2]).max(dim=1, keepdim=True).values
    step = torch.randn(len(side), 2, device=side.device) * MOVED * side
    again = same | {"box": same["box"] + step.repeat(1, 2)}
    return _joined(first, same), _joined(second, again)


def _joined(a: dict[str, Tensor], b: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: torch.cat([values, b[name]]) for name, values in a.items()}


def _each(change: Callable[..., Tensor], *batches: FaceBatch) -> FaceBatch:
    """A batch whose every field is made of that field of the batches."""
    names = [field.name for field in fields(FaceBatch)]
    return FaceBatch(**{name: change(*(getattr(b, name) for b in batches)) for name in names})


def _one_of_both(crops: FaceBatch, mirrored: FaceBatch, pairs: int) -> FaceBatch:
    """Of each picture and its mirror image one, by chance; of both of a pair the same."""
    turned = torch.rand(len(crops.image), device=crops.image.device) < 0.5
    if pairs:
        turned[-pairs:] = turned[-2 * pairs : -pairs]

    def chosen(a: Tensor, b: Tensor) -> Tensor:
        return torch.where(turned.view(-1, *[1] * (a.ndim - 1)), b, a)

    return _each(chosen, crops, mirrored)


def _seen(rows: dict[str, Tensor], size: int, strength: Strength) -> FaceBatch:
    """A shelf's rows cut, covered and lit anew."""
    count, device = len(rows["box"]), rows["image"].device
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
    absent = absent | (covered.share > 0.95)
    return FaceBatch(
        image=image.clamp(0, 1) * 2 - 1,
        rotation=rolled(rows["rotation"], turn),
        points=torch.where(absent[:, None, None], torch.nan, points),
        weight=torch.where(absent, 0.0, rows["weight"]),
        absent=absent,
        flags=_flags(rows["flags"], covered, absent),
    )


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
