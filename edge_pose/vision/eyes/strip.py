"""The strip of both eyes that the eye network sees, in training and at run time: levelled on the
outer eye corners, centred between them, cut from the full-resolution picture.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.vision.image.warp import Affine, Pixels, cut

WIDTH, HEIGHT, SHARE, CLIP = 144, 54, 1.5, 2.5
_LEAST_DEVIATION = 2.0
"""Of grey: a strip flatter than this holds no eyes, and must not be blown up into noise."""
_LEAST_PX = 2.0
_GREYS = np.arange(256.0)


def strip_to_image(
    right: tuple[float, float],
    left: tuple[float, float],
    *,
    width: int = WIDTH,
    height: int = HEIGHT,
    share: float = SHARE,
) -> Affine:
    """(2, 3): from strip pixels to image pixels. ``right``, ``left``: the person's own outer eye
    corners in image pixels (landmarks 36 and 45); ``share``: strip width by their distance."""
    across, down = left[0] - right[0], left[1] - right[1]
    distance = math.hypot(across, down)
    if distance < _LEAST_PX:
        across, down, distance = _LEAST_PX, 0.0, _LEAST_PX
    scale = share * distance / width
    c, s = scale * across / distance, scale * down / distance
    # Pixel centres: strip pixel (u, v) lies (u + ½, v + ½) from the strip's corner.
    u, v = (width - 1) / 2.0, (height - 1) / 2.0
    x, y = (right[0] + left[0]) / 2.0, (right[1] + left[1]) / 2.0
    return np.array([[c, -s, x - c * u + s * v], [s, c, y - s * u - c * v]])


def cut_strip(image: Pixels, to_image: Affine, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Pixels:
    """The grey strip, uint8 (height, width); edge pixels go on where the image ends.

    ``image``: uint8 BGR (height, width, 3); ``size``: (width, height). A large face is first
    shrunk by means of whole pixels, so that none is skipped.
    """
    whole = int(math.hypot(to_image[0, 0], to_image[1, 0]))
    strip = cut(image, to_image, size, whole=whole, border=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY), np.uint8)


def normalised(strip: Pixels, clip: float = CLIP) -> NDArray[np.float32]:
    """Grey without its mean and deviation, within ±clip, float32 (height, width)."""
    return np.asarray(grey_table(strip, clip)[strip], np.float32)


def grey_table(strip: Pixels, clip: float = CLIP) -> NDArray[np.float32]:
    """What each of the 256 grey values becomes in this strip."""
    mean, deviation = cv2.meanStdDev(strip)
    values = (_GREYS - mean[0, 0]) / max(float(deviation[0, 0]), _LEAST_DEVIATION)
    return np.asarray(values.clip(-clip, clip), np.float32)
