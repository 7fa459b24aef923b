"""A small face is seen better enlarged, in its surroundings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box
from edge_pose.vision.detector.detection import Detection, FaceDetector
from edge_pose.vision.tracking.driver_choice import same_face

SMALL_FACE = 0.25
"""A face smaller than this share of the image is seen better enlarged, in its surroundings."""
_REACH = 1.5


def surroundings(box: Box) -> Box:
    """The square round a face that a detector sees it best in."""
    x, y = box.center
    reach = _REACH * box.side
    return Box(x1=x - reach, y1=y - reach, x2=x + reach, y2=y + reach)


def closer_look(detector: FaceDetector, image: NDArray[np.uint8], face: Detection) -> Detection:
    """A small face looked at again, enlarged; the same detection where that shows nothing."""
    if face.box.side >= SMALL_FACE * max(image.shape[:2]):
        return face
    found = same_face(detector.detect(image, surroundings(face.box)), face.box)
    return face if found is None else found
