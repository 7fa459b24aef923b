"""Raw images of any common kind to the one kind the program works on: 8-bit BGR."""

from __future__ import annotations

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import SourceError

Image = NDArray[np.uint8]


def to_bgr(raw: NDArray[Any]) -> Image:
    """uint8 (height, width, 3) BGR of an image that is grey (h, w), grey (h, w, 1),
    YUYV (h, w, 2), BGR (h, w, 3) or BGRA (h, w, 4); 8-bit, or 16-bit over its full range.

    Raises SourceError for anything else.
    """
    if raw.ndim not in (2, 3) or 0 in raw.shape:
        raise SourceError(f"an image of shape {raw.shape} cannot be used")
    image = _to_8_bit(raw)
    channels = 1 if image.ndim == 2 else image.shape[2]
    if channels == 3:
        return np.ascontiguousarray(image)
    conversion = {
        1: cv2.COLOR_GRAY2BGR,
        2: cv2.COLOR_YUV2BGR_YUY2,
        4: cv2.COLOR_BGRA2BGR,
    }.get(channels)
    if conversion is None:
        raise SourceError(f"an image of {channels} channels cannot be used")
    return cast(Image, cv2.cvtColor(image, conversion))


def from_yuv420(planes: Image, size: tuple[int, int]) -> Image:
    """BGR of planar YUV 4:2:0: uint8, (3/2 · height, stride ≥ width); ``size``: (width, height)."""
    width, height = size
    bgr = cv2.cvtColor(np.ascontiguousarray(planes), cv2.COLOR_YUV2BGR_I420)
    return cast(Image, np.ascontiguousarray(bgr[:height, :width]))


def _to_8_bit(raw: NDArray[Any]) -> Image:
    if raw.dtype == np.uint8:
        return raw
    if raw.dtype == np.uint16:
        return (raw >> 8).astype(np.uint8)
    raise SourceError(f"an image of type {raw.dtype} cannot be used; 8 or 16 bit are expected")
