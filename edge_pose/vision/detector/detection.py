"""What every face detector gives back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box

KEYPOINTS = 6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceKeypoints:
    """Six points of a face. ``points``: float32 (6, 2), image pixels, in the order: the person's
    right eye, left eye, nose tip, mouth centre, right ear, left ear (right = image left when the
    face looks at the camera). Raises ValueError for another shape."""

    points: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.points.shape != (KEYPOINTS, 2):
            raise ValueError(f"six keypoints are a (6, 2) array, not {self.points.shape}")

    @property
    def inner(self) -> NDArray[np.float32]:
        """Eyes, nose tip and mouth, (4, 2)."""
        return self.points[:4]

    @property
    def eye_line_deg(self) -> float:
        """The head's roll as the line through its eyes shows it; 0 where they are the wrong way
        round."""
        across, down = (self.points[1] - self.points[0]).tolist()
        return math.degrees(math.atan2(down, across)) if across > 0 else 0.0

    def moved(self, dx: float, dy: float) -> FaceKeypoints:
        return FaceKeypoints(points=self.points + np.array([dx, dy], np.float32))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detection:
    """A face found in an image. ``box``: tight, brow to chin, ear to ear, in image pixels.
    ``score``: [0, 1]."""

    box: Box
    score: float
    keypoints: FaceKeypoints


class FaceDetector(Protocol):
    """Finds faces in an image: uint8, BGR, shape (height, width, 3)."""

    def detect(self, image: NDArray[np.uint8], within: Box | None = None) -> list[Detection]:
        """Every face, best score first; with ``within``, only looking inside that square."""
        ...
