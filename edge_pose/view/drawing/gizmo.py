"""A small shaded 3D head that turns as the driver's does.

Angles follow the convention of ``vision/geometry.py``; a test holds the two rotations together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.values import EyeState, HeadPose
from edge_pose.view.drawing import mannequin
from edge_pose.view.drawing.brush import Brush, Canvas, Point, fixed
from edge_pose.view.drawing.drawing_cache import kept
from edge_pose.view.drawing.palette import Colour
from edge_pose.view.drawing.typeface import Weights, weights

Matrix = NDArray[np.float64]

_LIGHT = np.array([-0.40, 0.55, 0.73])
_OVERSAMPLE = 2
_REACH = 1.3
"""Half the drawn square, in head radii: room for the neck."""
_FRONT_FACING = 0.15
_LID_STEP = 0.05


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


@dataclass(frozen=True, slots=True)
class Head:
    """What is drawn: the pose, the eyes as open as measured, and the colours."""

    pose: HeadPose
    eyes: EyeState | None
    skin: Colour
    ink: Colour
    white: Colour

    def rounded(self, step_deg: float) -> Head:
        """The same to within what can be seen at a size, so that a steady head is drawn once."""

        def near(value: float | None, step: float) -> float | None:
            return None if value is None else round(round(value / step) * step, 4)

        angles = (self.pose.yaw_deg, self.pose.pitch_deg, self.pose.roll_deg)
        yaw, pitch, roll = (near(angle, step_deg) or 0.0 for angle in angles)
        pose = HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll)
        if self.eyes is None:
            return replace(self, pose=pose)
        lids = (self.eyes.left, self.eyes.right, self.eyes.mouth)
        left, right, mouth = (near(value, _LID_STEP) for value in lids)
        return replace(self, pose=pose, eyes=EyeState(left=left, right=right, mouth=mouth))


def draw_head(brush: Brush, centre: Point, radius: float, head: Head) -> None:
    """A head of half height ``radius`` px on a still neck, lit from the upper left."""
    picture, shape = _portrait(head.rounded(max(0.2, 30.0 / radius)), round(radius, 1))
    half = picture.shape[0] // 2
    brush.paste(picture, shape, (round(centre[0]) - half, round(centre[1]) - half))


@kept(4_000_000)
def _portrait(head: Head, radius: float) -> tuple[Canvas, Weights]:
    """The head as a square picture with its blend weights."""
    half = int(radius * _REACH) + 2
    side = 2 * half * _OVERSAMPLE
    tile = np.zeros((side, side, 4), np.uint8)
    tile[:, :, :3] = head.skin
    model = _Model(tile, rotation(head.pose), side / 2.0, radius * _OVERSAMPLE)
    model.neck(head)
    model.surface(head)
    model.features(head)
    small = cv2.resize(tile, (2 * half, 2 * half), interpolation=cv2.INTER_AREA)
    picture = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGRA2BGR), np.uint8)
    return picture, weights(np.asarray(cv2.extractChannel(small, 3), np.uint8))


@dataclass(frozen=True, slots=True)
class _Model:
    """Head coordinates laid onto an enlarged tile; its fourth channel is coverage."""

    tile: Canvas
    turn: Matrix
    middle: float
    size: float

    def project(self, points: Matrix) -> NDArray[np.int32]:
        """(n, 3) head points as seen from far away: fixed-point (n, 2)."""
        seen = points @ self.turn.T
        flat = np.stack(
            [self.middle + self.size * seen[:, 0], self.middle - self.size * seen[:, 1]], axis=1
        )
        return fixed(flat)

    def neck(self, head: Head) -> None:
        """Stays where the shoulders are, so that a turn shows against it."""
        outline = [(-0.40, -0.45), (0.40, -0.45), (0.42, -0.98), (0.60, -1.26)]
        outline += [(-0.60, -1.26), (-0.42, -0.98)]
        points = fixed(
            [(self.middle + self.size * x, self.middle - self.size * y) for x, y in outline]
        )
        shade = (*(int(0.52 * c) for c in head.skin), 255)
        cv2.fillPoly(self.tile, [points], shade, cv2.LINE_8, 4)

    def surface(self, head: Head) -> None:
        """Facets from the farthest to the nearest, each in its own light."""
        quads, normals = mannequin.mesh()
        facing = normals @ self.turn.T
        light = facing @ (_LIGHT / np.linalg.norm(_LIGHT))
        depth = (quads.mean(axis=1) @ self.turn.T)[:, 2]
        front = facing[:, 2] > 0.0
        order = np.flatnonzero(front)[np.argsort(depth[front])]
        corners = self.project(quads[order].reshape(-1, 3)).reshape(-1, 4, 2)
        shade = 0.46 + 0.66 * np.clip(light[order], 0, 1) ** 1.2
        tones = np.full((len(order), 4), 255.0)
        tones[:, :3] = np.clip(shade[:, None] * np.array(head.skin, np.float64), 0, 255)
        for quad, tone in zip(corners, tones.tolist(), strict=True):
            cv2.fillConvexPoly(self.tile, quad, tone, cv2.LINE_8, 4)

    def features(self, head: Head) -> None:
        """Eyes and mouth, where they face the viewer."""
        eyes = head.eyes
        for side, share in ((-1, eyes.right if eyes else None), (1, eyes.left if eyes else None)):
            if (self.turn @ np.array([side * 0.45, 0.05, 0.9]))[2] > _FRONT_FACING:
                self._eye(head, side, share)
        if (self.turn @ np.array([0.0, -0.3, 1.0]))[2] > _FRONT_FACING:
            opened = max(0.0, min(1.0, (eyes.mouth if eyes else None) or 0.0))
            lips = mannequin.oval((0.0, -0.53), (0.19 - 0.03 * opened, 0.022 + 0.16 * opened))
            cv2.fillConvexPoly(self.tile, self.project(lips), (*head.ink, 255), cv2.LINE_AA, 4)

    def _eye(self, head: Head, side: int, share: float | None) -> None:
        opened = 1.0 if share is None else max(0.0, min(1.0, share))
        tall = 0.012 + 0.075 * opened
        white = mannequin.oval((side * 0.29, 0.09), (0.135, tall))
        iris = mannequin.oval((side * 0.29, 0.09), (0.062, min(0.07, tall)), 12)
        shut = opened < 0.12
        for loop, colour in ((white, head.ink if shut else head.white), (iris, head.ink)):
            cv2.fillConvexPoly(self.tile, self.project(loop), (*colour, 255), cv2.LINE_AA, 4)
