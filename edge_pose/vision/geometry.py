"""Head-pose geometry, and the one statement of the angle convention used everywhere.

Angles are degrees in the 300W-LP / AFLW2000-3D ``Pose_Para`` convention. Axes: x right, y up,
z towards the viewer. A point X of the face turns as R·X with R = Rx(pitch)·Ry(yaw)·Rz(roll):

    Rx = [1 0 0; 0 c s; 0 -s c]    Ry = [c 0 -s; 0 1 0; s 0 c]    Rz = [c s 0; -s c 0; 0 0 1]

yaw > 0: nose to image left; pitch > 0: looking up; roll > 0: clockwise as viewed (crown to
image right). Mirroring the image negates yaw and roll. Source: Zhu et al., "Face Alignment
Across Large Poses: A 3D Solution", CVPR 2016.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Gaze, HeadPose

Matrix = NDArray[np.float64]
_Row = tuple[float, float, float]
Rows = tuple[_Row, _Row, _Row]
"""A small matrix in plain numbers: each frame needs a few, and arrays of nine numbers cost more
than their arithmetic."""
Direction = tuple[float, float, float]
"""From the camera to a place: x right, y up, z towards the viewer (so < 0), of any length."""


def rotation_matrix(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Matrix:
    """The rotation of a head: float64, shape (3, 3), proper orthogonal."""
    return np.array(rotation_rows(yaw_deg, pitch_deg, roll_deg))


def rotation_rows(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Rows:
    """``rotation_matrix`` in plain numbers: Rx(pitch)·Ry(yaw)·Rz(roll) multiplied out."""
    yaw, pitch, roll = math.radians(yaw_deg), math.radians(pitch_deg), math.radians(roll_deg)
    cx, sx = math.cos(pitch), math.sin(pitch)
    cy, sy = math.cos(yaw), math.sin(yaw)
    cz, sz = math.cos(roll), math.sin(roll)
    return (
        (cy * cz, cy * sz, -sy),
        (sx * sy * cz - cx * sz, cx * cz + sx * sy * sz, sx * cy),
        (sx * sz + cx * sy * cz, cx * sy * sz - sx * cz, cx * cy),
    )


def _times(a: Rows, b: Rows) -> Rows:
    (b00, b01, b02), (b10, b11, b12), (b20, b21, b22) = b
    first, second, third = (
        (
            x * b00 + y * b10 + z * b20,
            x * b01 + y * b11 + z * b21,
            x * b02 + y * b12 + z * b22,
        )
        for x, y, z in a
    )
    return first, second, third


def euler_angles(rotation: Matrix) -> tuple[float, float, float]:
    """(yaw, pitch, roll) in degrees of a rotation matrix (3, 3); yaw lies in [-90, 90].

    At yaw = ±90° pitch and roll turn about one axis (gimbal lock): roll is then given as 0.
    """
    first, second, third = rotation.tolist()
    return angles_of_rows((first, second, third))


def angles_of_rows(rows: Rows) -> tuple[float, float, float]:
    """The same of a rotation in plain numbers."""
    (r00, r01, r02), (_, r11, r12), (_, r21, r22) = rows
    sin_yaw = -max(-1.0, min(1.0, r02))
    yaw = math.asin(sin_yaw)
    if abs(sin_yaw) > 1.0 - 1e-9:
        return math.degrees(yaw), math.degrees(math.atan2(-r21, r11)), 0.0
    pitch, roll = math.atan2(r12, r22), math.atan2(r01, r00)
    return math.degrees(yaw), math.degrees(pitch), math.degrees(roll)


@dataclass(frozen=True, slots=True, kw_only=True)
class EyeInHead:
    """Where the eyes are turned in the head, in the head's own axes: yaw > 0 towards image left of
    a head that faces the camera, pitch > 0 up. ``std_deg``: its expected error."""

    yaw_deg: float
    pitch_deg: float
    std_deg: float


def gaze_of(pose: HeadPose, look: EyeInHead) -> Gaze:
    """The line of sight in the frame that the head's angles are in: head · eye in head."""
    yaw, pitch = math.radians(look.yaw_deg), math.radians(look.pitch_deg)
    ahead = (-math.sin(yaw), math.cos(yaw) * math.sin(pitch), math.cos(yaw) * math.cos(pitch))
    turn = rotation_rows(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
    x, y, z = (sum(map(operator.mul, row, ahead)) for row in turn)
    head_std = pose.std_deg if pose.std_deg is not None else 0.0
    return Gaze(
        yaw_deg=math.degrees(math.asin(max(-1.0, min(1.0, -x)))),
        pitch_deg=math.degrees(math.atan2(y, z)),
        std_deg=math.hypot(look.std_deg, head_std),
    )


def geodesic_deg(a: Matrix, b: Matrix) -> float:
    """The angle in degrees of the rotation that takes a to b: the error that has no axis."""
    cosine = (float(np.trace(a.T @ b)) - 1.0) / 2.0
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


def rolled(pose: HeadPose, turn_deg: float) -> HeadPose:
    """The pose of the same head in the image turned clockwise by so much."""
    if turn_deg == 0.0:
        return pose
    head = rotation_rows(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
    yaw, pitch, roll = angles_of_rows(_times(rotation_rows(0.0, 0.0, turn_deg), head))
    return HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, std_deg=pose.std_deg)


def mean_rotation(rotations: Sequence[Matrix]) -> Matrix:
    """The rotation nearest to several (3, 3): the mean matrix made a rotation again (Moakher,
    "Means and Averaging in the Group of Rotations", 2002)."""
    left, _, right = np.linalg.svd(np.mean(rotations, axis=0))
    sign = float(np.sign(np.linalg.det(left @ right)))
    return np.asarray(left @ np.diag([1.0, 1.0, sign]) @ right, np.float64)


def mirrored(pose: HeadPose) -> HeadPose:
    """The pose of the same head in the horizontally mirrored image."""
    return HeadPose(
        yaw_deg=-pose.yaw_deg,
        pitch_deg=pose.pitch_deg,
        roll_deg=-pose.roll_deg,
        std_deg=pose.std_deg,
    )


def focal_px(width_px: int, hfov_deg: float) -> float:
    """Focal length in pixels of a pinhole camera whose image of this width spans hfov_deg."""
    return width_px / (2.0 * math.tan(math.radians(hfov_deg) / 2.0))


def pixel_direction(x_px: float, y_px: float, size: tuple[int, int], hfov_deg: float) -> Direction:
    """Where a pixel looks. ``size`` is (width, height) of the whole image in pixels."""
    width, height = size
    return x_px - width / 2.0, height / 2.0 - y_px, -focal_px(width, hfov_deg)


def corrected_for_ray(pose: HeadPose, direction: Direction) -> HeadPose:
    """The head's pose relative to the camera's axes, from its pose relative to the view ray.

    A face crop shows a head as seen along the ray to the face's middle: a head that slides
    sideways without turning shows its cheek. Turning the crop's rotation by the ray's own
    undoes that.
    """
    right, up, back = direction
    head = rotation_rows(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
    yaw, pitch, roll = angles_of_rows(_times(_back_along(right, up, back), head))
    return HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, std_deg=pose.std_deg)


def _back_along(right: float, up: float, back: float) -> Rows:
    """The rotation that points +z from the camera at a face back along its view ray: Ry(yaw) ·
    Rx(pitch). A face at the right of the image seen frontally looks back, to image left."""
    level = math.hypot(right, back)
    length = math.hypot(level, up)
    if length == 0.0:
        return (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    cx, sx = level / length, -up / length
    cy, sy = (-back / level, right / level) if level else (1.0, 0.0)
    return (cy, sx * sy, -sy * cx), (0.0, cx, sx), (sy, -sx * cy, cx * cy)
