"""What images the API takes, and plain words about those it does not."""

from __future__ import annotations

from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ImageError

Order = Literal["bgr", "rgb"]
Image = NDArray[np.uint8]

_TO_BGR = {
    (3, "rgb"): cv2.COLOR_RGB2BGR,
    (4, "bgr"): cv2.COLOR_BGRA2BGR,
    (4, "rgb"): cv2.COLOR_RGBA2BGR,
}


def bgr_image(image: Any, order: Order) -> Image:
    """uint8 BGR, (height, width, 3); the same array where it already is that.

    ``image``: uint8, shape (height, width) or (height, width, 1 | 3 | 4); an alpha channel is
    left out. Raises ImageError for anything else.
    """
    if order not in ("bgr", "rgb"):
        raise ImageError(f"order={order!r}: give 'bgr' (as OpenCV reads) or 'rgb'")
    if not isinstance(image, np.ndarray):
        raise ImageError(
            f"expected a NumPy array, got {type(image).__name__}; "
            "read a file with cv2.imread(path), or pass numpy.asarray(image)"
        )
    _check_pixels(image)
    if image.ndim == 2 or image.shape[2] == 1:
        return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    code = _TO_BGR.get((image.shape[2], order))
    return image if code is None else np.asarray(cv2.cvtColor(image, code), np.uint8)


def _check_pixels(image: NDArray[Any]) -> None:
    got = f"got {image.dtype} {image.shape}"
    if image.dtype != np.uint8:
        raise ImageError(f"expected uint8 pixels, {got}; {_to_bytes(image.dtype)}")
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3, 4)):
        raise ImageError(
            f"expected (height, width) or (height, width, 1 | 3 | 4), {got}; "
            "one image at a time, channels last"
        )
    if min(image.shape[:2]) == 0:
        raise ImageError(f"the image is empty, {got}")


def _to_bytes(dtype: np.dtype[Any]) -> str:
    if np.issubdtype(dtype, np.floating):
        return "from 0…1: (image * 255).round().astype(numpy.uint8)"
    if dtype == np.uint16:
        return "from 16 bits: (image >> 8).astype(numpy.uint8)"
    return "convert with image.astype(numpy.uint8) if the values are 0…255"
