"""Any decoded picture as the one kind the models take: uint8, BGR, three channels."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray


def as_bgr(image: NDArray[Any]) -> NDArray[np.uint8]:
    """uint8 (height, width, 3) from grey, alpha, 16-bit or float pictures; BGR stays as it is.

    Wider types are scaled by their own range (float: 0…1), alpha is put on black.
    """
    if image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3:
        return image
    pixels = _as_bytes(image)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    channels = pixels.shape[2]
    if channels == 4:
        alpha = pixels[:, :, 3:].astype(np.float32) / 255.0
        return np.asarray(np.rint(pixels[:, :, :3] * alpha), np.uint8)
    if channels == 3:
        return pixels
    return np.asarray(
        cv2.cvtColor(np.ascontiguousarray(pixels[:, :, 0]), cv2.COLOR_GRAY2BGR), np.uint8
    )


def _as_bytes(image: NDArray[Any]) -> NDArray[np.uint8]:
    if image.dtype == np.uint8:
        return image.astype(np.uint8, copy=False)
    if image.dtype == np.bool_:
        return image.astype(np.uint8) * np.uint8(255)
    top = 1.0 if np.issubdtype(image.dtype, np.floating) else float(np.iinfo(image.dtype).max)
    real = np.nan_to_num(image.astype(np.float64), nan=0.0, posinf=top, neginf=0.0)
    return np.asarray(np.rint(np.clip(real / top, 0.0, 1.0) * 255.0), np.uint8)
