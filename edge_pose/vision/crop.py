"""The one square face crop that the pose network sees, in training and at run time."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box

Pixels = NDArray[np.uint8]


def square_around(box: Box, scale: float, size: int) -> tuple[int, int, int]:
    """(left, top, side) in whole pixels of the square centred on a box, scale × its longer side.

    ``size``: of the crop it becomes; the side is rounded so that it shrinks by whole pixels.
    """
    side = max(1, round(box.side * scale))
    whole = max(1, side // size)
    side = round(side / whole) * whole
    x, y = box.center
    return round(x - side / 2), round(y - side / 2), side


def face_crop(
    image: Pixels, box: Box, scale: float, size: int, out: Pixels | None = None
) -> Pixels:
    """The square around a tight face box, size × size pixels, black where the image ends.

    ``image``: uint8, shape (height, width, 3). ``out``: an array (size, size, 3) to reuse.
    Whole source pixels, averaged (area) when it shrinks and linear when it grows.
    """
    crop = np.empty((size, size, 3), np.uint8) if out is None else out
    left, top, side = square_around(box, scale, size)
    height, width = image.shape[:2]
    x1, y1 = max(left, 0), max(top, 0)
    x2, y2 = min(left + side, width), min(top + side, height)
    if x2 <= x1 or y2 <= y1:
        crop[:] = 0
        return crop
    # Only the part inside is resized, to its own place: memory stays bounded for any box.
    u1, v1 = _place(x1 - left, side, size), _place(y1 - top, side, size)
    u2, v2 = _place(x2 - left, side, size), _place(y2 - top, side, size)
    if (u2 - u1, v2 - v1) != (size, size):
        crop[:] = 0
    if u2 > u1 and v2 > v1:
        crop[v1:v2, u1:u2] = resized(image[y1:y2, x1:x2], u2 - u1, v2 - v1)
    return crop


def resized(image: Pixels, width: int, height: int) -> Pixels:
    """An image at another size: area averages when it shrinks, linear when it grows.

    Where the image's sides are multiples of a whole shrink factor, that factor goes first:
    OpenCV averages whole pixels three to four times faster than parts of them.
    """
    whole = min(image.shape[1] // width, image.shape[0] // height)
    if whole > 1 and image.shape[0] % whole == 0 and image.shape[1] % whole == 0:
        coarse = (image.shape[1] // whole, image.shape[0] // whole)
        image = np.asarray(cv2.resize(image, coarse, interpolation=cv2.INTER_AREA), np.uint8)
    smaller = image.shape[1] > width or image.shape[0] > height
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=how), np.uint8)


def _place(offset: int, side: int, size: int) -> int:
    return round(offset * size / side)
