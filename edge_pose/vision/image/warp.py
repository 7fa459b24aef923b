"""Cuts any small upright or turned window out of a large picture: the same pixels on every
processor, and no pixel skipped where it shrinks.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Affine = NDArray[np.float64]

_LINEAR = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP


def cut(
    image: Pixels,
    to_image: Affine,
    size: tuple[int, int],
    *,
    whole: int,
    border: int,
    out: Pixels | None = None,
) -> Pixels:
    """The window as an array (height, width, channels). ``to_image``: (2, 3), from its pixels to
    the image's; ``size``: (width, height); ``border``: OpenCV's kind, for what lies outside;
    ``out``: an array to reuse.

    ``whole``: blocks of so many pixels become their mean first. The rest is OpenCV's linear
    ``warpAffine``, which counts in whole numbers: it gives the same on x86-64 and arm64, unlike its
    linear ``resize`` and its means of parts of pixels.
    """
    if whole >= 2:
        image, to_image = _shrunk(image, to_image, size, whole)
    found = cv2.warpAffine(image, to_image, size, dst=out, flags=_LINEAR, borderMode=border)
    return np.asarray(found, np.uint8)


def _shrunk(
    image: Pixels, to_image: Affine, size: tuple[int, int], whole: int
) -> tuple[Pixels, Affine]:
    """The part of the image under the window, each ``whole`` × ``whole`` pixels their mean."""
    corners = np.array([[0, 0, 1], [size[0], 0, 1], [0, size[1], 1], [size[0], size[1], 1]])
    reached = corners @ to_image.T
    low = np.floor(reached.min(axis=0)).astype(int) - 2 * whole
    high = np.ceil(reached.max(axis=0)).astype(int) + 2 * whole
    x1, y1 = max(0, int(low[0])), max(0, int(low[1]))
    x2, y2 = min(image.shape[1], int(high[0])), min(image.shape[0], int(high[1]))
    columns, rows = (x2 - x1) // whole, (y2 - y1) // whole
    if columns < 1 or rows < 1:
        return image, to_image
    part = image[y1 : y1 + rows * whole, x1 : x1 + columns * whole]
    small = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
    moved = to_image / whole
    # A mean pixel's centre lies amid its block: x = x1 + whole · u + (whole − 1) / 2.
    moved[:, 2] = (to_image[:, 2] - (x1, y1) - (whole - 1) / 2.0) / whole
    return np.asarray(small, np.uint8), moved
