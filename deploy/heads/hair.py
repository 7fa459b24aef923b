"""Hair of cards: MakeHuman's styles, combed off the face so that a driver sees through."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from deploy.heads.anatomy import LANDMARKS, Floats

_BROWS = slice(17, 27)
_MIDDLE, _SIDE = 0.45, 0.62
"""Where the fringe ends and the side begins, dm from the face's middle."""
_FRONT, _TEMPLE = 0.92, 0.74
"""In front of the first depth (rest pose, dm) hair hangs before the face; the sides go back to
the second."""
_SHADE = 0.16
"""Mean linear grey that every style's picture is brought to, so that colours compare."""


def combed(hair: Floats, vertices: Floats) -> Floats:
    """A style's vertices (N, 3) on a head's (V, 3): the fringe ends above the brows, the sides
    hang behind the temples. Without it three of the eight styles hide an eye or, from the side,
    the whole face."""
    landmarks = vertices[LANDMARKS]
    brow = float(landmarks[_BROWS, 1].max()) + 0.06
    shift = float(landmarks[[0, 16], 2].mean()) - 0.68
    low = np.clip((brow + 0.12 - hair[:, 1]) / 0.12, 0.0, 1.0)
    before = np.clip((hair[:, 2] - shift - _TEMPLE) / (_FRONT - _TEMPLE), 0.0, 1.0)
    side = np.clip((np.abs(hair[:, 0]) - _MIDDLE) / (_SIDE - _MIDDLE), 0.0, 1.0)
    moved = hair.copy()
    fringe = low * before * (1.0 - side)
    moved[:, 1] += fringe * np.maximum(brow - hair[:, 1], 0.0)
    hanging = low * side
    deep = shift + _TEMPLE
    moved[:, 2] -= hanging * 0.9 * np.maximum(hair[:, 2] - deep, 0.0)
    return moved


def shade_of(path: Path) -> float:
    """What brings a style's picture to the common grey: a factor on its colour."""
    picture = np.asarray(cv2.imread(str(path), cv2.IMREAD_UNCHANGED))
    grey = (cv2.cvtColor(picture[..., :3], cv2.COLOR_BGR2GRAY) / 255.0) ** 2.2
    opaque = picture[..., 3] > 128 if picture.shape[2] == 4 else np.ones(grey.shape, bool)
    return _SHADE / max(float(grey[opaque].mean()), 1e-3)
