"""What the image itself says: brightness, contrast, change; for a blocked or blinded camera."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box, ImageQuality
from edge_pose.vision.image.face_clarity import FaceClarity, face_clarity

_GRID, _CELL = (32, 24), 3
_FLICKER_FRAMES = 10
_CLARITY_S = 0.39
"""A lens fogs within seconds, so two or three looks a second are enough."""


class ImageMeter:
    """Measures a coarse grey grid of each image: 768 samples, whatever the image's size."""

    def __init__(self) -> None:
        self._before: NDArray[np.uint8] | None = None
        self._levels: deque[float] = deque(maxlen=_FLICKER_FRAMES)
        self._steps: deque[float] = deque(maxlen=_FLICKER_FRAMES - 1)
        self._clarity: FaceClarity | None = None
        self._clarity_s = float("-inf")

    def measure(
        self, image: NDArray[np.uint8], face: Box | None = None, t_s: float = 0.0
    ) -> ImageQuality:
        """Brightness, contrast and change to the image measured before; of a ``face``'s tight box
        what its own pixels say, looked at a few times a second of the images' time ``t_s``.
        ``image``: uint8 BGR."""
        grey = _coarse(image)
        before, self._before = self._before, grey
        change = None if before is None else cv2.norm(grey, before, cv2.NORM_L1) / grey.size
        mean, deviation = cv2.meanStdDev(grey)
        brightness = float(mean[0, 0])
        if self._levels:
            self._steps.append(abs(brightness - self._levels[-1]))
        self._levels.append(brightness)
        clarity = None if face is None else self._face_clarity(image, face, t_s)
        return ImageQuality(
            brightness=brightness,
            contrast=float(deviation[0, 0]),
            change=change,
            sharpness=clarity.sharpness if clarity else None,
            face_brightness=clarity.brightness if clarity else None,
            face_contrast=clarity.contrast if clarity else None,
            flicker=self._flicker(),
        )

    def _face_clarity(self, image: NDArray[np.uint8], face: Box, t_s: float) -> FaceClarity | None:
        """The last look at the face stands until the next one is due."""
        if not 0.0 <= t_s - self._clarity_s < _CLARITY_S:
            self._clarity, self._clarity_s = face_clarity(image, face), t_s
        return self._clarity

    def _flicker(self) -> float | None:
        """How much brightness steps from frame to frame, as a share of it."""
        if len(self._levels) < _FLICKER_FRAMES:
            return None
        level = sum(self._levels) / len(self._levels)
        return sum(self._steps) / len(self._steps) / max(1.0, level)


def _coarse(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The grey grid, uint8 (24, 32)."""
    # Every n-th pixel first: the mean of nine such stands for a cell. Averaging all of a large
    # image would cost more than the pose.
    samples = (_GRID[0] * _CELL, _GRID[1] * _CELL)
    if image.shape[1] >= samples[0] and image.shape[0] >= samples[1]:
        image = np.asarray(cv2.resize(image, samples, interpolation=cv2.INTER_NEAREST), np.uint8)
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, _GRID, interpolation=cv2.INTER_AREA), np.uint8)
