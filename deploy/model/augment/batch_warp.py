"""Geometry of whole batches in PyTorch: crops and eye strips cut anew, labels with them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from deploy.model.augment.example import Strength
from deploy.model.base.angles import MIRRORED_68

STRIP_SCALE = 1.5
"""Width of the eye strip in distances of the outer eye corners (landmarks 36 and 45)."""
_BORDERS = ("zeros", "border", "reflection")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shift:
    """How strips are cut beside the exact place, as at run time: shares and degrees, SD."""

    along: float = 0.05
    scale: float = 0.06
    turn_deg: float = 3.0


def face_affine(box: Tensor, size: int, strength: Strength, turn_deg: Tensor) -> Tensor:
    """(N, 2, 3) from pixels of the stored crop to those of the network's input."""
    n, device = len(box), box.device
    c, s = torch.cos(torch.deg2rad(turn_deg)), torch.sin(torch.deg2rad(turn_deg))
    wide, high = box[:, 2] - box[:, 0], box[:, 3] - box[:, 1]
    # The upright box of the turned face, taken as an ellipse: that is what a detector gives.
    side = torch.maximum(torch.hypot(wide * c, high * s), torch.hypot(wide * s, high * c))
    grown = torch.exp((torch.rand(n, device=device) * 2 - 1) * strength.scale)
    factor = size / (side * strength.crop_scale * grown)
    linear = factor[:, None, None] * torch.stack([c, -s, s, c], 1).view(n, 2, 2)
    centre = torch.stack([(box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2], 1)
    move = (torch.randn(n, 2, device=device) * 0.5).clamp(-1, 1) * strength.shift
    shift = move * (side * factor)[:, None]
    # Pixel centres are at whole numbers, so the middle of the input is (size - 1) / 2.
    offset = (size - 1) / 2 + shift - torch.einsum("nij,nj->ni", linear, centre - 0.5)
    return torch.cat([linear, offset[:, :, None]], dim=2)


def random_turn_deg(n: int, strength: Strength, device: torch.device) -> Tensor:
    limit = strength.rotate_deg
    turn = (torch.randn(n, device=device) * limit / 2.2).clamp(-limit, limit)
    return turn * (torch.rand(n, device=device) > 0.2)


def strip_affine(corners: Tensor, height: int, width: int, shift: Shift | None) -> Tensor:
    """(N, 2, 3) from picture to strip pixels. ``corners``: (N, 2, 2) of landmarks 36 and 45."""
    n, device = len(corners), corners.device
    across = corners[:, 1] - corners[:, 0]
    lean = torch.atan2(across[:, 1], across[:, 0])
    length = across.norm(dim=1).clamp(min=1.0)
    factor = width / (STRIP_SCALE * length)
    middle = corners.mean(dim=1)
    if shift is not None:
        noise = torch.randn(n, 4, device=device).clamp(-2, 2)
        lean = lean + noise[:, 0] * math.radians(shift.turn_deg)
        factor = factor * torch.exp(noise[:, 1] * shift.scale)
        middle = middle + noise[:, 2:] * shift.along * length[:, None]
    c, s = torch.cos(lean) * factor, torch.sin(lean) * factor
    linear = torch.stack([c, s, -s, c], 1).view(n, 2, 2)
    goal = torch.tensor([(width - 1) / 2, (height - 1) / 2], device=device)
    offset = goal - torch.einsum("nij,nj->ni", linear, middle)
    return torch.cat([linear, offset[:, :, None]], dim=2)


def warp(images: Tensor, affine: Tensor, height: int, width: int, border: str = "zeros") -> Tensor:
    """(N, C, H, W) of any type → float (N, C, height, width), bilinear."""
    inverse = _inverse(affine[:, :, :2])
    start = -torch.einsum("nij,nj->ni", inverse, affine[:, :, 2])
    half = torch.tensor([(width - 1) / 2, (height - 1) / 2], device=affine.device)
    source = torch.tensor(
        [2 / (images.shape[3] - 1), 2 / (images.shape[2] - 1)], device=affine.device
    )
    theta = torch.empty_like(affine)
    theta[:, :, :2] = inverse * half[None, None, :] * source[None, :, None]
    theta[:, :, 2] = (torch.einsum("nij,j->ni", inverse, half) + start) * source - 1
    shape = [len(images), images.shape[1], height, width]
    grid = functional.affine_grid(theta, shape, align_corners=True)
    return functional.grid_sample(images.float(), grid, padding_mode=border, align_corners=True)


def _inverse(linear: Tensor) -> Tensor:
    """Of (N, 2, 2); without the check, and wait, of the library's."""
    (a, b), (c, d) = linear.unbind(1)[0].unbind(1), linear.unbind(1)[1].unbind(1)
    flat = torch.stack([d, -b, -c, a], dim=1) / (a * d - b * c)[:, None]
    return flat.view(-1, 2, 2)


def any_border() -> str:
    return _BORDERS[int(torch.randint(len(_BORDERS), (1,)))]


def moved(points: Tensor, affine: Tensor) -> Tensor:
    """Points (N, K, 2) through (N, 2, 3)."""
    return torch.einsum("nij,nkj->nki", affine[:, :, :2], points) + affine[:, None, :, 2]


def in_units(points: Tensor, height: int, width: int) -> Tensor:
    """Pixel centres to -1 … 1 from edge to edge."""
    size = torch.tensor([width, height], device=points.device)
    return (points + 0.5) * (2.0 / size) - 1.0


def rolled(rotation: Tensor, turn_deg: Tensor) -> Tensor:
    """Rz(turn) · R: the rotation of a face whose image was turned clockwise."""
    c, s = torch.cos(torch.deg2rad(turn_deg)), torch.sin(torch.deg2rad(turn_deg))
    zero, one = torch.zeros_like(c), torch.ones_like(c)
    turn = torch.stack([c, s, zero, -s, c, zero, zero, zero, one], 1).view(-1, 3, 3)
    return turn @ rotation


_SIGNS = torch.tensor([[1.0, -1.0, -1.0], [-1.0, 1.0, 1.0], [-1.0, 1.0, 1.0]])
_ORDER = torch.tensor(MIRRORED_68)


def mirrored_rotation(rotation: Tensor) -> Tensor:
    return rotation * _SIGNS.to(rotation.device)


def mirrored_points(points: Tensor) -> Tensor:
    """(N, 68, 2) in -1 … 1, in the order of the mirrored face."""
    flip = torch.tensor([-1.0, 1.0], device=points.device)
    return (points * flip)[:, _ORDER.to(points.device)]
