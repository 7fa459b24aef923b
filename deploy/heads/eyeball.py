"""The eyeball: its surface with the cornea's bulge, and the picture of iris, pupil and white."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.heads.anatomy import Floats
from deploy.heads.parts import Faces

IRIS_RAD: Final = np.radians(25.5)
"""Half angle of the iris seen from the eyeball's centre: 5.9 mm of 12 mm radius (anatomy: iris
11.7 mm across)."""
_CORNEA_RAD: Final = np.radians(29.0)
_BULGE: Final = 0.075
_SINK: Final = 0.009
PICTURE: Final = 128
"""Side of an eye's picture in pixels: the gaze axis in its middle, 90° off it at its border."""
_SOURCE_CENTRE, _SOURCE_IRIS = (0.293, 0.7045), 0.119
"""Where MakeHuman's eye pictures show the iris, in shares of their side (y down)."""
_SOURCE_PUPIL = 0.36
"""The pupil's share of the iris in those pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Iris:
    """``picture``: name of the part. ``tint``: RGB factors. ``pupil``: radius by the iris's.
    ``white``: RGB of the sclera. ``bright``: how strongly the pupil shines back at a lamp."""

    picture: str
    tint: tuple[float, float, float]
    pupil: float
    white: tuple[float, float, float]
    bright: float


def cornea_radius(off_axis: Floats) -> Floats:
    """Distance of the surface from the centre, by the eyeball's radius, at angles (radians)."""
    return np.asarray(1.0 - _SINK + _BULGE * np.clip(1.0 - (off_axis / _CORNEA_RAD) ** 2, 0, 1))


def eyeball_mesh(around: int = 32, rings: int = 22) -> tuple[Floats, Floats, Faces]:
    """Unit eyeball that looks along +z: vertices (N, 3), uvs (N, 2), quads."""
    off = np.radians(np.concatenate([[0.01], np.linspace(3.0, 110.0, rings - 1)]))
    turn = np.linspace(0.0, 2.0 * np.pi, around, endpoint=False)
    theta, phi = np.meshgrid(off, turn, indexing="ij")
    radius = cornea_radius(theta)
    across = radius * np.sin(theta)
    points = np.stack([across * np.cos(phi), across * np.sin(phi), radius * np.cos(theta)], -1)
    share = np.minimum(theta / (np.pi / 2.0), 1.0) / 2.0
    uvs = np.stack([0.5 + share * np.cos(phi), 0.5 + share * np.sin(phi)], -1)
    quads = [
        [i * around + j, (i + 1) * around + j, (i + 1) * around + k, i * around + k]
        for i in range(rings - 1)
        for j, k in ((j, (j + 1) % around) for j in range(around))
    ]
    return points.reshape(-1, 3), uvs.reshape(-1, 2), quads


def iris_ring(share: float = 1.0, points: int = 24) -> Floats:
    """The limbus of the unit eyeball (N, 3); ``share`` of the iris's angle: the pupil's rim."""
    turn = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False)
    off = np.full(points, IRIS_RAD * share)
    radius = cornea_radius(off)
    return (
        np.stack([np.sin(off) * np.cos(turn), np.sin(off) * np.sin(turn), np.cos(off)], axis=1)
        * radius[:, None]
    )


def eye_picture(folder: Path, iris: Iris) -> NDArray[np.float32]:
    """RGBA (128, 128, 4), linear 0 … 1, first row on top; alpha marks the pupil."""
    axis = (np.arange(PICTURE) + 0.5) / PICTURE * 2.0 - 1.0
    x, y = np.meshgrid(axis, axis)
    off = np.hypot(x, y) * (np.pi / 2.0) / IRIS_RAD  # 1 at the limbus
    turn = np.arctan2(y, x)
    coloured = _iris_colour(folder / iris.picture, off, turn, iris)
    white = (
        np.array(iris.white, np.float32) * (1.0 - 0.08 * np.clip(off - 2.0, 0.0, 1.0))[..., None]
    )
    inside = _smooth(1.06 - off, 0.12)[..., None]
    colour = coloured * inside + white * (1.0 - inside)
    pupil = _smooth(iris.pupil - off, 0.10)
    colour *= (1.0 - 0.985 * pupil)[..., None]
    return np.dstack([colour, pupil]).astype(np.float32)


def _iris_colour(path: Path, off: Floats, turn: Floats, iris: Iris) -> Floats:
    """The iris of a part's picture, its ring stretched between this pupil and the limbus."""
    source = _linear_picture(path)
    side = source.shape[0]
    ring = np.clip((off - iris.pupil) / max(1.0 - iris.pupil, 0.1), 0.0, 1.0)
    radius = (_SOURCE_PUPIL + ring * (0.97 - _SOURCE_PUPIL)) * _SOURCE_IRIS * side
    map_x = _SOURCE_CENTRE[0] * side + radius * np.cos(turn)
    map_y = _SOURCE_CENTRE[1] * side + radius * np.sin(turn)
    found = cv2.remap(source, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR)
    limbal = 1.0 - 0.55 * _smooth(ring - 0.86, 0.2)
    return np.asarray(found * np.array(iris.tint) * limbal[..., None])


def _smooth(x: Floats, width: float) -> Floats:
    t = np.clip(x / width + 0.5, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


@lru_cache(maxsize=16)
def _linear_picture(path: Path) -> NDArray[np.float32]:
    """A picture as linear RGB, float32."""
    bgr = np.asarray(cv2.imread(str(path), cv2.IMREAD_COLOR))
    srgb = bgr[..., ::-1].astype(np.float32) / 255.0
    return np.ascontiguousarray(srgb**2.2)
