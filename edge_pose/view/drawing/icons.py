"""Small drawn signs: level marks (told apart by shape, not hue), eyes, a struck-out camera."""

from __future__ import annotations

import numpy as np

from edge_pose.view.drawing.brush import Brush, Point, outline
from edge_pose.view.drawing.palette import Colour, Tone

_SHAPES = {1: (3, -90.0), 2: (4, -90.0), 3: (8, -67.5)}
"""Corners, and the direction of the first: triangle, diamond, octagon."""
_LID = np.linspace(-1.0, 1.0, 13)
_CIRCLE = np.linspace(0.0, 2 * np.pi, 20, endpoint=False)


def draw_level(brush: Brush, centre: Point, radius: float, level: int | None, tone: Tone) -> None:
    """Disc with a tick (attentive), disc with a dot (nothing to judge), or a warning shape."""
    if level in _SHAPES:
        _warning(brush, centre, radius, _SHAPES[level], tone)
        return
    brush.dot(centre, radius * 0.92, tone.fill)
    if level == 0:
        tick = np.array([(-0.40, 0.02), (-0.10, 0.32), (0.42, -0.30)]) * radius + centre
        brush.line(tick, tone.ink, max(1, round(radius * 0.22)))
    else:
        brush.dot(centre, radius * 0.3, tone.ink)


def _warning(
    brush: Brush, centre: Point, radius: float, shape: tuple[int, float], tone: Tone
) -> None:
    corners, first = shape
    x, y = centre
    lift = radius * 0.18 if corners == 3 else 0.0
    angles = np.radians(first + np.arange(corners) * 360.0 / corners)
    points = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius + (x, y + lift)
    brush.polygon(points, tone.fill)
    y += lift * 0.6
    mark = [(x, y - radius * 0.42), (x, y + radius * 0.12)]
    brush.line(mark, tone.ink, max(1, round(radius * 0.22)))
    brush.dot((x, y + radius * 0.44), radius * 0.14, tone.ink)


def draw_eye(brush: Brush, centre: Point, half: float, openness: float | None, ink: Colour) -> None:
    """An eye ``2·half`` wide whose lids stand as far apart as measured; dashes if unknown."""
    x, y = centre
    width = max(1, round(half * 0.15))
    bow = half * (1.0 - _LID**2)
    if openness is None:
        for start in (0, 5, 9):
            part = slice(start, start + 4)
            brush.line(np.stack([x + half * _LID[part], y + bow[part] * 0.15], 1), ink, width)
        return
    lid = max(0.0, min(1.0, openness))
    base = y + half * 0.1
    lower = base + bow * 0.36
    upper = base + bow * (0.36 - 0.98 * lid)
    if lid > 0.12:
        _iris(brush, (x, base - half * 0.49 * lid + half * 0.36), half, half * 0.46 * lid, ink)
    brush.line(np.stack([x + half * _LID, lower], axis=1), ink, width)
    brush.line(np.stack([x + half * _LID, upper], axis=1), ink, width)


def _iris(brush: Brush, centre: Point, half: float, tall: float, ink: Colour) -> None:
    """A disc cut by the lids: an ellipse no taller than the gap between them."""
    radius = half * 0.36
    x = centre[0] + radius * np.cos(_CIRCLE)
    y = centre[1] + min(radius, tall) * np.sin(_CIRCLE)
    brush.polygon(np.stack([x, y], axis=1), ink)


def draw_struck_camera(brush: Brush, centre: Point, half: float, ink: Colour, width: int) -> None:
    """A camera with a line through it."""
    x, y = centre
    body = outline((x - half, y - half * 0.6, 2 * half, half * 1.3), half * 0.25)
    brush.line(body, ink, width, closed=True)
    hump = np.array([(-0.4, -0.6), (-0.25, -0.88), (0.25, -0.88), (0.4, -0.6)]) * half + centre
    brush.line(hump, ink, width)
    brush.dot((x, y + half * 0.05), half * 0.36, ink, width)
    brush.line([(x - half * 1.1, y + half), (x + half * 1.1, y - half)], ink, width)


def draw_silhouette(brush: Brush, centre: Point, radius: float, ink: Colour, width: int) -> None:
    """A dashed outline of head and shoulders: here a face is looked for."""
    x, y = centre
    angle = np.radians(np.linspace(0, 360, 97))
    head = np.stack([x + radius * 0.74 * np.sin(angle), y - radius * np.cos(angle)], axis=1)
    t = np.radians(np.linspace(-90, 90, 65))
    shoulders = np.stack(
        [x + radius * 1.5 * np.sin(t), y + radius * (1.95 - 0.72 * np.cos(t))], axis=1
    )
    for path in (head, shoulders):
        for start in range(0, len(path) - 1, 8):
            brush.line(path[start : start + 5], ink, width)
