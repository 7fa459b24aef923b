"""Anti-aliased strokes, panels and text on a uint8 BGR canvas."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.view.palette import Colour
from edge_pose.view.typeface import Mask, Typeface

Canvas = NDArray[np.uint8]
Point = tuple[float, float]
Points = NDArray[np.float64]

_SHIFT = 4
"""OpenCV draws at 1/16 pixel with this many fraction bits."""


def fixed(points: Sequence[Point] | Points) -> NDArray[np.int32]:
    """Pixel positions as OpenCV's fixed-point integers."""
    return np.round(np.asarray(points, np.float64) * (1 << _SHIFT)).astype(np.int32)


def polyline(
    canvas: Canvas,
    points: Sequence[Point] | Points,
    colour: Colour,
    width: int = 1,
    closed: bool = False,
) -> None:
    cv2.polylines(canvas, [fixed(points)], closed, colour, width, cv2.LINE_AA, _SHIFT)


def polygon(canvas: Canvas, points: Sequence[Point] | Points, colour: Colour) -> None:
    """A filled convex polygon."""
    cv2.fillConvexPoly(canvas, fixed(points), colour, cv2.LINE_AA, _SHIFT)


def dot(canvas: Canvas, centre: Point, radius: float, colour: Colour, width: int = -1) -> None:
    x, y = fixed([centre])[0]
    cv2.circle(
        canvas, (int(x), int(y)), round(radius * (1 << _SHIFT)), colour, width, cv2.LINE_AA, _SHIFT
    )


def arc(
    canvas: Canvas, centre: Point, radius: float, span: tuple[float, float], colour: Colour, w: int
) -> None:
    """Part of a ring with round ends; degrees clockwise from the top."""
    start, end = span
    steps = max(2, int(abs(end - start) / 6) + 1)
    angles = np.radians(np.linspace(start - 90, end - 90, steps))
    points = np.stack(
        [centre[0] + radius * np.cos(angles), centre[1] + radius * np.sin(angles)], axis=1
    )
    polyline(canvas, points, colour, w)


def write(
    canvas: Canvas, face: Typeface, text: str, at: Point, size_px: float, colour: Colour
) -> float:
    """Text with the top left of its capitals at ``at``; returns where the pen ends."""
    mask, dx, dy = face.mask(text, float(size_px))
    stamp(canvas, mask, (round(at[0] - dx), round(at[1] - dy)), colour)
    return at[0] + face.width(text, size_px)


def stamp(canvas: Canvas, mask: Mask, corner: tuple[int, int], colour: Colour) -> None:
    """Colour laid on through a coverage mask; what lies outside the canvas is cut off."""
    x, y = corner
    x1, y1 = max(0, x), max(0, y)
    x2, y2 = min(canvas.shape[1], x + mask.shape[1]), min(canvas.shape[0], y + mask.shape[0])
    if x1 >= x2 or y1 >= y2:
        return
    spot = canvas[y1:y2, x1:x2]
    cover = mask[y1 - y : y2 - y, x1 - x : x2 - x]
    cv2.blendLinear(spot, _flat(spot.shape[0], spot.shape[1], colour), *_weights(cover), spot)


def panel(
    canvas: Canvas,
    rect: tuple[int, int, int, int],
    radius: int,
    colour: Colour,
    alpha: float = 1.0,
) -> None:
    """A rounded rectangle (x, y, width, height), laid over what is there."""
    x, y, width, height = rect
    x1, y1 = max(0, x), max(0, y)
    x2, y2 = min(canvas.shape[1], x + width), min(canvas.shape[0], y + height)
    if x1 >= x2 or y1 >= y2:
        return
    under, over = _rounded(width, height, min(radius, height // 2, width // 2), alpha)
    spot = canvas[y1:y2, x1:x2]
    cut = (slice(y1 - y, y2 - y), slice(x1 - x, x2 - x))
    ink = _flat(y2 - y1, x2 - x1, colour)
    cv2.blendLinear(spot, ink, under[cut], over[cut], spot)


def _weights(cover: Mask) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    over = cover.astype(np.float32)
    over *= 1.0 / 255.0
    return 1.0 - over, over


@lru_cache(maxsize=256)
def _flat(height: int, width: int, colour: Colour) -> Canvas:
    return np.full((height, width, 3), colour, np.uint8)


@lru_cache(maxsize=64)
def _rounded(
    width: int, height: int, radius: int, alpha: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights of ground and panel, with smooth corners."""
    mask = np.zeros((height, width), np.uint8)
    polygon_mask(mask, rounded_outline((0, 0, width - 1, height - 1), radius))
    over = mask.astype(np.float32) * (alpha / 255.0)
    return 1.0 - over, over


def polygon_mask(mask: Mask, points: Points) -> None:
    cv2.fillConvexPoly(mask, fixed(points), 255, cv2.LINE_AA, _SHIFT)


def rounded_outline(rect: tuple[float, float, float, float], radius: float) -> Points:
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


def paste(canvas: Canvas, picture: Canvas, mask: Mask, corner: tuple[int, int]) -> None:
    """A picture laid on through a coverage mask, cut off at the canvas's edge."""
    x, y = corner
    x1, y1 = max(0, x), max(0, y)
    x2, y2 = min(canvas.shape[1], x + mask.shape[1]), min(canvas.shape[0], y + mask.shape[0])
    if x1 >= x2 or y1 >= y2:
        return
    cut = (slice(y1 - y, y2 - y), slice(x1 - x, x2 - x))
    spot = canvas[y1:y2, x1:x2]
    cv2.blendLinear(spot, np.ascontiguousarray(picture[cut]), *_weights(mask[cut]), spot)
