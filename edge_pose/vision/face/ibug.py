"""The 68 landmarks in iBUG order. Right and left are the person's own."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box

POINTS: Final = 68
CONTOUR: Final = slice(0, 17)
INNER_FACE: Final = slice(17, 68)
"""Everything but the contour, which slides along the head as it turns."""
RIGHT_EYE_OUTER: Final = 36
LEFT_EYE_OUTER: Final = 45
# fmt: off
MIRRORED: Final = np.array([
    *range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31,
    45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40,
    54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65,
], np.intp)
# fmt: on
"""Which point of a face lies where each of the mirrored face's does: the right eye becomes the left
one and so on."""
_LIPS: Final = np.array([62, 66, 60, 64], np.intp)
"""Inner lips: top, bottom, right and left end."""


def tight_box(
    points: NDArray[np.floating], moved: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
) -> Box:
    """The tight box (brow to chin, ear to ear) of 68 points (68, 2). ``moved``: how far x1, y1,
    x2, y2 lie from the points' own, in shares of the longer side."""
    # OpenCV's takes half the time of NumPy's.
    x1, y1 = cv2.reduce(points, 0, cv2.REDUCE_MIN)[0].tolist()
    x2, y2 = cv2.reduce(points, 0, cv2.REDUCE_MAX)[0].tolist()
    side = max(x2 - x1, y2 - y1)
    left, top, right, bottom = moved
    return Box(x1=x1 + left * side, y1=y1 + top * side, x2=x2 + right * side, y2=y2 + bottom * side)


def lip_gap(points: NDArray[np.floating]) -> tuple[float, float]:
    """Height of the gap between the inner lips, and its width, in pixels."""
    top, bottom, right, left = points[_LIPS, :2].tolist()
    return math.dist(top, bottom), math.dist(right, left)
