"""What every face detector gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detection:
    """A face found in an image.

    ``box``: tight, brow to chin, ear to ear, in image pixels. ``score``: [0, 1].
    ``keypoints``: float32, (6, 2), image pixels: the person's right eye, left eye, nose tip,
    mouth centre, right ear, left ear (right = image left when the face looks at the camera).
    """

    box: Box
    score: float
    keypoints: NDArray[np.float32]


class FaceDetector(Protocol):
    """Finds faces in an image: uint8, BGR, shape (height, width, 3)."""

    def detect(self, image: NDArray[np.uint8], within: Box | None = None) -> list[Detection]:
        """Every face, best score first; with ``within``, only looking inside that square."""
        ...
