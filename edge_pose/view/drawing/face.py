"""What is drawn over the face: box, head axes, gaze cone."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from edge_pose.values import Box, HeadPose, Observation, Scene
from edge_pose.view.drawing.brush import Canvas, fill
from edge_pose.view.drawing.easel import SHADOW, Easel
from edge_pose.view.drawing.gizmo import Matrix
from edge_pose.view.drawing.palette import Colour, Tone
from edge_pose.view.drawing.place import Place
from edge_pose.view.drawing.typeface import regular

_CONE_TANGENT = 0.21
"""Half angle 12°: about the width of gaze that head pose can tell."""
_CONE_ALPHA = 0.58
_CONE_LENGTH = 1.0
_AXIS_LENGTH = 0.34
"""In face sides."""
_FADE_CELLS = 24
_AXES = _AXIS_LENGTH * np.vstack([np.zeros(3), np.eye(3)])
_TURN = np.linspace(0, 2 * np.pi, 28, endpoint=False)
_RIM = np.column_stack(
    [_CONE_TANGENT * np.cos(_TURN), _CONE_TANGENT * np.sin(_TURN), _TURN * 0 + 1]
)
_BEAM = _CONE_LENGTH * np.vstack([_RIM, np.zeros(3)])
"""A circle before the eyes, and the point between them, in face sides."""
_QUARTER = np.linspace(0, np.pi / 2, 6)


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
    easel: Easel,
    box: Box,
    place: Place | None,
    sure: float,
    tone: Tone,
    *,
    beam: Matrix | None = None,
) -> None:
    """Everything that belongs to the face: the head's direction in its place, the box. ``beam``:
    the turn from the face's own direction to the line of sight; without it the head's direction
    stands for both. Without a place nothing lies over the face."""
    if place is not None:
        _cone(easel, place, tone.line, beam)
        _axes(easel, place)
    _brackets(easel, box, sure, tone.line)


def draw_region(easel: Easel, box: Box, region: str | None) -> None:
    """What is looked at, by name, under the face."""
    if region is None:
        return
    layout = easel.layout
    height = round(layout.chip * 0.8)
    width = round(regular().width(region, layout.label) + 1.6 * layout.padding)
    x = max(0, min(easel.brush.canvas.shape[1] - width, round(box.center[0] - width / 2)))
    y = round(box.y2 + 0.06 * box.side)
    if y + height >= layout.dock[1]:
        return
    easel.brush.panel((x, y, width, height), height // 2, easel.palette.panel, 0.85)
    middle = (x + width / 2, y + height / 2)
    easel.middle(region, *middle, layout.label, easel.palette.ink)


def _brackets(easel: Easel, box: Box, sure: float, colour: Colour) -> None:
    """Four corners that stand off the face while unsure and close in when sure."""
    layout = easel.layout
    gap = box.side * (0.04 + 0.24 * (1.0 - sure))
    x1, y1, x2, y2 = box.x1 - gap, box.y1 - gap, box.x2 + gap, box.y2 + gap
    arm = max(6.0, 0.2 * min(x2 - x1, y2 - y1))
    bend = arm * 0.4
    curve = np.stack([1 - np.cos(_QUARTER), 1 - np.sin(_QUARTER)], axis=1) * bend
    path = np.concatenate([[(0.0, arm)], curve, [(arm, 0.0)]])
    corners = (((x1, y1), (1, 1)), ((x2, y1), (-1, 1)), ((x2, y2), (-1, -1)), ((x1, y2), (1, -1)))
    placed = [path * sign + corner for corner, sign in corners]
    easel.brush.lines(placed, SHADOW, layout.rim)
    easel.brush.lines(placed, colour, layout.stroke)


def _axes(easel: Easel, place: Place) -> None:
    """The head's own right, up and forward, nearest drawn last."""
    layout = easel.layout
    centre, *ends = place.pixels(place.eyes + _AXES)
    for i in np.argsort(place.turn[2]).tolist():
        line = np.stack([centre, ends[i]])
        easel.brush.line(line, SHADOW, layout.rim)
        easel.brush.line(line, easel.palette.axes[i], layout.stroke)
        easel.brush.dot((ends[i][0], ends[i][1]), layout.stroke * 1.3, easel.palette.axes[i])


def _cone(easel: Easel, place: Place, colour: Colour, turn: Matrix | None) -> None:
    """A beam along the line of sight, or in the head's direction, that fades with distance."""
    beam = place.pixels(place.eyes + (_BEAM if turn is None else _BEAM @ turn.T))
    ring, apex = beam[:-1], beam[-1]
    height, width = easel.brush.canvas.shape[:2]
    left, top = np.maximum(np.floor(beam.min(axis=0)).astype(int) - 1, 0).tolist()
    right, bottom = np.minimum(np.ceil(beam.max(axis=0)).astype(int) + 2, (width, height)).tolist()
    if right - left < 2 or bottom - top < 2:
        return
    hull = cv2.convexHull((beam - (left, top)).astype(np.float32))[:, 0]
    mask = np.zeros((bottom - top, right - left), np.uint8)
    fill(mask, np.asarray(hull, np.float64), 255)
    fade = _fade(mask.shape, apex - (left, top), float(np.abs(ring - apex).max()))
    cover = np.asarray(cv2.multiply(mask, fade, scale=1.0 / 255.0), np.uint8)
    easel.brush.stamp(cover, (left, top), colour)
    easel.brush.line(ring, colour, easel.layout.hairline, closed=True)


def _fade(shape: tuple[int, ...], apex: Matrix, reach: float) -> Canvas:
    """Coverage that falls with distance from the apex; made small, then enlarged."""
    height, width = shape
    cells = (np.arange(_FADE_CELLS) + 0.5) / _FADE_CELLS
    x, y = cells * width - apex[0], cells * height - apex[1]
    far = np.clip(np.hypot(x[None, :], y[:, None]) / max(reach, 1.0), 0.0, 1.0)
    small = (255 * _CONE_ALPHA * (1.0 - 0.85 * far)).astype(np.uint8)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
