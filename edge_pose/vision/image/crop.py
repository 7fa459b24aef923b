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
    Whole source pixels, averaged when it shrinks and linear when it grows (``resized``).
    """
    crop = np.empty((size, size, 3), np.uint8) if out is None else out
    left, top, side = square_around(box, scale, size)
    # Only the part inside is resized, to its own place: memory stays bounded for any box.
    (x1, x2), (y1, y2) = (
        _inside(start, side, end, max(1, side // size))
        for start, end in ((left, image.shape[1]), (top, image.shape[0]))
    )
    u1, u2, v1, v2 = (round(edge * size / side) for edge in (x1, x2, y1, y2))
    if (u2 - u1, v2 - v1) != (size, size):
        crop[:] = 0
    if u2 > u1 and v2 > v1:
        part = image[top + y1 : top + y2, left + x1 : left + x2]
        crop[v1:v2, u1:u2] = resized(part, u2 - u1, v2 - v1)
    return crop


def _inside(start: int, side: int, end: int, step: int) -> tuple[int, int]:
    """Where the whole steps of a square's side begin and end that lie in an image."""
    first = -(-max(-start, 0) // step) * step
    return first, max(first, min(side, end - start) // step * step)


def resized(image: Pixels, width: int, height: int) -> Pixels:
    """An image at another size: averages of areas when it shrinks, linear when it grows.

    The same pixels on every processor: only OpenCV's bit-exact linear filter and its means of
    whole pixels are used. Its means of parts of pixels and its plain linear filter round
    differently on arm64, which turned the head by up to 1.09°.
    """
    across, down = max(1, image.shape[1] // width), max(1, image.shape[0] // height)
    if image.shape[1] % across == 0 and image.shape[0] % down == 0:
        image = _means(image, across, down)
    # What is left to shrink: linear to the nearest multiple of the size, so that no pixel is
    # skipped, then means. After whole factors that multiple is the size itself.
    across = max(1, round(image.shape[1] / width))
    down = max(1, round(image.shape[0] / height))
    return _means(_linear(image, width * across, height * down), across, down)


def _linear(image: Pixels, width: int, height: int) -> Pixels:
    exact = cv2.INTER_LINEAR_EXACT
    return np.asarray(cv2.resize(image, (width, height), interpolation=exact), np.uint8)


def _means(image: Pixels, across: int, down: int) -> Pixels:
    """The mean of each block of whole pixels."""
    if across == down == 1:
        return image
    size = (image.shape[1] // across, image.shape[0] // down)
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
