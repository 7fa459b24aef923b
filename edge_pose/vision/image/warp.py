"""Cuts any small upright or turned window out of a large picture: the same pixels on every
processor, and no pixel skipped where it shrinks.
"""

from __future__ import annotations

import math

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
    (a, b, c), (d, e, f) = to_image.tolist()
    width, height = size
    x1, x2 = _reached(a * width, b * height, c, image.shape[1], 2 * whole)
    y1, y2 = _reached(d * width, e * height, f, image.shape[0], 2 * whole)
    columns, rows = (x2 - x1) // whole, (y2 - y1) // whole
    if columns < 1 or rows < 1:
        return image, to_image
    part = image[y1 : y1 + rows * whole, x1 : x1 + columns * whole]
    small = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
    # A mean pixel's centre lies amid its block: x = x1 + whole · u + (whole − 1) / 2.
    x, y = x1 + (whole - 1) / 2.0, y1 + (whole - 1) / 2.0
    moved = [[a / whole, b / whole, (c - x) / whole], [d / whole, e / whole, (f - y) / whole]]
    return np.asarray(small, np.uint8), np.array(moved)


def _reached(across: float, down: float, start: float, limit: int, more: int) -> tuple[int, int]:
    """From where to where in the image the window reaches along one axis, and ``more`` beyond.
    ``across``, ``down``: what its two sides add there."""
    low = start + min(0.0, across) + min(0.0, down)
    high = start + max(0.0, across) + max(0.0, down)
    return max(0, math.floor(low) - more), min(limit, math.ceil(high) + more)
