"""The shape of the drawn head: a coarse mesh of brow, eye sockets, nose, jaw and ears.

Head coordinates: x to its left as we face it (image right), y up, z out of the face; the head
is 2 high. Made once from a few measures, so that no scanned or photographed head is needed.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Points3 = NDArray[np.float64]

# Height, half width, depth of the front, depth of the back.
_PROFILE = np.array(
    [
        (1.00, 0.03, 0.03, 0.03),
        (0.94, 0.34, 0.32, 0.44),
        (0.80, 0.55, 0.55, 0.66),
        (0.58, 0.67, 0.68, 0.80),
        (0.36, 0.71, 0.73, 0.86),
        (0.20, 0.715, 0.735, 0.86),
        (0.08, 0.70, 0.715, 0.83),
        (-0.06, 0.685, 0.71, 0.78),
        (-0.22, 0.66, 0.71, 0.70),
        (-0.36, 0.625, 0.705, 0.60),
        (-0.52, 0.575, 0.695, 0.48),
        (-0.70, 0.49, 0.675, 0.34),
        (-0.86, 0.36, 0.62, 0.20),
        (-0.97, 0.20, 0.50, 0.08),
        (-1.00, 0.04, 0.30, 0.02),
    ]
)
_AROUND_DEG = (0, 9, 20, 33, 48, 66, 88, 115, 148, 180, -148, -115, -88, -66, -48, -33, -20, -9)

_EAR_NORMALS = np.array([(0.5, 0.0, 0.6), (0.5, -0.2, 0.6), (0.8, 0.0, -0.6), (0.8, -0.2, -0.6)])


def front_depth(x: Points3, y: Points3) -> Points3:
    """z of the face's front at (x, y): profile ellipse, brow, sockets, nose, lips and chin."""
    rows = _PROFILE[::-1]
    half = np.interp(y, rows[:, 0], rows[:, 1])
    front = np.interp(y, rows[:, 0], rows[:, 2])
    plain = front * np.sqrt(np.clip(1 - (x / half) ** 2, 0, 1))
    return np.asarray(plain + _relief(x, y), np.float64)


def _relief(x: Points3, y: Points3) -> Points3:
    """What stands out of, or lies behind, the smooth face."""
    nose_height = np.interp(y, (-0.37, -0.33, -0.24, 0.0, 0.16), (0.0, 0.19, 0.24, 0.12, 0.01))
    nose = nose_height * np.exp(-((x / 0.13) ** 2))
    sockets = -0.085 * np.exp(-(((np.abs(x) - 0.29) / 0.16) ** 2) - ((y - 0.10) / 0.10) ** 2)
    brow = 0.05 * np.exp(-(((np.abs(x) - 0.26) / 0.26) ** 2) - ((y - 0.30) / 0.10) ** 2)
    cheeks = 0.04 * np.exp(-(((np.abs(x) - 0.40) / 0.16) ** 2) - ((y + 0.14) / 0.16) ** 2)
    chin = 0.05 * np.exp(-((x / 0.22) ** 2) - ((y + 0.84) / 0.12) ** 2)
    return np.asarray(nose + sockets + brow + cheeks + chin, np.float64)


@lru_cache(maxsize=1)
def mesh() -> tuple[Points3, Points3]:
    """(quads (n, 4, 3), unit outward normals (n, 3)) of head and ears."""
    around = np.radians(_AROUND_DEG)
    x = _PROFILE[:, 1:2] * np.sin(around)
    y = np.repeat(_PROFILE[:, :1], len(around), axis=1)
    back = _PROFILE[:, 3:4] * np.cos(around)
    z = np.where(np.cos(around) > 0.01, front_depth(x, y), back)
    grid = np.stack([x, y, z], axis=2)
    right = np.roll(grid, -1, axis=1)
    skull = np.stack([grid[:-1], right[:-1], right[1:], grid[1:]], axis=2).reshape(-1, 4, 3)
    normals = np.cross(skull[:, 2] - skull[:, 0], skull[:, 1] - skull[:, 3])
    outward = np.sum(normals * skull.mean(axis=1), axis=1)
    normals *= np.where(outward < 0, -1.0, 1.0)[:, None]
    normals = np.concatenate([normals, _EAR_NORMALS, _EAR_NORMALS * (-1.0, 1.0, 1.0)])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    return np.concatenate([skull, _ear(1), _ear(-1)]), normals


def _ear(side: int) -> Points3:
    """A rim that stands off the head, seen from front and side."""
    attached = [(0.70, 0.20, 0.06), (0.69, 0.02, 0.08), (0.66, -0.20, 0.10)]
    rim = [(0.80, 0.24, -0.10), (0.83, 0.04, -0.12), (0.72, -0.20, 0.0)]
    behind = [(0.70, 0.20, -0.14), (0.69, 0.02, -0.16), (0.66, -0.18, -0.06)]
    strips = [
        (a[i], b[i], b[i + 1], a[i + 1])
        for a, b in ((attached, rim), (rim, behind))
        for i in range(2)
    ]
    return np.array(strips) * (side, 1.0, 1.0)


def oval(centre: tuple[float, float], half: tuple[float, float], count: int = 16) -> Points3:
    """An ellipse lying on the face: float64 (count, 3)."""
    angle = np.linspace(0, 2 * math.pi, count, endpoint=False)
    x, y = centre[0] + half[0] * np.cos(angle), centre[1] + half[1] * np.sin(angle)
    return np.stack([x, y, front_depth(x, y) + 0.015], axis=1)
