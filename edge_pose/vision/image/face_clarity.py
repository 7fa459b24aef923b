"""How well a face can be read in its picture: sharp or blurred, clear or hazy, lit or dark."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box

_SIDE_PX = 96
"""The face is thinned to this size first: what is sharp is so at the face's own scale."""
_FINE, _MIDDLE, _COARSE = 1.0, 2.0, 4.0
"""Gaussian widths, in pixels of the thinned face, between which detail is weighed."""
_LEAST_PX = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceClarity:
    """``brightness``, ``contrast``: mean and standard deviation of grey, 0–255; ``sharpness``: fine
    detail by coarser detail of the face. In focus 0.53–0.7; blurred by a Gaussian of 2 % of the
    face's size 0.47–0.51, of 2.6 % (where shut eyes read as open) 0.43–0.47. Haze leaves it as it
    is and takes the contrast; noise in the dark raises it."""

    brightness: float
    contrast: float
    sharpness: float


def face_clarity(image: NDArray[np.uint8], box: Box) -> FaceClarity | None:
    """Measure the face in ``box`` of an image (uint8 BGR); None where too little of it is inside
    the picture."""
    face = _thinned(image, box)
    if face is None:
        return None
    fine, middle, coarse = (cv2.GaussianBlur(face, (0, 0), s) for s in (_FINE, _MIDDLE, _COARSE))
    brightness, contrast = _mean_and_deviation(face)
    _, detail = _mean_and_deviation(cv2.subtract(fine, middle))
    _, coarser = _mean_and_deviation(cv2.subtract(middle, coarse))
    return FaceClarity(
        brightness=brightness, contrast=contrast, sharpness=detail / max(1e-6, coarser)
    )


def _mean_and_deviation(grey: cv2.typing.MatLike) -> tuple[float, float]:
    mean, deviation = cv2.meanStdDev(grey)
    return float(mean[0, 0]), float(deviation[0, 0])


def _thinned(image: NDArray[np.uint8], box: Box) -> NDArray[np.float32] | None:
    height, width = image.shape[:2]
    left, right = max(0, round(box.x1)), min(width, round(box.x2))
    top, bottom = max(0, round(box.y1)), min(height, round(box.y2))
    if right - left < _LEAST_PX or bottom - top < _LEAST_PX:
        return None
    step = max(1, max(right - left, bottom - top) // (4 * _SIDE_PX))
    crop = np.ascontiguousarray(image[top:bottom:step, left:right:step])
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    scale = _SIDE_PX / max(grey.shape)
    how = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=how)
    return np.asarray(small, np.float32)
