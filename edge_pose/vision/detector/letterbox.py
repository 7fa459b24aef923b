"""A whole picture inside a square model input, with black bars where it does not reach."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.vision.image.crop import resized

Pixels = NDArray[np.uint8]


def letterbox(image: Pixels, out: Pixels) -> tuple[float, NDArray[np.float32]]:
    """Write a BGR image into ``out``, uint8 RGB (size, size, 3).

    Returns image pixels per input pixel, and (x, y) where the picture begins in the input.
    """
    size = len(out)
    height, width = image.shape[:2]
    scale = max(height, width) / size
    w, h = max(1, round(width / scale)), max(1, round(height / scale))
    x, y = (size - w) // 2, (size - h) // 2
    out[:y], out[y + h :] = 0, 0
    out[:, :x], out[:, x + w :] = 0, 0
    cv2.cvtColor(resized(image, w, h), cv2.COLOR_BGR2RGB, dst=out[y : y + h, x : x + w])
    return scale, np.array([x, y], np.float32)


def letterboxed(image: Pixels, size: int) -> Pixels:
    """The same as a new array."""
    out = np.empty((size, size, 3), np.uint8)
    letterbox(image, out)
    return out
