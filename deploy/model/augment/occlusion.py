"""Things before the face: hand, mask, sunglasses, a patch; how much of the face they hide."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Rng = np.random.Generator

_JAW, _NOSE_TIP, _EYES = slice(2, 15), 30, (36, 45)


def cover(crop: Pixels, points: Floats, rng: Rng) -> tuple[Pixels, float]:
    """The crop with a random obstacle or none, and the share of the face box it hides.

    ``points``: (68, 3) in -1 to 1; where they are NaN only patches are laid.
    """
    known = bool(np.isfinite(points).all())
    draw = rng.random()
    if draw < 0.22:
        return patch(crop, rng)
    if known and draw < 0.28:
        return mask(crop, points, rng), 0.4
    if known and draw < 0.35:
        return sunglasses(crop, points, rng), 0.2
    if draw < 0.42:
        return hand(crop, rng)
    if draw < 0.435:
        return hidden(crop, rng), 1.0
    return crop, 0.0


def patch(crop: Pixels, rng: Rng) -> tuple[Pixels, float]:
    """A flat or noisy rectangle somewhere (cut-out, DeVries and Taylor 2017)."""
    size = crop.shape[0]
    wide, high = (rng.uniform(0.1, 0.5, 2) * size).astype(int)
    x, y = int(rng.integers(0, size - wide)), int(rng.integers(0, size - high))
    out = crop.copy()
    out[y : y + high, x : x + wide] = rng.integers(0, 256, 3)
    if rng.random() < 0.3:
        out[y : y + high, x : x + wide] = rng.integers(0, 256, (high, wide, 3))
    low, top = int(size * 0.17), int(size * 0.83)
    inner = max(0, min(x + wide, top) - max(x, low)) * max(0, min(y + high, top) - max(y, low))
    return out, inner / float((top - low) ** 2)


def mask(crop: Pixels, points: Floats, rng: Rng) -> Pixels:
    """A face mask: from the bridge of the nose down to the jaw."""
    outline = np.vstack([points[_JAW, :2], points[[28], :2]])
    return _filled(crop, outline, _cloth(rng))


def sunglasses(crop: Pixels, points: Floats, rng: Rng) -> Pixels:
    """Two dark lenses with a bar between."""
    size = crop.shape[0]
    out = crop.copy()
    shade = tuple(int(v) for v in rng.integers(0, 70, 3))
    for start in (36, 42):
        eye = points[start : start + 6, :2]
        centre = _pixels(eye.mean(axis=0), size)
        reach = float(np.linalg.norm(points[36, :2] - points[45, :2])) * size / 2
        axes = (max(2, int(reach * rng.uniform(0.2, 0.3))), max(2, int(reach * 0.19)))
        across = points[45, :2] - points[36, :2]
        lean = float(np.degrees(np.arctan2(across[1], across[0])))
        cv2.ellipse(out, centre, axes, lean, 0, 360, shade, -1)
    ends = [_pixels(points[i, :2], size) for i in (39, 42)]
    cv2.line(out, ends[0], ends[1], shade, 2)
    return np.asarray(out, np.uint8)


def hand(crop: Pixels, rng: Rng) -> tuple[Pixels, float]:
    """A hand or a phone that comes in from below or from a side: a few skin-like lobes."""
    size = crop.shape[0]
    out = crop.copy()
    tone = np.array([205, 150, 120]) * rng.uniform(0.3, 1.15)
    colour = tuple(int(v) for v in np.clip(tone, 0, 255))
    x, y = rng.uniform(0.15, 0.85) * size, rng.uniform(0.5, 1.0) * size
    lean = rng.uniform(-60, 60)
    area = 0.0
    for finger in range(int(rng.integers(1, 5))):
        axes = (int(size * rng.uniform(0.16, 0.3)), int(size * rng.uniform(0.04, 0.09)))
        centre = (int(x), int(y - finger * size * 0.08))
        cv2.ellipse(out, centre, axes, lean, 0, 360, colour, -1)
        area += 3.14 * axes[0] * axes[1] / (0.44 * size * size)
    return np.asarray(out, np.uint8), min(0.8, area * 0.6)


def hidden(crop: Pixels, rng: Rng) -> Pixels:
    """Nearly nothing of the face left: an object, or a strong blur, over all its middle."""
    size = crop.shape[0]
    out = crop.copy()
    kind = rng.random()
    if kind < 0.3:
        return np.asarray(cv2.GaussianBlur(crop, (0, 0), size / 6), np.uint8)
    edge = (rng.uniform(0.02, 0.16, 2) * size).astype(int)
    inside = out[edge[0] : size - edge[0], edge[1] : size - edge[1]]
    if kind < 0.65:
        inside[:] = rng.integers(0, 256, 3)
    else:
        tiles = rng.integers(0, 256, (*rng.integers(2, 9, 2).tolist(), 3)).astype(np.uint8)
        inside[:] = cv2.resize(tiles, inside.shape[1::-1], interpolation=cv2.INTER_CUBIC)
    return out


def _filled(crop: Pixels, outline: Floats, colour: tuple[int, int, int]) -> Pixels:
    corners = np.round((outline + 1) / 2 * crop.shape[0]).astype(np.int32)
    out = crop.copy()
    cv2.fillPoly(out, [corners], colour, lineType=cv2.LINE_AA)
    return np.asarray(out, np.uint8)


def _pixels(point: Floats, size: int) -> tuple[int, int]:
    return int((point[0] + 1) / 2 * size), int((point[1] + 1) / 2 * size)


def _cloth(rng: Rng) -> tuple[int, int, int]:
    base = [(235, 240, 245), (120, 170, 210), (25, 25, 30)][int(rng.integers(3))]
    shade = rng.uniform(0.7, 1.05)
    return tuple(int(min(255, v * shade)) for v in base)  # type: ignore[return-value]
