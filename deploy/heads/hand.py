"""Hands and the arms that bring them: before the face, at the ear with a phone, with a bottle, on
the wheel, in the lap. All in camera axes, m."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deploy.heads.anatomy import LANDMARKS, SIDES, Floats, Side
from deploy.heads.arms import Arm, bent_arm, shoulder_of, sleeve
from deploy.heads.cabin import CUBE
from deploy.heads.hand_shape import GRIPPED, HandShape
from deploy.heads.parts import Faces
from deploy.heads.plan import Plan
from deploy.heads.posture import Posture, Skeleton
from deploy.heads.tubes import AROUND, tube, tube_faces
from deploy.heads.wear import Wear
from deploy.heads.wheel import Wheel, along, at, covers, in_the_lap, wheel_points

_EARS = (0, 16)
_FACE_M = 0.13
"""What an arm on the wheel keeps clear round the line of sight to the face, m."""
_MIRRORED = np.array([-1.0, 1.0, 1.0])
_HELD_FROM_MIDDLE = np.array([0.0, -0.012, 0.0])
"""From the origin of the hand's shape to the middle that is placed: the palm's."""
Frame = tuple[Floats, Floats]
"""Axes (3, 3), columns across, along the fingers, out of the palm; and the origin (3,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Hands:
    """The hands of one posed driver. ``vertices``: the body (V, 3) in the rest pose, dm."""

    shape: HandShape
    skeleton: Skeleton
    vertices: Floats

    def placed(self, plan: Plan) -> dict[str, Floats]:
        """Both hands, both sleeves, what is held, and the wheel: pieces by name."""
        wear, shapes = plan.wear, dict[str, Floats]()
        holding = held_by(wear) if wear.held else None
        for side in SIDES:
            if side == holding:
                frame, points = _before_face(self.skeleton, self.vertices, wear), self.shape.flat
                hand, cloth = self._armed(points, frame, side)
            else:
                hand, cloth = self._resting(plan, side)
            name = "hand" if side == holding else f"grip_{side}"
            shapes[name], shapes[f"sleeve_{side}"] = hand, cloth
        if wear.held == "phone":
            shapes["phone"] = phone(self.skeleton, self.vertices, wear)
        if wear.held == "bottle":
            shapes["bottle"] = bottle(self.skeleton, self.vertices)
        if plan.wheel is not None:
            shapes["wheel"] = wheel_points(plan.wheel) @ plan.posture.cabin.T + plan.posture.seat_m
        return shapes

    def _armed(self, points: Floats, frame: Frame, side: Side) -> tuple[Floats, Floats]:
        """A hand's vertices with its forearm led to the elbow, and the sleeve's."""
        axes, origin = frame
        flip = _MIRRORED if side == "left" else np.ones(3)
        arm = self._arm((self.shape.wrist * flip) @ axes.T + origin, side)
        aimed = self.shape.aimed(points, ((arm.elbow - origin) @ axes) * flip)
        return np.asarray((aimed * flip) @ axes.T + origin), sleeve(arm)

    def _arm(self, wrist: Floats, side: Side) -> Arm:
        shoulder = self.skeleton.on_torso(shoulder_of(self.vertices, side))[0]
        return bent_arm(shoulder, wrist, self.skeleton.torso, side)

    def _resting(self, plan: Plan, side: Side) -> tuple[Floats, Floats]:
        """Hand and sleeve on the wheel; in the lap if it grips none or its arm would hide the
        face."""
        turn, seat = plan.posture.cabin, plan.posture.seat_m
        clock = plan.wheel.hands[side] if plan.wheel else None
        if plan.wheel is not None and clock is not None:
            frame = self._grip(plan.wheel, clock, side, plan.posture)
            placed = self._armed(self.shape.closed, frame, side)
            if not covers(np.concatenate(placed), self._face(), _FACE_M):
                return placed
        axes = _frame(turn @ np.array([0.0, -0.25, 1.0]), turn @ np.array([0.0, -1.0, 0.0]))
        return self._armed(self.shape.flat, (axes, turn @ in_the_lap(side) + seat), side)

    def _face(self) -> Floats:
        """The middle of the face (3,)."""
        return np.asarray(self.skeleton.on_head(self.vertices[LANDMARKS]).mean(axis=0))

    def _grip(self, wheel: Wheel, clock: float, side: Side, posture: Posture) -> Frame:
        turn, seat = posture.cabin, posture.seat_m
        grip, rim = turn @ at(wheel, clock) + seat, turn @ along(wheel, clock)
        reach = grip - self._arm(grip, side).elbow
        reach -= (reach @ rim) * rim
        fingers = reach / np.linalg.norm(reach)
        axes = np.stack([rim, fingers, np.cross(rim, fingers)], axis=1)
        return axes, grip - axes @ GRIPPED


def held_by(wear: Wear) -> Side:
    """Which hand is before the face: the one that comes from its own side."""
    turn = wear.held_at[1]
    if wear.held == "phone":
        return "left" if turn > 0 else "right"
    if wear.held == "bottle":
        return "right"
    return "right" if np.cos(turn) > 0 else "left"


def _before_face(skeleton: Skeleton, vertices: Floats, wear: Wear) -> Frame:
    """Palm towards the face at a landmark, or at the ear with a phone."""
    landmark, turn, before = wear.held_at
    face = skeleton.on_head(vertices[LANDMARKS])
    right, up, out = skeleton.head.T
    if wear.held == "phone":
        ear = _EARS[int(turn > 0)]
        sign = -1.0 if ear == 0 else 1.0
        axes = _frame(up * 0.94 + right * 0.34, -right * sign)
        middle = face[ear] + right * sign * 0.035 - up * 0.02
    elif wear.held == "bottle":
        axes = _frame(up, -out)
        middle = face[57] + out * 0.15 - up * 0.08
    else:  # the elbow is below, so fingers point up or sideways
        axes = _frame(np.cos(turn) * right + abs(np.sin(turn)) * up, -out)
        middle = face[landmark] + out * (0.02 + before)
    return axes, middle + axes @ _HELD_FROM_MIDDLE


def _frame(fingers: Floats, palm: Floats) -> Floats:
    """Axes of a hand whose fingers point one way and whose palm faces nearly another."""
    y = fingers / np.linalg.norm(fingers)
    x = np.cross(y, palm)
    x /= np.linalg.norm(x)
    return np.stack([x, y, np.cross(x, y)], axis=1)


def phone(skeleton: Skeleton, vertices: Floats, wear: Wear) -> Floats:
    """Corners (8, 3) of a phone at the ear."""
    face = skeleton.on_head(vertices[LANDMARKS])
    right, up, out = skeleton.head.T
    ear = _EARS[int(wear.held_at[1] > 0)]
    sign = -1.0 if ear == 0 else 1.0
    axes = np.stack([right * sign, up * 0.9 - out * 0.43, out * 0.9 + up * 0.43], axis=1)
    middle = face[ear] + right * sign * 0.02 - up * 0.03
    return np.asarray((CUBE * [0.004, 0.072, 0.035]) @ axes.T + middle)


_BOTTLE = ((0.010, 0.0), (0.012, 0.03), (0.032, 0.06), (0.032, 0.20))
"""(radius, distance from the mouth) along a bottle, m."""


def bottle_faces() -> Faces:
    return tube_faces([(len(_BOTTLE), False)])


def bottle(skeleton: Skeleton, vertices: Floats) -> Floats:
    """A bottle at the mouth, its end lower than the lips."""
    lips = skeleton.on_head(vertices[LANDMARKS[[62]]])[0]
    _, up, out = skeleton.head.T
    way = out * 0.9 - up * 0.44
    rings = [
        tube(lips + way * np.array([[d], [d + 1e-3]]), r, closed=False, up=up)[:AROUND]
        for r, d in _BOTTLE
    ]
    return np.concatenate(rings)
