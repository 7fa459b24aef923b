"""Which of several faces is the driver's: pure rules over boxes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from edge_pose.values import Box
from edge_pose.vision.detector.detection import Detection

_SAME_CENTER = 0.8
"""Boxes of one face in two looks lie at most this share of the side apart…"""
_SAME_SIZE = 0.5
"""…and the smaller is at least this share of the larger."""


def choose_driver(
    faces: Sequence[Detection], size: tuple[int, int], *, seat: str, near_tie: float
) -> Detection | None:
    """The largest face; among nearly equal ones the most central.

    ``seat``: "left" or "right" half of the image counts, or "any". ``near_tie``: faces of at
    least this share of the largest one's side are nearly equal.
    """
    seated = [face for face in faces if _in_seat(face.box, size[0], seat)]
    if not seated:
        return None
    largest = max(face.box.side for face in seated)
    close = [face for face in seated if face.box.side >= near_tie * largest]
    middle = (size[0] / 2.0, size[1] / 2.0)
    return min(close, key=lambda face: math.dist(face.box.center, middle))


def same_face(
    faces: Sequence[Detection], box: Box, reach: float = _SAME_CENTER
) -> Detection | None:
    """The detection that continues a box: nearest centre, of similar size; None = none does.

    ``reach``: how far the centre may have moved, in shares of the box's side.
    """
    near = [face for face in faces if _continues(face.box, box, reach)]
    return min(near, key=lambda face: math.dist(face.box.center, box.center), default=None)


def _continues(found: Box, box: Box, reach: float) -> bool:
    smaller, larger = sorted((found.side, box.side))
    if smaller < _SAME_SIZE * larger:
        return False
    return math.dist(found.center, box.center) <= reach * box.side


def _in_seat(box: Box, width: int, seat: str) -> bool:
    if seat == "any":
        return True
    return (box.center[0] < width / 2.0) == (seat == "left")
