"""Light, lens and obstacles: what a camera in a car does to a face, on uint8 RGB crops."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.augment.occlusion import cover

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Rng = np.random.Generator


def disturb(
    crop: Pixels, points: Floats, photometry: bool, occlusion: bool, rng: Rng
) -> tuple[Pixels, float]:
    """The crop after what may have happened to it, and the share of the face that is hidden."""
    covered = 0.0
    if occlusion:
        crop, covered = cover(crop, points, rng)
    if photometry:
        for chance, change in _CHANGES:
            if rng.random() < chance:
                crop = change(crop, rng)
    return crop, covered


def tone(crop: Pixels, rng: Rng) -> Pixels:
    """Brightness, contrast and gamma in one table, sometimes a tint."""
    gain = float(np.exp(rng.uniform(-1.0, 0.35)))
    gamma = float(np.exp(rng.uniform(-0.5, 0.5)))
    contrast, pivot = float(np.exp(rng.uniform(-0.4, 0.4))), float(rng.uniform(0.3, 0.6))
    levels = (np.arange(256) / 255.0) ** gamma * gain
    levels = (levels - pivot * gain) * contrast + pivot * gain
    if rng.random() < 0.4:
        tint = np.exp(rng.uniform(-0.2, 0.2, 3))
        table = np.clip(levels[:, None] * tint, 0, 1)
        return np.asarray(cv2.LUT(crop, (table * 255).astype(np.uint8)[None]), np.uint8)
    return np.asarray(cv2.LUT(crop, (np.clip(levels, 0, 1) * 255).astype(np.uint8)), np.uint8)


def grey(crop: Pixels, _rng: Rng) -> Pixels:
    return _three(np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8))


def infrared(crop: Pixels, rng: Rng) -> Pixels:
    """Near-infrared with a lamp by the camera: red-heavy grey, bright middle, dark surround."""
    red = crop @ np.array([0.7, 0.25, 0.05], np.float32)
    lamp = _blob(crop.shape[0], rng.uniform(0.35, 0.65, 2), rng.uniform(0.35, 0.7))
    lit = red * (0.25 + rng.uniform(0.8, 1.6) * lamp)
    return _three(np.clip(lit, 0, 255).astype(np.uint8))


def glare(crop: Pixels, rng: Rng) -> Pixels:
    """A low sun or a headlight: a bright veil over a part of the picture."""
    veil = _blob(crop.shape[0], rng.uniform(0.0, 1.0, 2), rng.uniform(0.12, 0.45))
    light = veil[..., None] * rng.uniform(60, 230) * rng.uniform(0.8, 1.0, 3).astype(np.float32)
    return np.asarray(np.clip(crop + light, 0, 255), np.uint8)


def side_light(crop: Pixels, rng: Rng) -> Pixels:
    """One half in shadow, as beside a window."""
    size = crop.shape[0]
    ramp = np.linspace(rng.uniform(0.1, 0.6), 1.0, size, dtype=np.float32)
    if rng.random() < 0.5:
        ramp = ramp[::-1]
    shade = ramp[None, :, None] if rng.random() < 0.7 else ramp[:, None, None]
    return np.asarray(crop * shade, np.uint8)


def blur(crop: Pixels, rng: Rng) -> Pixels:
    return np.asarray(cv2.GaussianBlur(crop, (0, 0), float(rng.uniform(0.5, 2.4))), np.uint8)


def motion_blur(crop: Pixels, rng: Rng) -> Pixels:
    length = int(rng.integers(3, 10))
    kernel = np.zeros((length, length), np.float32)
    tip = (rng.uniform(0, 1, 2) * (length - 1)).round().astype(int)
    cv2.line(kernel, (int(tip[0]), int(tip[1])), (length - 1 - int(tip[0]), length - 1), 1.0)
    return np.asarray(cv2.filter2D(crop, -1, kernel / kernel.sum()), np.uint8)


def coarse(crop: Pixels, rng: Rng) -> Pixels:
    """A face far from the camera: few pixels, enlarged."""
    size = crop.shape[0]
    small = int(size * rng.uniform(0.25, 0.7))
    shrunk = cv2.resize(crop, (small, small), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(shrunk, (size, size), interpolation=cv2.INTER_LINEAR), np.uint8)


def jpeg(crop: Pixels, rng: Rng) -> Pixels:
    _, code = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 70))])
    return np.asarray(cv2.imdecode(code, 1), np.uint8)


def noise(crop: Pixels, rng: Rng) -> Pixels:
    """Sensor noise. Drawn from a fixed bank, rolled: drawing 37 632 normals each is slow."""
    start = int(rng.integers(0, _BANK.size - crop.size))
    grain = _BANK[start : start + crop.size].reshape(crop.shape) * rng.uniform(2, 16)
    return np.asarray(np.clip(crop + grain, 0, 255), np.uint8)


def restyled(crop: Pixels, other: Pixels, reach: float = 0.06) -> Pixels:
    """The crop with the low-frequency amplitudes of another image: its light, not its shapes.

    Source: Yang and Soatto, "FDA: Fourier Domain Adaptation", CVPR 2020.
    """
    size = crop.shape[0]
    small = cv2.resize(other, (size, size), interpolation=cv2.INTER_AREA)
    ours, theirs = (np.fft.rfft2(image, axes=(0, 1)) for image in (crop, small))
    n = max(1, int(size * reach))
    for rows in (slice(0, n), slice(-n, None)):
        part = ours[rows, :n]
        ours[rows, :n] = np.abs(theirs[rows, :n]) * np.exp(1j * np.angle(part))
    mixed = np.fft.irfft2(ours, s=(size, size), axes=(0, 1))
    return np.asarray(np.clip(mixed, 0, 255), np.uint8)


def _three(grey_image: NDArray[np.uint8]) -> Pixels:
    return np.asarray(cv2.cvtColor(grey_image, cv2.COLOR_GRAY2RGB), np.uint8)


def _blob(size: int, centre: NDArray[np.float64], radius: float) -> Floats:
    """A soft bright spot, 0 to 1; ``centre`` and ``radius`` in picture sizes."""
    at = np.linspace(0, 1, size, dtype=np.float32)
    x, y = (np.exp(-(((at - np.float32(c)) / np.float32(radius)) ** 2)) for c in centre)
    return np.asarray(y[:, None] * x[None, :], np.float32)


_BANK = np.random.default_rng(7).normal(0.0, 1.0, 1 << 20).astype(np.float32)
_CHANGES: tuple[tuple[float, Callable[[Pixels, Rng], Pixels]], ...] = (
    (0.7, tone),
    (0.18, grey),
    (0.08, infrared),
    (0.08, side_light),
    (0.08, glare),
    (0.15, blur),
    (0.08, motion_blur),
    (0.10, coarse),
    (0.20, noise),
    (0.12, jpeg),
)
