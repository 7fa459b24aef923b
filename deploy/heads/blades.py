"""Hair of single blades that grow from the skin: beard, moustache, short hair.

A blade is one thin triangle. Roots are drawn once on the base mesh, so they keep their place on
every face; a shorter or thinner growth uses the first of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deploy.heads.anatomy import LANDMARKS, Floats
from deploy.heads.parts import Faces
from deploy.heads.shell import normals

Rng = np.random.Generator
Corners = NDArray[np.intp]

_BEARD, _MOUSTACHE, _SCALP = 5000, 1200, 11000
_HAIRLINE_Z = (-0.5, 0.0, 0.3, 0.62, 0.8, 1.0, 1.3)
_HAIRLINE_Y = (6.75, 6.85, 7.1, 7.52, 7.55, 7.86, 8.0)
"""The hairline of the mean adult, dm: the height above which hair grows, from nape to brow."""


class Growth:
    """Where blades grow: ``count`` roots on triangles (T, 3), drawn by the area's weight (V,)."""

    def __init__(self, rest: Floats, corners: Corners, weight: Floats, count: int) -> None:
        a, b, c = (rest[corners[:, k]] for k in range(3))
        area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
        share = area * weight[corners].mean(axis=1) ** 2
        rng = np.random.default_rng(count)
        self._corners = corners[rng.choice(len(corners), count, p=share / share.sum())]
        first, second = rng.random((2, count))
        fold = first + second > 1.0
        first[fold], second[fold] = 1.0 - first[fold], 1.0 - second[fold]
        self._share = np.stack([1.0 - first - second, first, second], axis=1)[..., None]
        self.count = count
        self.spread = rng.normal(0.0, 1.0, (count, 3))
        self.length = rng.uniform(0.6, 1.15, count)

    def faces(self) -> Faces:
        return [[3 * i, 3 * i + 1, 3 * i + 2] for i in range(self.count)]

    def grown(
        self,
        vertices: Floats,
        skin_normals: Floats,
        *,
        comb: Floats,
        lift: float,
        wild: float,
        length: float,
        width: float,
        fill: float,
    ) -> Floats:
        """Vertices (3 × count, 3): ``comb``: the way they lie (3,), ``lift``: how far they stand
        off the skin instead, ``wild``: how much they scatter; lengths in dm."""
        root = (vertices[self._corners] * self._share).sum(axis=1)
        off = (skin_normals[self._corners] * self._share).sum(axis=1)
        flat = comb - (off @ comb)[:, None] * off
        way = lift * off + (1.0 - lift) * flat + wild * self.spread
        way += np.clip(0.15 - (way * off).sum(axis=1), 0.0, None)[:, None] * off
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        across = np.cross(way, self.spread)
        across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-6)
        here = (np.arange(self.count) < fill * self.count).astype(np.float64)
        tip = root + way * (length * self.length * here)[:, None]
        half = across * (width / 2.0 * here)[:, None]
        return np.stack([root - half, root + half, tip], axis=1).reshape(-1, 3)


def beard_weight(mean: Floats, used: NDArray[np.intp]) -> Floats:
    """(V,) of the used vertices: 1 where a beard grows on the mean adult."""
    landmarks, (x, y, z) = mean[LANDMARKS], _parts(mean[used])
    top = landmarks[31, 1] - 0.05 + 0.62 * np.clip(x - 0.25, 0.0, 1.0)
    below = 1.0 / (1.0 + np.exp((y - top) / 0.03))
    above = 1.0 / (1.0 + np.exp(-(y - landmarks[8, 1] + 0.12) / 0.05))
    lips = np.exp(-((x / 0.27) ** 4 + ((y - landmarks[62, 1]) / 0.13) ** 4))
    return np.asarray(below * above * (z > 0.55) * (1.0 - np.clip(1.4 * lips, 0.0, 1.0)))


def moustache_weight(mean: Floats, used: NDArray[np.intp]) -> Floats:
    landmarks, (x, y, z) = mean[LANDMARKS], _parts(mean[used])
    low, high = landmarks[51, 1], landmarks[33, 1]
    within = (y > low + 0.01 - 0.35 * np.clip(x - 0.12, 0.0, 1.0)) & (y < high - 0.01)
    return np.asarray(within & (x < 0.30) & (z > 1.2), np.float64)


def scalp_weight(mean: Floats, used: NDArray[np.intp]) -> Floats:
    x, y, z = _parts(mean[used])
    edge = np.interp(z, _HAIRLINE_Z, _HAIRLINE_Y)
    ear = (x > 0.70) & (z > 0.15) & (z < 0.85) & (y < 7.62)
    return np.asarray(np.clip((y - edge) / 0.06 + 0.5, 0.0, 1.0) * ~ear)


def _parts(points: Floats) -> tuple[Floats, Floats, Floats]:
    return np.abs(points[:, 0]), points[:, 1], points[:, 2]


class Growths:
    """Beard, moustache and scalp of one head model."""

    def __init__(self, mean: Floats, used: NDArray[np.intp], corners: Corners) -> None:
        rest = mean[used]
        self.weights = {
            "beard": beard_weight(mean, used),
            "moustache": moustache_weight(mean, used),
            "scalp": scalp_weight(mean, used),
        }
        counts = {"beard": _BEARD, "moustache": _MOUSTACHE, "scalp": _SCALP}
        self.fields = {
            name: Growth(rest, corners, weight, counts[name])
            for name, weight in self.weights.items()
        }
        self._corners = corners

    def beard(self, skin: Floats, length_mm: float, fill: float) -> Floats:
        return self.fields["beard"].grown(
            skin, normals(skin, self._corners), comb=np.array([0.0, -1.0, 0.15]), lift=0.35,
            wild=0.16, length=length_mm / 100.0, width=0.011, fill=fill,
        )  # fmt: skip

    def moustache(self, skin: Floats, length_mm: float) -> Floats:
        return self.fields["moustache"].grown(
            skin, normals(skin, self._corners), comb=np.array([0.0, -1.0, 0.0]), lift=0.4,
            wild=0.2, length=length_mm / 100.0, width=0.010, fill=1.0,
        )  # fmt: skip

    def hair(self, skin: Floats, style: str, length: float) -> Floats:
        """One of looks.GROWN; ``length``: its place in the style's range, 0 … 1."""
        shortest, longest, lift, wild = _STYLES[style]
        return self.fields["scalp"].grown(
            skin, normals(skin, self._corners), comb=np.array([0.0, -0.3, -1.0]), lift=lift,
            wild=wild, length=shortest + (longest - shortest) * length, width=0.026, fill=1.0,
        )  # fmt: skip


_STYLES = {
    "buzz": (0.03, 0.09, 0.5, 0.25),
    "crop": (0.18, 0.42, 0.35, 0.25),
    "curls": (0.2, 0.42, 0.45, 0.8),
    "afro": (0.35, 0.8, 0.7, 0.75),
}
"""Shortest and longest blade in dm, how far it stands off, how much it scatters."""
