"""What the image itself says: brightness, contrast, change; for a blocked or blinded camera."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.values import ImageQuality

_GRID = (32, 24)


class ImageMeter:
    """Measures a coarse grey grid of each image: 768 samples, whatever the image's size."""

    def __init__(self) -> None:
        self._before: NDArray[np.float32] | None = None

    def measure(self, image: NDArray[np.uint8]) -> ImageQuality:
        """Brightness, contrast and change to the image measured before. ``image``: uint8 BGR."""
        grey = _coarse(image)
        before, self._before = self._before, grey
        change = None if before is None else float(np.abs(grey - before).mean())
        return ImageQuality(
            brightness=float(grey.mean()), contrast=float(grey.std()), change=change
        )


def _coarse(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    # Every n-th pixel first: area averaging of a large image would cost more than the pose.
    step = max(1, min(image.shape[0] // 96, image.shape[1] // 128))
    small = cv2.resize(
        np.ascontiguousarray(image[::step, ::step]), _GRID, interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)
