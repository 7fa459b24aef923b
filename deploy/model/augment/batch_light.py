"""Light, lens and sensor of whole batches in PyTorch: (N, C, H, W) float, 0 to 1.

Each change meets a random run of the batch, whose order is random itself; what is drawn once for a
run is drawn for few images.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from torch.nn import functional

Change = Callable[[Tensor], Tensor]


def sometimes(x: Tensor, chance: float, change: Change, runs: int = 1) -> None:
    """Changes that share of the batch in place, in so many runs."""
    each = max(1, round(len(x) * chance / runs))
    for _ in range(runs):
        start = int(torch.randint(len(x) - each + 1, (1,)))
        x[start : start + each] = change(x[start : start + each]).clamp(0, 1)


def disturb(x: Tensor) -> Tensor:
    """All that a camera and the light may do to a face crop, in place."""
    for chance, change, runs in _CHANGES:
        if x.shape[1] == 3 or change not in _COLOUR:
            sometimes(x, chance, change, runs)
    return x


def disturb_strip(x: Tensor) -> Tensor:
    """The same for grey eye strips, gently: an iris is a few pixels wide."""
    for chance, change, runs in _STRIP_CHANGES:
        sometimes(x, chance, change, runs)
    return x


def _draw(x: Tensor, low: float, high: float, channels: int = 1) -> Tensor:
    shape = (len(x), channels, 1, 1)
    return torch.rand(shape, device=x.device) * (high - low) + low


def tone(x: Tensor) -> Tensor:
    """Brightness, contrast and gamma, sometimes a tint."""
    gain, gamma = torch.exp(_draw(x, -1.0, 0.35)), torch.exp(_draw(x, -0.5, 0.5))
    contrast, pivot = torch.exp(_draw(x, -0.4, 0.4)), _draw(x, 0.3, 0.6)
    levels = x.clamp(min=1e-4) ** gamma * gain
    levels = (levels - pivot * gain) * contrast + pivot * gain
    tint = torch.exp(_draw(x, -0.2, 0.2, x.shape[1]) * (_draw(x, 0, 1) < 0.4))
    return levels * tint


def grey(x: Tensor) -> Tensor:
    weights = torch.tensor([0.299, 0.587, 0.114], device=x.device).view(1, 3, 1, 1)
    return (x * weights).sum(1, keepdim=True).expand_as(x)


def infrared(x: Tensor) -> Tensor:
    """Near-infrared with a lamp by the camera: red-heavy grey, bright middle, dark surround."""
    weights = torch.tensor([0.7, 0.25, 0.05], device=x.device).view(1, 3, 1, 1)
    red = (x * weights).sum(1, keepdim=True)
    lamp = _blob(x, 0.35, 0.65, 0.35, 0.7)
    return (red * (0.25 + _draw(x, 0.8, 1.6) * lamp)).expand_as(x)


def glare(x: Tensor) -> Tensor:
    """A low sun or a headlight: a bright veil over a part of the picture."""
    colour = _draw(x, 0.8, 1.0, x.shape[1]) * _draw(x, 0.24, 0.9)
    return x + _blob(x, 0.0, 1.0, 0.12, 0.45) * colour


def glint(x: Tensor) -> Tensor:
    """A small bright reflection, as on spectacles."""
    return x + _blob(x, 0.05, 0.95, 0.02, 0.12) * _draw(x, 0.3, 1.2)


def side_light(x: Tensor) -> Tensor:
    """One half in shadow, as beside a window."""
    angle = _draw(x, 0.0, 2 * math.pi)
    v, u = _axes(x)
    ramp = ((u - 0.5) * torch.cos(angle) + (v - 0.5) * torch.sin(angle) + 0.5).clamp(0, 1)
    dark = _draw(x, 0.1, 0.6)
    return x * (dark + (1 - dark) * ramp)


def blur(x: Tensor, least: float = 0.5, most: float = 2.4) -> Tensor:
    sigma = least + (most - least) * float(torch.rand(1))
    at = torch.arange(-5, 6, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-(at**2) / (2 * sigma**2))
    kernel = kernel / kernel.sum()
    return _filtered(_filtered(x, kernel.view(1, -1)), kernel.view(-1, 1))


def motion_blur(x: Tensor, longest: int = 9) -> Tensor:
    length = int(torch.randint(3, longest + 1, (1,)))
    angle = float(torch.rand(1)) * math.pi
    kernel = torch.zeros(length, length)
    for t in torch.linspace(-1, 1, 4 * length).tolist():
        row = round((t * math.sin(angle) + 1) / 2 * (length - 1))
        column = round((t * math.cos(angle) + 1) / 2 * (length - 1))
        kernel[row, column] += 1
    return _filtered(x, (kernel / kernel.sum()).to(x.device))


def coarse(x: Tensor, least: float = 0.25, most: float = 0.7) -> Tensor:
    """A face far from the camera: few pixels, enlarged."""
    share = least + (most - least) * float(torch.rand(1))
    size = [max(4, int(side * share)) for side in x.shape[2:]]
    small = functional.interpolate(x, size, mode="area")
    return functional.interpolate(small, x.shape[2:], mode="bilinear", align_corners=False)


def noise(x: Tensor) -> Tensor:
    """Sensor noise, more of it where there is little light."""
    return x + torch.randn_like(x) * _draw(x, 0.008, 0.065) * (0.6 + 0.8 * (1 - x))


def grain(x: Tensor) -> Tensor:
    """Less noise, for strips, whose contrast is raised to one deviation afterwards."""
    return x + torch.randn_like(x) * _draw(x, 0.004, 0.03) * (0.6 + 0.8 * (1 - x))


def foreign(x: Tensor) -> Tensor:
    """Textures and colours that no renderer makes: a random filter, mixed in (Xu et al., "Robust
    and Generalizable Visual Representation Learning via Random Convolutions", ICLR 2021)."""
    c, side = x.shape[1], 1 + 2 * int(torch.randint(3, (1,)))
    weights = torch.randn(c, c, side, side, device=x.device) / math.sqrt(c * side * side)
    reach = side // 2
    padded = functional.pad(x, (reach, reach, reach, reach), mode="replicate")
    seen = functional.conv2d(padded, weights)
    mean, deviation = seen.mean(dim=(2, 3), keepdim=True), seen.std(dim=(2, 3), keepdim=True)
    like = (seen - mean) / (deviation + 1e-3) * x.std(dim=(2, 3), keepdim=True)
    like = like + x.mean(dim=(2, 3), keepdim=True)
    return x + (like - x) * _draw(x, 0.0, 0.8)


def jpeg(x: Tensor) -> Tensor:
    """Blocks of 8 × 8, their cosine coefficients rounded, the higher ones more coarsely."""
    n, c, h, w = x.shape
    high, wide = h // 8 * 8, w // 8 * 8
    basis = _cosines(x.device)
    blocks = x[:, :, :high, :wide].reshape(n, c, high // 8, 8, wide // 8, 8).transpose(3, 4)
    at = torch.arange(8, device=x.device, dtype=x.dtype)
    step = _draw(x, 0.02, 0.16).view(n, 1, 1, 1, 1, 1) * (1 + 0.4 * (at[:, None] + at[None]))
    waves = basis @ (blocks - 0.5) @ basis.T
    blocks = basis.T @ (torch.round(waves / step) * step) @ basis + 0.5
    out = x.clone()
    out[:, :, :high, :wide] = blocks.transpose(3, 4).reshape(n, c, high, wide)
    return out


def _cosines(device: torch.device) -> Tensor:
    at = torch.arange(8, dtype=torch.float32)
    basis = torch.cos((2 * at[None] + 1) * at[:, None] * math.pi / 16) * 0.5
    basis[0] /= math.sqrt(2.0)
    return basis.to(device)


def _filtered(x: Tensor, kernel: Tensor) -> Tensor:
    c = x.shape[1]
    weights = kernel.to(x.dtype).expand(c, 1, *kernel.shape)
    k, m = kernel.shape
    padded = functional.pad(x, (m // 2, (m - 1) // 2, k // 2, (k - 1) // 2), mode="replicate")
    return functional.conv2d(padded, weights, groups=c)


def _axes(x: Tensor) -> tuple[Tensor, Tensor]:
    h, w = x.shape[2:]
    v = torch.linspace(0, 1, h, device=x.device).view(1, 1, h, 1)
    return v, torch.linspace(0, 1, w, device=x.device).view(1, 1, 1, w)


def _blob(x: Tensor, near: float, far: float, least: float, most: float) -> Tensor:
    """Soft bright spots, 0 to 1; place between ``near`` and ``far``, radius in picture sizes."""
    v, u = _axes(x)
    radius = _draw(x, least, most)
    flat = x.shape[2] / x.shape[3]
    across = ((u - _draw(x, near, far)) / radius) ** 2
    return torch.exp(-across - ((v - _draw(x, near, far)) * flat / radius) ** 2)


_COLOUR: tuple[Change, ...] = (grey, infrared)
_CHANGES: tuple[tuple[float, Change, int], ...] = (
    (0.7, tone, 1),
    (0.18, grey, 1),
    (0.08, infrared, 1),
    (0.08, side_light, 1),
    (0.08, glare, 1),
    (0.15, blur, 4),
    (0.08, motion_blur, 3),
    (0.10, coarse, 3),
    (0.20, noise, 1),
    (0.12, jpeg, 1),
)
_STRIP_CHANGES: tuple[tuple[float, Change, int], ...] = (
    (0.7, tone, 1),
    (0.15, side_light, 1),
    (0.08, glare, 1),
    (0.12, glint, 1),
    (0.25, partial(coarse, least=0.23, most=0.9), 5),
    (0.15, partial(blur, least=0.5, most=2.1), 4),
    (0.06, partial(motion_blur, longest=7), 4),
    (0.25, grain, 1),
    (0.06, jpeg, 1),
)
