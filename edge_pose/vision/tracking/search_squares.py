"""Where a second look may find a face that is too small for a look at the whole image.

BlazeFace sees 128 × 128 pixels. In 1280 × 720 a face of 75 pixels is seven of them, and even one of
120 is found in four of ten pictures; in a square as high as the image all of 90 pixels are found.
"""

from __future__ import annotations

import math

from edge_pose.values import Box

_OVERLAP = 0.2
"""Neighbouring squares share so much of their side: what one cuts lies whole in the other."""


class SearchSquares:
    """Squares as large as the image allows, one after the other along its longer side."""

    def __init__(self) -> None:
        self._turn = 0

    def next(self, width: int, height: int) -> Box:
        """The square whose turn it is, in pixels of an image of this size."""
        side, length = min(width, height), max(width, height)
        count = math.ceil((length - _OVERLAP * side) / (side * (1.0 - _OVERLAP)))
        self._turn = (self._turn + 1) % count
        start = self._turn * (length - side) / max(1, count - 1)
        x, y = (start, 0.0) if width > height else (0.0, start)
        return Box(x1=x, y1=y, x2=x + side, y2=y + side)
