"""What may stand before a face, for whole batches in PyTorch: patch, mask, sunglasses, hand.

Images (N, C, H, W) float 0 to 1 and landmarks (N, 68, 2) from -1 to 1. ``Covered`` tells what each
image got, so that flags and visible eyes are known.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

_JAW, _BRIDGE = slice(2, 15), 28
_LIDS = ((36, 42), (42, 48))
"""Landmarks of the person's right and left eye."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Covered:
    """(N,) bool each but ``share`` (N,), of the middle that is hidden, and ``eyes`` (N, 2): how
    far each eye (left, right: the person's) is covered."""

    mask: Tensor
    dark_glasses: Tensor
    hand: Tensor
    share: Tensor
    eyes: Tensor


def cover(x: Tensor, points: Tensor) -> Covered:
    """Lays obstacles over the batch in place."""
    n = len(x)
    draw = torch.rand(n, device=x.device)
    alpha = torch.zeros(n, 1, *x.shape[2:], device=x.device)
    kinds: dict[str, Tensor] = {}
    low = 0.0
    for name, chance, lay in _KINDS:
        chosen = (draw >= low) & (draw < low + chance)
        low += chance
        kinds[name] = chosen
        rows = chosen.nonzero()[:, 0]
        if len(rows):
            x[rows], alpha[rows] = lay(x[rows], points[rows])
    h, w = x.shape[2:]
    inner = alpha[:, :, h // 6 : h - h // 6, w // 6 : w - w // 6]
    return Covered(
        mask=kinds["mask"],
        dark_glasses=kinds["sunglasses"],
        hand=kinds["hand"],
        share=inner.mean(dim=(1, 2, 3)),
        eyes=eyes_under(alpha, points),
    )


def eyes_under(alpha: Tensor, points: Tensor) -> Tensor:
    """(N, 2): how far the left and the right eye lie under what covers them."""
    centres = torch.stack([points[:, a:b].mean(dim=1) for a, b in reversed(_LIDS)], dim=1)
    return functional.grid_sample(alpha, centres[:, None], align_corners=False)[:, 0, 0]


def patch(x: Tensor, _points: Tensor) -> tuple[Tensor, Tensor]:
    """A flat or noisy rectangle somewhere (cut-out, DeVries and Taylor 2017)."""
    u, v = _grid(x)
    wide, high = _draw(x, 0.1, 0.5), _draw(x, 0.1, 0.5)
    left, top = _draw(x, 0, 1) * (2 - 2 * wide) - 1, _draw(x, 0, 1) * (2 - 2 * high) - 1
    inside = (u > left) & (u < left + 2 * wide) & (v > top) & (v < top + 2 * high)
    return _laid(x, inside.float(), _texture(x))


def mask(x: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
    """A face mask: from the bridge of the nose down to the jaw."""
    outline = torch.cat([points[:, _JAW], points[:, _BRIDGE : _BRIDGE + 1]], dim=1)
    base = torch.tensor([[0.93, 0.95, 0.97], [0.47, 0.67, 0.82], [0.1, 0.1, 0.12]])
    kind = torch.randint(3, (len(x),))
    colour = base[kind].to(x.device)[:, : x.shape[1], None, None] * _draw(x, 0.7, 1.05)
    shade = 0.85 + 0.3 * _smooth(x, 4)
    return _laid(x, _polygon(x, outline), colour * shade)


def sunglasses(x: Tensor, points: Tensor) -> tuple[Tensor, Tensor]:
    """Two dark lenses with a bar between; mostly black, sometimes the eye shines through."""
    across = points[:, 45] - points[:, 36]
    reach = across.norm(dim=1).view(-1, 1, 1, 1) / 2
    lean = torch.atan2(across[:, 1], across[:, 0]).view(-1, 1, 1, 1)
    wide, high = reach * _draw(x, 0.42, 0.62), reach * _draw(x, 0.30, 0.5)
    power = _draw(x, 2.0, 4.0)
    alpha = torch.zeros(len(x), 1, *x.shape[2:], device=x.device)
    for a, b in _LIDS:
        centre = points[:, a:b].mean(dim=1)
        alpha = torch.maximum(alpha, _ellipse(x, centre, (wide, high), lean, power))
    bar = _ellipse(x, points[:, [39, 42]].mean(dim=1), (reach * 0.5, reach * 0.06), lean)
    alpha = torch.maximum(alpha, bar) * _draw(x, 0.88, 1.0)
    colour = _draw(x, 0.0, 0.25, x.shape[1]) + 0.25 * _smooth(x, 3) * _draw(x, 0, 1)
    return _laid(x, alpha, colour)


def hand(x: Tensor, _points: Tensor) -> tuple[Tensor, Tensor]:
    """A hand or a phone that comes in from below or from a side: a few skin-like lobes."""
    n = len(x)
    skin = torch.tensor([0.8, 0.59, 0.47], device=x.device)[: x.shape[1]].view(1, -1, 1, 1)
    centre = torch.rand(n, 2, device=x.device) * torch.tensor([1.4, 1.0], device=x.device)
    centre = centre - torch.tensor([0.7, 0.0], device=x.device)
    lean = _draw(x, -math.pi / 3, math.pi / 3)
    fingers = torch.randint(1, 5, (n, 1, 1, 1), device=x.device)
    alpha = torch.zeros(n, 1, *x.shape[2:], device=x.device)
    for finger in range(4):
        at = centre - torch.tensor([0.0, 0.16 * finger], device=x.device)
        lobe = _ellipse(x, at, (_draw(x, 0.3, 0.6), _draw(x, 0.08, 0.18)), lean)
        alpha = torch.maximum(alpha, lobe * (finger < fingers))
    light = _draw(x, 0.3, 1.15) * (0.8 + 0.4 * _smooth(x, 5))
    return _laid(x, alpha, skin * light)


def hidden(x: Tensor, _points: Tensor) -> tuple[Tensor, Tensor]:
    """Nearly nothing of the face left: an object over all its middle."""
    u, v = _grid(x)
    edge = _draw(x, 0.02, 0.16, 2) * 2
    inside = (u.abs() < 1 - edge[:, :1]) & (v.abs() < 1 - edge[:, 1:])
    return _laid(x, inside.float(), _texture(x))


def _laid(x: Tensor, alpha: Tensor, colour: Tensor) -> tuple[Tensor, Tensor]:
    return (x * (1 - alpha) + colour * alpha).clamp(0, 1), alpha


def _draw(x: Tensor, low: float, high: float, channels: int = 1) -> Tensor:
    return torch.rand(len(x), channels, 1, 1, device=x.device) * (high - low) + low


def _grid(x: Tensor) -> tuple[Tensor, Tensor]:
    h, w = x.shape[2:]
    u = torch.linspace(-1 + 1 / w, 1 - 1 / w, w, device=x.device).view(1, 1, 1, w)
    v = torch.linspace(-1 + 1 / h, 1 - 1 / h, h, device=x.device).view(1, 1, h, 1)
    return u, v


def _ellipse(
    x: Tensor,
    centre: Tensor,
    axes: tuple[Tensor, Tensor],
    lean: Tensor,
    power: Tensor | float = 2.0,
) -> Tensor:
    """Soft-edged; half ``axes`` in units of half the picture's width; ``power`` 2 is round, more is
    squarer."""
    wide, high = axes
    u, v = _grid(x)
    v = v * x.shape[2] / x.shape[3]
    du = u - centre[:, 0].view(-1, 1, 1, 1)
    dv = v - centre[:, 1].view(-1, 1, 1, 1) * x.shape[2] / x.shape[3]
    c, s = torch.cos(lean), torch.sin(lean)
    along, over = ((du * c + dv * s) / wide).abs(), ((dv * c - du * s) / high).abs()
    return torch.sigmoid(12.0 * (1.0 - along**power - over**power))


def _polygon(x: Tensor, corners: Tensor) -> Tensor:
    """(N, 1, H, W): 1 inside, by counting crossings to the right."""
    u, v = _grid(x)
    inside = torch.zeros(len(x), 1, *x.shape[2:], dtype=torch.bool, device=x.device)
    ends = torch.roll(corners, -1, dims=1)
    for k in range(corners.shape[1]):
        (x1, y1), (x2, y2) = (
            (at[:, k, i].view(-1, 1, 1, 1) for i in (0, 1)) for at in (corners, ends)
        )
        between = (y1 > v) != (y2 > v)
        slope = (x2 - x1) / torch.where((y2 - y1).abs() < 1e-6, 1e-6, y2 - y1)
        inside ^= between & (u < x1 + (v - y1) * slope)
    return inside.float()


def _smooth(x: Tensor, cells: int) -> Tensor:
    """Soft random shades 0 to 1."""
    small = torch.rand(len(x), 1, cells, cells, device=x.device)
    return functional.interpolate(small, x.shape[2:], mode="bilinear", align_corners=False)


def _texture(x: Tensor) -> Tensor:
    """Flat, blotched or noisy colours."""
    kind = _draw(x, 0, 1)
    flat = _draw(x, 0, 1, x.shape[1])
    blotches = torch.cat([_smooth(x, 5) for _ in range(x.shape[1])], dim=1)
    fine = torch.where(kind < 0.75, blotches, torch.rand_like(x))
    return torch.where(kind < 0.5, flat.expand_as(x), fine)


Lay = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
_KINDS: tuple[tuple[str, float, Lay], ...] = (
    ("patch", 0.20, patch),
    ("mask", 0.06, mask),
    ("sunglasses", 0.07, sunglasses),
    ("hand", 0.08, hand),
    ("hidden", 0.015, hidden),
)
