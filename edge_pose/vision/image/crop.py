"""The one square face crop that the pose network sees, in training and at run time."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box
from edge_pose.vision.image.warp import cut

Pixels = NDArray[np.uint8]


def square_around(box: Box, scale: float) -> tuple[float, float, float]:
    """(left, top, side) in image pixels of the square centred on a box, scale × its longer side."""
    side = max(1.0, box.side * scale)
    x, y = box.center
    return x - side / 2.0, y - side / 2.0, side


def face_crop(
    image: Pixels,
    box: Box,
    scale: float,
    size: int,
    out: Pixels | None = None,
    *,
    turn_deg: float = 0.0,
) -> Pixels:
    """The square around a tight face box, size × size pixels, black where the image ends.

    ``image``: uint8, shape (height, width, 3). ``out``: an array (size, size, 3) to reuse.
    ``turn_deg``: the square is turned clockwise by so much, so that a head that leans stands
    upright in it. It moves by parts of a pixel with its box; what shrinks is averaged
    (``warp.cut``).
    """
    crop = np.empty((size, size, 3), np.uint8) if out is None else out
    left, top, side = square_around(box, scale)
    height, width = image.shape[:2]
    step = side / size
    outside = left >= width or top >= height or left + side <= 0.0 or top + side <= 0.0
    if outside or step > max(width, height):  # the whole image is less than a pixel of the crop
        crop[:] = 0
        return crop
    # Pixel centres: crop pixel u lies (u + ½) steps from the square's left edge.
    c, s = step * math.cos(math.radians(turn_deg)), step * math.sin(math.radians(turn_deg))
    x, y = left + side / 2.0 - 0.5, top + side / 2.0 - 0.5
    middle = (size - 1) / 2.0
    to_image = np.array([[c, -s, x - (c - s) * middle], [s, c, y - (s + c) * middle]])
    whole = round(step)
    return cut(image, to_image, (size, size), whole=whole, border=cv2.BORDER_CONSTANT, out=crop)


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
