"""Anti-aliased strokes, panels and text on a uint8 BGR canvas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.view.drawing.drawing_cache import kept
from edge_pose.view.drawing.palette import Colour
from edge_pose.view.drawing.typeface import Mask, Typeface, Weights, weights

Canvas = NDArray[np.uint8]
Point = tuple[float, float]
Points = NDArray[np.float64]
Rect = tuple[int, int, int, int]
"""x, y, width, height in pixels."""

_SHIFT = 4
"""OpenCV draws at 1/16 pixel with this many fraction bits."""
_ROUND = np.arange(0.0, 361.0, 5.0)


def fixed(points: Sequence[Point] | Points) -> NDArray[np.int32]:
    """Pixel positions as OpenCV's fixed-point integers."""
    scaled = np.asarray(points, np.float64) * (1 << _SHIFT)
    return np.rint(scaled, out=scaled).astype(np.int32)


def fill(mask: Canvas, points: Sequence[Point] | Points, value: Colour | int) -> None:
    """A filled convex polygon with smooth edges, on a picture or a mask."""
    colour = (value,) if isinstance(value, int) else value
    cv2.fillConvexPoly(mask, fixed(points), colour, cv2.LINE_AA, _SHIFT)


class Brush:
    """Draws on one canvas. Colours are (blue, green, red); parts outside are cut off."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def line(
        self,
        points: Sequence[Point] | Points,
        colour: Colour,
        width: int = 1,
        closed: bool = False,
    ) -> None:
        cv2.polylines(self.canvas, [fixed(points)], closed, colour, width, cv2.LINE_AA, _SHIFT)

    def lines(self, paths: Sequence[Points], colour: Colour, width: int) -> None:
        """Several open lines at once."""
        drawn = [fixed(path) for path in paths]
        cv2.polylines(self.canvas, drawn, False, colour, width, cv2.LINE_AA, _SHIFT)

    def polygon(self, points: Sequence[Point] | Points, colour: Colour) -> None:
        """A filled convex polygon."""
        fill(self.canvas, points, colour)

    def dot(self, centre: Point, radius: float, colour: Colour, width: int = -1) -> None:
        """A disc, or with a ``width`` a circle."""
        scale = 1 << _SHIFT
        at = (round(centre[0] * scale), round(centre[1] * scale))
        cv2.circle(self.canvas, at, round(radius * scale), colour, width, cv2.LINE_AA, _SHIFT)

    def arc(
        self, centre: Point, radius: float, sweep_deg: float, colour: Colour, *, width: int
    ) -> None:
        """Part of a ring with round ends, clockwise from the top."""
        angles = np.radians(np.append(_ROUND[sweep_deg > _ROUND], sweep_deg) - 90.0)
        points = np.stack(
            [centre[0] + radius * np.cos(angles), centre[1] + radius * np.sin(angles)], axis=1
        )
        self.line(points, colour, width)

    def write(
        self, face: Typeface, text: str, at: Point, colour: Colour, *, size_px: float
    ) -> float:
        """Text with the top left of its capitals at ``at``; returns where the pen ends."""
        letters, dx, dy = face.mask(text, float(size_px))
        self._lay(letters, (round(at[0] - dx), round(at[1] - dy)), colour)
        return at[0] + face.width(text, size_px)

    def stamp(self, mask: Mask, corner: tuple[int, int], colour: Colour) -> None:
        """One colour laid on through a coverage mask."""
        self._lay(weights(mask), corner, colour)

    def paste(self, picture: Canvas, shape: Weights, corner: tuple[int, int]) -> None:
        """A picture laid on by its blend weights."""
        ground, over = shape
        place = _overlap(self.canvas, over, corner)
        if place is None:
            return
        spot, cut = self.canvas[place[0]], place[1]
        cv2.blendLinear(spot, picture[cut], ground[cut], over[cut], spot)

    def panel(self, rect: Rect, radius: int, colour: Colour, alpha: float = 1.0) -> None:
        """A rounded rectangle, laid over what is there."""
        x, y, width, height = rect
        shape = rounded(width, height, min(radius, height // 2, width // 2), alpha)
        self._lay(shape, (x, y), colour)

    def slab(self, picture: Canvas, corner: tuple[int, int], radius: int, alpha: float) -> None:
        """A picture with round corners laid on evenly; wholly inside the canvas. The fast way
        for large panels: only the corners are weighed pixel by pixel."""
        x, y = corner
        height, width = picture.shape[:2]
        spot = self.canvas[y : y + height, x : x + width]
        ground, over = rounded(width, height, radius, alpha)
        corners = [
            (rows, columns)
            for rows in (slice(0, radius), slice(height - radius, height))
            for columns in (slice(0, radius), slice(width - radius, width))
        ]
        before = [spot[cut].copy() for cut in corners]
        cv2.addWeighted(spot, 1.0 - alpha, picture, alpha, 0.0, spot)
        for cut, ground_there in zip(corners, before, strict=True):
            spot[cut] = cv2.blendLinear(ground_there, picture[cut], ground[cut], over[cut])

    def _lay(self, shape: Weights, corner: tuple[int, int], colour: Colour) -> None:
        ground, over = shape
        place = _overlap(self.canvas, over, corner)
        if place is None:
            return
        spot, cut = self.canvas[place[0]], place[1]
        height, width = spot.shape[:2]
        flat = _flat(height, width, colour)
        cv2.blendLinear(spot, flat, ground[cut], over[cut], spot)


Slices = tuple[slice, slice]


def _overlap(
    canvas: Canvas, mask: NDArray[np.generic], corner: tuple[int, int]
) -> tuple[Slices, Slices] | None:
    """Where mask and canvas meet, in the coordinates of each; None where they do not."""
    x, y = corner
    x1, y1 = max(0, x), max(0, y)
    x2, y2 = min(canvas.shape[1], x + mask.shape[1]), min(canvas.shape[0], y + mask.shape[0])
    if x1 >= x2 or y1 >= y2:
        return None
    there = (slice(y1, y2), slice(x1, x2))
    return there, (slice(y1 - y, y2 - y), slice(x1 - x, x2 - x))


@kept(2_000_000)
def _flat(height: int, width: int, colour: Colour) -> Canvas:
    return np.full((height, width, 3), colour, np.uint8)


@lru_cache(maxsize=8)
def plain(width: int, height: int, colour: Colour) -> Canvas:
    """One colour as a picture, not to be written to."""
    return np.full((height, width, 3), colour, np.uint8)


@kept(8_000_000)
def rounded(width: int, height: int, radius: int, alpha: float) -> Weights:
    """Blend weights (ground, panel) of a rounded rectangle: float32 (height, width), kept (one
    picture of 1920 × 1080 has 5.4 MB of them)."""
    mask = np.zeros((height, width), np.uint8)
    fill(mask, outline((0, 0, width - 1, height - 1), radius), 255)
    over = mask.astype(np.float32) * (alpha / 255.0)
    return 1.0 - over, over


def outline(rect: tuple[float, float, float, float], radius: float) -> Points:
    """Outline of a rounded rectangle (x, y, width, height): float64 (n, 2)."""
    x, y, width, height = rect
    corners = (
        (x + width - radius, y + radius, -90),
        (x + width - radius, y + height - radius, 0),
        (x + radius, y + height - radius, 90),
        (x + radius, y + radius, 180),
    )
    points = [
        (cx + radius * math.cos(math.radians(a)), cy + radius * math.sin(math.radians(a)))
        for cx, cy, start in corners
        for a in range(start, start + 91, 10)
    ]
    return np.array(points)
