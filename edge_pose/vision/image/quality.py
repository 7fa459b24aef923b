"""What the image itself says: brightness, contrast, change; for a blocked or blinded camera."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box, ImageQuality
from edge_pose.vision.image.face_clarity import FaceClarity, face_clarity

_GRID = (32, 24)
_FLICKER_FRAMES = 10
_CLARITY_S = 0.19
"""A lens fogs within seconds, so five looks a second are enough."""


class ImageMeter:
    """Measures a coarse grey grid of each image: 768 samples, whatever the image's size."""

    def __init__(self) -> None:
        self._before: NDArray[np.float32] | None = None
        self._levels: deque[float] = deque(maxlen=_FLICKER_FRAMES)
        self._clarity: FaceClarity | None = None
        self._clarity_s = float("-inf")

    def measure(self, image: NDArray[np.uint8]) -> ImageQuality:
        """Brightness, contrast and change to the image measured before. ``image``: uint8 BGR."""
        grey = _coarse(image)
        before, self._before = self._before, grey
        change = None if before is None else float(np.abs(grey - before).mean())
        brightness = float(grey.mean())
        self._levels.append(brightness)
        return ImageQuality(
            brightness=brightness,
            contrast=float(grey.std()),
            change=change,
            flicker=_flicker(self._levels),
        )

    def with_face(
        self, quality: ImageQuality, image: NDArray[np.uint8], box: Box, t_s: float
    ) -> ImageQuality:
        """The same with what the face's own pixels say, looked at a few times a second."""
        if not 0.0 <= t_s - self._clarity_s < _CLARITY_S:
            self._clarity, self._clarity_s = face_clarity(image, box), t_s
        if self._clarity is None:
            return quality
        return replace(
            quality,
            sharpness=self._clarity.sharpness,
            face_brightness=self._clarity.brightness,
            face_contrast=self._clarity.contrast,
        )


def _flicker(levels: Sequence[float]) -> float | None:
    if len(levels) < _FLICKER_FRAMES:
        return None
    values = np.asarray(levels)
    return float(np.abs(np.diff(values)).mean() / max(1.0, float(values.mean())))


def _coarse(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    # Every n-th pixel first: area averaging of a large image would cost more than the pose.
    step = max(1, min(image.shape[0] // 96, image.shape[1] // 128))
    small = cv2.resize(
        np.ascontiguousarray(image[::step, ::step]), _GRID, interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)
