"""A camera image and what the image itself says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One camera image. ``image``: uint8, BGR, shape (height, width, 3), not to be written."""

    image: NDArray[np.uint8]
    t: float
    index: int

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.image.shape[1], self.image.shape[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageQuality:
    """What the image itself says. ``brightness``, ``contrast``: mean and standard deviation of
    grey, 0–255; ``change``: mean absolute difference to the image before, None for the first;
    ``flicker``: mean step of the brightness from image to image, as a share of it: a strobing lamp
    or a failing infrared light. Of the face, None where none was measured: ``face_brightness``,
    ``face_contrast`` and ``sharpness`` (``vision.image.face_clarity``: in focus above 0.53)."""

    brightness: float
    contrast: float
    change: float | None = None
    sharpness: float | None = None
    face_brightness: float | None = None
    face_contrast: float | None = None
    flicker: float | None = None
