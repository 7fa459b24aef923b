"""What is drawn over the face: box, head axes, gaze cone."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from edge_pose.values import Box, HeadPose, Observation, Scene
from edge_pose.view import brush, gizmo
from edge_pose.view.layout import Layout
from edge_pose.view.palette import Colour, Palette, Tone

_SHADOW: Colour = (16, 12, 8)
_CONE_TANGENT = 0.21
"""Half angle 12°: about the width of gaze that head pose can tell."""
_CONE_ALPHA = 0.62
_GRID = 24


def confidence(observation: Observation) -> float:
    """How sure face and pose are, in [0, 1]."""
    score = 1.0 if observation.score is None else observation.score
    spread = observation.pose.std_deg if observation.pose else None
    certain = 1.0 if spread is None else max(0.0, 1.0 - spread / 25.0)
    return max(0.0, min(1.0, score * certain))


def seen_pose(scene: Scene) -> HeadPose | None:
    """The smoothed pose as the picture shows it: the monitor's, less the ray's correction."""
    raw, corrected, smooth = scene.observation.pose, scene.observation.pose_cam, scene.state.pose
    if raw is None or corrected is None or smooth is None:
        return raw or smooth
    return replace(
        raw,
        yaw_deg=smooth.yaw_deg + raw.yaw_deg - corrected.yaw_deg,
        pitch_deg=smooth.pitch_deg + raw.pitch_deg - corrected.pitch_deg,
        roll_deg=smooth.roll_deg + raw.roll_deg - corrected.roll_deg,
    )


def draw_face(
    canvas: brush.Canvas,
    layout: Layout,
    box: Box,
    pose: HeadPose | None,
    sure: float,
    palette: Palette,
    tone: Tone,
) -> None:
    """Everything that belongs to the face, in the box's own place."""
    if pose is not None:
        turn = gizmo.rotation(pose)
        _cone(canvas, layout, box, turn, tone.line)
        _axes(canvas, layout, box, turn, palette)
    _brackets(canvas, layout, box, sure, tone.line)


def eyes_place(box: Box, turn: gizmo.Matrix) -> brush.Point:
    """Between the eyes, in pixels: on the turned head, a little above the box's middle."""
    size = box.height * 0.5
    offset = turn @ np.array([0.0, 0.30, 0.62]) * size
    x, y = box.center
    return float(x + offset[0] * 0.8), float(y - offset[1])


def _brackets(canvas: brush.Canvas, layout: Layout, box: Box, sure: float, colour: Colour) -> None:
    """Four corners that stand off the face while unsure and close in when sure."""
    gap = box.side * (0.05 + 0.20 * (1.0 - sure))
    x1, y1, x2, y2 = box.x1 - gap, box.y1 - gap, box.x2 + gap, box.y2 + gap
    arm = max(6.0, 0.2 * min(x2 - x1, y2 - y1))
    bend = arm * 0.35
    for x, y, sx, sy in ((x1, y1, 1, 1), (x2, y1, -1, 1), (x2, y2, -1, -1), (x1, y2, 1, -1)):
        t = np.linspace(0, np.pi / 2, 6)
        curve = np.stack([x + sx * bend * (1 - np.cos(t)), y + sy * bend * (1 - np.sin(t))], axis=1)
        path = np.concatenate([[(x, y + sy * arm)], curve, [(x + sx * arm, y)]])
        brush.polyline(canvas, path, _SHADOW, layout.stroke + 2 * layout.hairline)
        brush.polyline(canvas, path, colour, layout.stroke)


def _axes(
    canvas: brush.Canvas, layout: Layout, box: Box, turn: gizmo.Matrix, palette: Palette
) -> None:
    """The head's own right, up and forward, nearest drawn last."""
    centre, length = np.array(eyes_place(box, turn)), box.side * 0.34
    ends = centre + length * turn[:2].T * np.array([1.0, -1.0])
    for i in np.argsort(turn[2]).tolist():
        line = np.stack([centre, ends[i]])
        brush.polyline(canvas, line, _SHADOW, layout.stroke + 2 * layout.hairline)
        brush.polyline(canvas, line, palette.axes[i], layout.stroke)
        brush.dot(canvas, (ends[i, 0], ends[i, 1]), layout.stroke * 1.2, palette.axes[i])


def _cone(
    canvas: brush.Canvas, layout: Layout, box: Box, turn: gizmo.Matrix, colour: Colour
) -> None:
    """A beam in the head's direction that fades with distance."""
    apex, length = np.array(eyes_place(box, turn)), box.side * 1.15
    angle = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    ring3d = turn[:, 2] + _CONE_TANGENT * (
        np.outer(np.cos(angle), turn[:, 0]) + np.outer(np.sin(angle), turn[:, 1])
    )
    ring = apex + length * ring3d[:, :2] * np.array([1.0, -1.0])
    hull = cv2.convexHull(np.vstack([ring, apex[None]]).astype(np.float32))[:, 0].astype(float)
    left, top = np.floor(hull.min(axis=0)).astype(int) - 1
    right, bottom = np.ceil(hull.max(axis=0)).astype(int) + 2
    left, top = max(0, left), max(0, top)
    right, bottom = min(canvas.shape[1], right), min(canvas.shape[0], bottom)
    if right - left < 2 or bottom - top < 2:
        return
    mask = np.zeros((bottom - top, right - left), np.uint8)
    brush.polygon_mask(mask, hull - (left, top))
    fade = _fade(mask.shape[:2], apex - (left, top), float(np.abs(ring - apex).max()))
    faded = np.asarray(cv2.multiply(mask, fade, scale=1.0 / 255.0), np.uint8)
    brush.stamp(canvas, faded, (int(left), int(top)), colour)
    brush.polyline(canvas, ring, colour, layout.hairline, closed=True)


def _fade(shape: tuple[int, ...], apex: gizmo.Matrix, reach: float) -> brush.Canvas:
    """Coverage that falls with distance from the apex; made small, then enlarged."""
    height, width = shape
    x = (np.arange(_GRID) + 0.5) * width / _GRID - apex[0]
    y = (np.arange(_GRID) + 0.5) * height / _GRID - apex[1]
    far = np.clip(np.hypot(x[None, :], y[:, None]) / max(reach, 1.0), 0.0, 1.0)
    small = (255 * _CONE_ALPHA * (1.0 - 0.82 * far)).astype(np.uint8)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
