"""Where the head stands in the picture: in space where its place is known, else in its box."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from edge_pose.values import Box, HeadPose, HeadPosition, Scene
from edge_pose.view.drawing.brush import Point
from edge_pose.view.drawing.gizmo import Matrix, rotation

FACE_M = 0.137
"""A face's side, ear to ear or brow to chin: the mean of the 3D fit's face."""
_DOWN = np.array([1.0, -1.0])
"""Head's up is the picture's −y."""
_NEAREST = 0.1
"""Nothing is drawn nearer to the camera than this share of the head's distance."""
_MOST = 2.0
"""Times that a face in space may be larger or smaller than its box."""


class Place(Protocol):
    """Puts points of the head into the picture. A head's points: (n, 3) in face sides, the head's
    own axes (x image right, y up, z out of the face), its origin where the place says."""

    @property
    def side(self) -> float:
        """A face side at the head's distance, in pixels."""
        ...

    @property
    def turn(self) -> Matrix:
        """The head's rotation, for what is nearer than what."""
        ...

    @property
    def eyes(self) -> Matrix:
        """The point between the eyes, as a head's point (1, 3)."""
        ...

    @property
    def skull(self) -> Matrix:
        """The middle of the whole head, likewise."""
        ...

    def pixels(self, points: Matrix) -> Matrix:
        """Where a head's points lie in the picture: (n, 2)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class BoxPlace:
    """As a face box shows a head seen from far away; the origin is the box's middle."""

    box: Box
    turn: Matrix
    eyes: ClassVar[Matrix] = np.array([[0.0, 0.14, 0.225]])
    skull: ClassVar[Matrix] = np.array([[0.0, 0.12, 0.0]])

    @property
    def side(self) -> float:
        return self.box.side

    def pixels(self, points: Matrix) -> Matrix:
        flat = (points @ self.turn.T)[:, :2] * _DOWN
        return np.asarray(self.box.center + self.box.side * flat)


@dataclass(frozen=True, slots=True, eq=False)
class SpacePlace:
    """As the camera sees a head in space; the origin is the middle of the face.

    ``middle``: of the picture in pixels; ``turn``: relative to the camera's own axes."""

    position: HeadPosition
    focal_px: float
    middle: Point
    turn: Matrix
    eyes: ClassVar[Matrix] = np.array([[0.0, 0.28, 0.09]])
    skull: ClassVar[Matrix] = np.array([[0.0, 0.21, -0.4]])

    @property
    def side(self) -> float:
        return self.focal_px * FACE_M / -self.position.z_m

    def pixels(self, points: Matrix) -> Matrix:
        place = np.array([self.position.x_m, self.position.y_m, self.position.z_m])
        seen = FACE_M * (points @ self.turn.T) + place
        ahead = np.maximum(-seen[:, 2:], -_NEAREST * self.position.z_m)
        return np.asarray(self.middle + self.focal_px * seen[:, :2] * _DOWN / ahead)


def head_place(scene: Scene, box: Box, seen: HeadPose, mirrored: bool) -> Place:
    """The place of the scene's head. ``box`` and ``seen`` are as the picture shows them."""
    observation = scene.observation
    pose = scene.state.pose or observation.pose_cam
    position, focal_px = observation.position, observation.focal_px
    if position is None or focal_px is None or pose is None or not position.z_m < 0.0:
        return BoxPlace(box, rotation(seen))
    if mirrored:
        position = replace(position, x_m=-position.x_m)
        pose = replace(pose, yaw_deg=-pose.yaw_deg, roll_deg=-pose.roll_deg)
    width, height = scene.frame.size
    place = SpacePlace(position, focal_px, (width / 2.0, height / 2.0), rotation(pose))
    return place if _agree(place, box) else BoxPlace(box, rotation(seen))


def _agree(place: SpacePlace, box: Box) -> bool:
    """Both are of one face; a fit gone astray is not shown."""
    x, y = place.pixels(np.zeros((1, 3)))[0].tolist()
    near = math.dist((x, y), box.center) < box.side
    return near and place.side / _MOST < box.side < place.side * _MOST
