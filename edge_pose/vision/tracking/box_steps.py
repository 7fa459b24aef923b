"""How the box of a face may move from one frame to the next: pure rules over two boxes."""

from __future__ import annotations

import math

from edge_pose.values import Box

_STEADY = 0.03
"""Sides that move by less than this share leave the box where it is: the crop of a calm head is
then the same pixels each time, and nothing trembles with it."""
_STRIDE, _GROWTH = 0.5, 1.5
"""From one frame to the next a face moves by less than this share of its side, and grows by less
than this factor."""


def one_step(before: Box, after: Box) -> bool:
    """Whether a face can have come from one box to the other within a frame."""
    small, large = sorted((before.side, after.side))
    near = math.dist(before.center, after.center) <= _STRIDE * before.side
    return near and small > 0.0 and large <= _GROWTH * small


def stands_still(before: Box, after: Box) -> bool:
    """Whether it moved too little to be followed."""
    moved = (
        before.x1 - after.x1, before.y1 - after.y1, before.x2 - after.x2, before.y2 - after.y2,
    )  # fmt: skip
    allowed = _STEADY * before.side
    return -allowed <= min(moved) and max(moved) <= allowed
