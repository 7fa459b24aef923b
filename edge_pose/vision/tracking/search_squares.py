"""Where a second look may find a face that is too small for a look at the whole image.

BlazeFace sees 128 × 128 pixels and needs sixteen of them for a face. In 1280 × 720 a face of 75
pixels is seven, and even one of 120 is found in four of ten pictures; in a square of 600 all of 75
pixels are found.
"""

from __future__ import annotations

import math

from edge_pose.values import Box

_SHARE = 5.0 / 6.0
"""A square's side in shares of the image's shorter one."""
_OVERLAP = 0.2
"""Neighbouring squares share at least so much of their side: what one cuts lies whole in the
other."""


class SearchSquares:
    """One square after the other, round and round."""

    def __init__(self) -> None:
        self._turn = 0

    def next(self, width: int, height: int) -> Box:
        """The square whose turn it is, in pixels of an image of this size."""
        squares = squares_of(width, height)
        self._turn = (self._turn + 1) % len(squares)
        return squares[self._turn]


def squares_of(width: int, height: int) -> list[Box]:
    """The squares that cover an image, row by row."""
    side = _SHARE * min(width, height)
    return [
        Box(x1=x, y1=y, x2=x + side, y2=y + side)
        for y in _starts(height, side)
        for x in _starts(width, side)
    ]


def _starts(length: int, side: float) -> list[float]:
    """Where squares begin along an edge, evenly."""
    count = math.ceil((length - _OVERLAP * side) / ((1.0 - _OVERLAP) * side))
    return [i * (length - side) / max(1, count - 1) for i in range(count)]
