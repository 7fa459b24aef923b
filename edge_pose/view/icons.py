"""Small drawn signs: level marks (told apart by shape, not hue), eyes, a struck-out camera."""

from __future__ import annotations

import math

import numpy as np

from edge_pose.view import brush
from edge_pose.view.palette import Colour

_OUTLINES: dict[int | None, tuple[int, float]] = {1: (3, -90.0), 2: (4, -90.0), 3: (8, -67.5)}
"""Corners and first corner's direction: triangle, diamond, octagon."""


def draw_level(
    canvas: brush.Canvas,
    centre: brush.Point,
    radius: float,
    level: int | None,
    surface: Colour,
    ink: Colour,
) -> None:
    """Disc with a tick (attentive), disc with a dot (nothing to judge), or a warning shape."""
    if level in _OUTLINES:
        corners, first = _OUTLINES[level]
        lift = radius * 0.18 if corners == 3 else 0.0
        angles = np.radians(first + np.arange(corners) * 360.0 / corners)
        points = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius
        brush.polygon(canvas, points + (centre[0], centre[1] + lift), surface)
        _exclamation(canvas, (centre[0], centre[1] + lift * 0.6), radius, ink)
        return
    brush.dot(canvas, centre, radius * 0.92, surface)
    if level == 0:
        tick = np.array([(-0.40, 0.02), (-0.10, 0.32), (0.42, -0.30)]) * radius
        brush.polyline(canvas, tick + centre, ink, max(1, round(radius * 0.22)))
    else:
        brush.dot(canvas, centre, radius * 0.3, ink)


def _exclamation(canvas: brush.Canvas, centre: brush.Point, radius: float, ink: Colour) -> None:
    x, y = centre
    width = max(1, round(radius * 0.22))
    brush.polyline(canvas, [(x, y - radius * 0.42), (x, y + radius * 0.12)], ink, width)
    brush.dot(canvas, (x, y + radius * 0.44), radius * 0.14, ink)


def draw_eye(
    canvas: brush.Canvas,
    centre: brush.Point,
    half: float,
    openness: float | None,
    ink: Colour,
    soft: Colour,
    width: int,
) -> None:
    """An eye ``2·half`` wide whose lids stand as far apart as measured; a dashed lid if unknown."""
    x, y = centre
    t = np.linspace(-1.0, 1.0, 13)
    bow = half * 0.62 * (1.0 - t**2)
    if openness is None:
        for start in (0, 5, 9):
            part = slice(start, start + 4)
            points = np.stack([x + half * t[part], y + bow[part] * 0.25], axis=1)
            brush.polyline(canvas, points, soft, width)
        return
    lid = max(0.0, min(1.0, openness))
    upper = np.stack([x + half * t, y + half * 0.25 - bow * (1.5 * lid - 0.25)], axis=1)
    lower = np.stack([x + half * t, y + half * 0.25 + bow * 0.45], axis=1)
    brush.polyline(canvas, lower, ink, width)
    brush.polyline(canvas, upper, ink, width)
    if lid > 0.12:
        tall = 0.62 * half * 0.5 * (1.5 * lid + 0.2)
        _iris(canvas, (x, y + half * 0.25 - half * 0.31 * (1.5 * lid - 0.7)), half, tall, ink)


def _iris(canvas: brush.Canvas, centre: brush.Point, half: float, tall: float, ink: Colour) -> None:
    """A disc cut by the lids: an ellipse no taller than the gap between them."""
    angle = np.linspace(0, 2 * math.pi, 20, endpoint=False)
    radius = half * 0.36
    points = np.stack(
        [centre[0] + radius * np.cos(angle), centre[1] + min(radius, tall) * np.sin(angle)], axis=1
    )
    brush.polygon(canvas, points, ink)


def draw_struck_camera(
    canvas: brush.Canvas, centre: brush.Point, half: float, ink: Colour, width: int
) -> None:
    """A camera with a line through it."""
    x, y = centre
    body = brush.rounded_outline((x - half, y - half * 0.6, 2 * half, half * 1.3), half * 0.25)
    brush.polyline(canvas, body, ink, width, closed=True)
    hump = np.array([(-0.4, -0.6), (-0.25, -0.88), (0.25, -0.88), (0.4, -0.6)]) * half + centre
    brush.polyline(canvas, hump, ink, width)
    brush.dot(canvas, (x, y + half * 0.05), half * 0.36, ink, width)
    brush.polyline(
        canvas,
        [(x - half * 1.1, y + half * 1.0), (x + half * 1.1, y - half * 1.0)],
        ink,
        width,
    )


def draw_silhouette(
    canvas: brush.Canvas, centre: brush.Point, radius: float, ink: Colour, width: int
) -> None:
    """A dashed head-and-shoulders outline: here a face is looked for."""
    x, y = centre
    angle = np.radians(np.linspace(0, 360, 97))
    head = np.stack([x + radius * 0.72 * np.sin(angle), y - radius * np.cos(angle)], axis=1)
    t = np.linspace(-1, 1, 41)
    shoulders = np.stack([x + radius * 1.55 * t, y + radius * (1.28 + 0.62 * t**2)], axis=1)
    for path, step in ((head, 8), (shoulders, 8)):
        for start in range(0, len(path) - 1, step):
            brush.polyline(canvas, path[start : start + 5], ink, width)
