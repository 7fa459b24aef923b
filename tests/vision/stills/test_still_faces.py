"""Faces of a still picture: found even where one fills it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box
from edge_pose.vision.detector.blazeface import BlazeFace
from edge_pose.vision.stills.still_faces import found_with_room


def test_a_face_that_fills_its_picture_is_found(
    detector: BlazeFace, portrait: NDArray[np.uint8]
) -> None:
    close = portrait[92:152, 194:256]
    assert not detector.detect(close)
    (face,) = found_with_room(detector.detect, close)
    assert face.box.iou(Box(x1=-12, y1=-17, x2=70, y2=71)) > 0.6
