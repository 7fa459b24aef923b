"""A small shaded 3D head that turns as the driver's does, and directions seen in the picture.

Angles follow the convention of ``vision/geometry.py``; a test holds the two rotations together.
"""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.values import EyeState, HeadPose
from edge_pose.view import brush
from edge_pose.view.palette import Colour

Matrix = NDArray[np.float64]

_LIGHT = np.array([-0.38, 0.52, 0.76])
_OVERSAMPLE = 2
_ROWS, _COLUMNS = 13, 20

# Height above the head's centre, half width, depth of the front, depth of the back.
_PROFILE = np.array(
    [
        (1.00, 0.02, 0.02, 0.02),
        (0.93, 0.36, 0.34, 0.42),
        (0.76, 0.58, 0.58, 0.66),
        (0.50, 0.70, 0.72, 0.80),
        (0.26, 0.73, 0.74, 0.84),
        (0.10, 0.72, 0.71, 0.82),
        (-0.10, 0.69, 0.73, 0.76),
        (-0.32, 0.64, 0.73, 0.66),
        (-0.52, 0.57, 0.71, 0.52),
        (-0.70, 0.48, 0.67, 0.36),
        (-0.84, 0.38, 0.61, 0.22),
        (-0.95, 0.26, 0.50, 0.10),
        (-1.00, 0.06, 0.30, 0.02),
    ]
)


def rotation(pose: HeadPose) -> Matrix:
    """R = Rx(pitch)·Ry(yaw)·Rz(roll): float64 (3, 3); x right, y up, z towards the viewer."""
    (cx, sx), (cy, sy), (cz, sz) = (
        (math.cos(math.radians(a)), math.sin(math.radians(a)))
        for a in (pose.pitch_deg, pose.yaw_deg, pose.roll_deg)
    )
    return np.array(
        [
            [cy * cz, cy * sz, -sy],
            [sx * sy * cz - cx * sz, sx * sy * sz + cx * cz, sx * cy],
            [cx * sy * cz + sx * sz, cx * sy * sz - sx * cz, cx * cy],
        ]
    )


def draw_head(
    canvas: brush.Canvas,
    centre: brush.Point,
    radius: float,
    turn: Matrix,
    skin: Colour,
    ink: Colour,
    eyes: EyeState | None,
) -> None:
    """A head of half height ``radius`` px, lit from the upper left; eyes open as measured."""
    half = int(radius * 1.2) + 2
    side = 2 * half * _OVERSAMPLE
    tile = np.empty((side, side, 3), np.uint8)
    tile[:] = skin
    cover = np.zeros((side, side), np.uint8)
    middle, size = side / 2.0, radius * _OVERSAMPLE
    _surface(tile, cover, middle, size, turn, skin)
    _features(tile, middle, size, turn, ink, eyes)
    small = (2 * half, 2 * half)
    picture = np.asarray(cv2.resize(tile, small, interpolation=cv2.INTER_AREA), np.uint8)
    mask = np.asarray(cv2.resize(cover, small, interpolation=cv2.INTER_AREA), np.uint8)
    brush.paste(canvas, picture, mask, (round(centre[0]) - half, round(centre[1]) - half))


def project(turn: Matrix, points: Matrix, centre: float, size: float) -> Matrix:
    """Head coordinates (n, 3) to tile pixels (n, 2), seen from far away."""
    seen = points @ turn.T
    return np.stack([centre + size * seen[:, 0], centre - size * seen[:, 1]], axis=1)


def _surface(
    tile: brush.Canvas, cover: brush.Canvas, middle: float, size: float, turn: Matrix, skin: Colour
) -> None:
    quads, normals = _mesh()
    facing = normals @ turn.T
    light = facing @ (_LIGHT / np.linalg.norm(_LIGHT))
    front = facing[:, 2] > -0.02
    depth = (quads.mean(axis=1) @ turn.T)[:, 2]
    order = np.flatnonzero(front)[np.argsort(depth[front])]
    pixels = project(turn, quads.reshape(-1, 3), middle, size).reshape(-1, 4, 2)
    corners = brush.fixed(pixels.reshape(-1, 2)).reshape(-1, 4, 2)
    shade = 0.50 + 0.58 * np.clip(light, 0, 1) + 0.06 * facing[:, 2]
    tones = np.clip(shade[:, None] * np.array(skin, np.float64), 0, 255).tolist()
    for i in order.tolist():
        cv2.fillConvexPoly(tile, corners[i], tones[i], cv2.LINE_8, 4)
    cv2.fillPoly(cover, list(corners[order]), 255, cv2.LINE_8, 4)


def _features(
    tile: brush.Canvas,
    middle: float,
    size: float,
    turn: Matrix,
    ink: Colour,
    eyes: EyeState | None,
) -> None:
    width = max(1, round(size * 0.045))
    for sign, openness in ((-1, eyes.right if eyes else None), (1, eyes.left if eyes else None)):
        outward = turn @ np.array([sign * 0.42, 0.1, 0.9])
        if outward[2] > 0.12:
            loop = _eye(sign, 1.0 if openness is None else openness)
            brush.polyline(tile, project(turn, loop, middle, size), ink, width, closed=True)
    if (turn @ np.array([0.0, -0.2, 1.0]))[2] > 0.12:
        opened = eyes.mouth if eyes and eyes.mouth is not None else 0.0
        brush.polyline(tile, project(turn, _mouth(opened), middle, size), ink, width, closed=True)


def _eye(sign: int, openness: float) -> Matrix:
    angle = np.linspace(0, 2 * math.pi, 14, endpoint=False)
    x = sign * 0.29 + 0.13 * np.cos(angle)
    y = 0.12 + 0.085 * max(0.04, min(1.2, openness)) * np.sin(angle)
    return np.stack([x, y, _front_depth(x, y) + 0.02], axis=1)


def _mouth(opened: float) -> Matrix:
    angle = np.linspace(0, 2 * math.pi, 14, endpoint=False)
    x = 0.2 * np.cos(angle)
    y = -0.52 + (0.015 + 0.16 * max(0.0, min(1.0, opened))) * np.sin(angle)
    return np.stack([x, y, _front_depth(x, y) + 0.02], axis=1)


def _front_depth(x: Matrix, y: Matrix) -> Matrix:
    """z of the face's front surface, by the profile's ellipses."""
    rows = _PROFILE[::-1]
    half = np.interp(y, rows[:, 0], rows[:, 1])
    front = np.interp(y, rows[:, 0], rows[:, 2])
    return np.asarray(front * np.sqrt(np.clip(1 - (x / half) ** 2, 0, 1)), np.float64)


@lru_cache(maxsize=1)
def _mesh() -> tuple[Matrix, Matrix]:
    """(quads (n, 4, 3), unit outward normals (n, 3)) of the head with its nose."""
    around = np.linspace(0, 2 * math.pi, _COLUMNS, endpoint=False)
    x = _PROFILE[:, 1:2] * np.sin(around)
    forward = np.cos(around)
    z = np.where(forward > 0, _PROFILE[:, 2:3] * forward, _PROFILE[:, 3:4] * forward)
    y = np.repeat(_PROFILE[:, :1], _COLUMNS, axis=1)
    grid = np.stack([x, y, z], axis=2)
    here = (slice(0, _ROWS - 1), slice(None))
    right = np.roll(grid, -1, axis=1)
    skull = np.stack([grid[here], right[here], right[1:], grid[1:]], axis=2).reshape(-1, 4, 3)
    quads = np.concatenate([skull, _nose()])
    normals = np.cross(quads[:, 2] - quads[:, 0], quads[:, 1] - quads[:, 3])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    outward = np.sum(normals[: len(skull)] * skull.mean(axis=1), axis=1)
    normals[: len(skull)] *= np.where(outward < 0, -1, 1)[:, None]
    return quads, normals


def _nose() -> Matrix:
    """A four-sided wedge: two flanks, two halves of its underside (triangles as quads)."""
    bridge, tip = (0.0, 0.10, 0.70), (0.0, -0.24, 0.98)
    left, right, base = (-0.15, -0.30, 0.70), (0.15, -0.30, 0.70), (0.0, -0.33, 0.72)
    faces = [(bridge, bridge, left, tip), (bridge, tip, right, right)]
    faces += [(tip, left, base, base), (tip, base, right, right)]
    quads = np.array(faces)
    centre = np.array([0.0, -0.15, 0.6])
    return np.array([q if _outward(q, centre) else q[::-1] for q in quads])


def _outward(quad: Matrix, centre: Matrix) -> bool:
    normal = np.cross(quad[2] - quad[0], quad[1] - quad[3])
    return float(normal @ (quad.mean(axis=0) - centre)) > 0
