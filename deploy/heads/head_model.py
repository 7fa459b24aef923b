"""The MakeHuman head: its mesh, every change of shape and action, eyes turned on their own.

Base mesh and targets: makehumancommunity.org, CC0. Rest pose, decimetres.
"""

from __future__ import annotations

import math

import numpy as np

from deploy.heads.anatomy import BODY, EYE_HELPERS, SIDES, Floats, Side
from deploy.heads.eyeball import cornea_radius
from deploy.heads.parts import Faces, Parts, Target
from deploy.heads.turning import best_rotation, direction

SHAPE_FOLDERS = (
    "head", "forehead", "eyebrows", "neck", "eyes", "nose", "mouth", "ears", "chin", "cheek",
)  # fmt: skip
_LOWEST_Y, _TRUNK_X, _UPPER_ARM = 1.8, 1.55, 0.55
"""The bust: faces above the first, within the second or at most the third out of the shoulder,
where sleeves begin; dm."""
_SHOULDER, _ARM = np.array([1.68, 5.25]), np.array([0.636, -0.772])
"""Of the left arm in the rest pose: its joint, and its way to the elbow, (x, y)."""
_LID_CLEARANCE = 0.02
"""Of the eyeball's radius: how far a lid lies off it."""
_FOLLOW = {"Out": 0.9, "In": 0.9, "Up": 0.45, "Down": 0.18}
"""How much of an eyeLook action the lids make for a turn of the eye: the gap falls to 0.7 at a
look 30° down (measured in drivers: 0.75 at 27–33°)."""
_MAX_LOOK = 2.2
_ROLL = 0.5
"""Share of the eye's turn up or down that both lids make with it."""

Gaze = dict[Side, tuple[float, float]]
"""(yaw, pitch) in degrees of each eye in the rest pose's axes."""


class HeadModel:
    """Vertices and targets; pure functions of weights."""

    def __init__(self, parts: Parts) -> None:
        base = parts.base()
        self.vertices = base.vertices
        self.uvs = base.uvs
        body = [i for i, group in enumerate(base.groups) if group == "body"]
        kept = [i for i in body if _in_bust(base.vertices[base.faces[i]])]
        self.faces: Faces = [base.faces[i] for i in kept]
        self.face_uvs: Faces = [base.face_uvs[i] for i in kept]
        self.body_faces: Faces = [base.faces[i] for i in body]
        self.used = np.unique(np.concatenate([np.array(face) for face in self.faces]))
        self.macro = parts.targets("macrodetails")
        self.shapes = {folder: parts.targets(folder) for folder in SHAPE_FOLDERS}
        self.asymmetry = parts.targets("asym")
        self.actions = parts.actions()
        self._look_deg = self._part_eyes_from_lids()

    def expressed(self, neutral: Floats, actions: dict[str, float], gaze: Gaze) -> Floats:
        """Vertices with facial actions (weights 0 … 1) and lids that follow the eyes."""
        vertices = neutral.copy()
        for side in SIDES:
            for name, weight in self._lids_following(side, *gaze[side]):
                add(vertices, self.actions[name], weight)
            self._roll_lids(vertices, neutral, side, gaze[side][1])
        for name, weight in actions.items():
            add(vertices, self.actions[name], weight)
        for side in SIDES:
            self._clear_eyeball(vertices, side, direction(*gaze[side]))
        return vertices

    def eyeball(self, vertices: Floats, side: Side) -> tuple[Floats, float]:
        """Centre (3,) and radius of an eyeball."""
        helper = vertices[EYE_HELPERS[side]]
        return helper.mean(axis=0), float(np.ptp(helper[:, 0])) / 2.0

    def _lids_following(
        self, side: Side, yaw_deg: float, pitch_deg: float
    ) -> list[tuple[str, float]]:
        outward = -yaw_deg if side == "left" else yaw_deg  # the left eye's outside is image right
        level = "Out" if outward > 0 else "In"
        height = "Up" if pitch_deg > 0 else "Down"
        turns = ((level, abs(outward)), (height, abs(pitch_deg)))
        names = [(f"eyeLook{way}{side.title()}", way, turn) for way, turn in turns]
        return [
            (name, min(_MAX_LOOK, _FOLLOW[way] * turn / self._look_deg[name]))
            for name, way, turn in names
        ]

    def _roll_lids(self, vertices: Floats, neutral: Floats, side: Side, pitch_deg: float) -> None:
        """Both lids turn with the eye a part of the way, the corners stay. Without it the lower
        lid stands before an iris that looks down."""
        centre, radius = self.eyeball(neutral, side)
        out = vertices - centre
        distance = np.linalg.norm(out, axis=1) / radius
        near = np.clip((1.6 - distance) / 0.5, 0.0, 1.0)
        corners = np.clip(1.0 - (out[:, 0] / (1.15 * radius)) ** 2, 0.0, 1.0)
        share = near * near * (3.0 - 2.0 * near) * corners * (out[:, 2] > 0.0)
        share[EYE_HELPERS["left"].start : EYE_HELPERS["right"].stop] = 0.0
        turn = np.radians(-_ROLL * pitch_deg) * share
        cosine, sine = np.cos(turn), np.sin(turn)
        y, z = out[:, 1].copy(), out[:, 2].copy()
        vertices[:, 1] = centre[1] + y * cosine - z * sine
        vertices[:, 2] = centre[2] + y * sine + z * cosine

    def _part_eyes_from_lids(self) -> dict[str, float]:
        """Take the eyeball out of the eyeLook actions; how far each turned it, in degrees."""
        turned = {}
        for side in SIDES:
            part = EYE_HELPERS[side]
            for way in _FOLLOW:
                name = f"eyeLook{way}{side.title()}"
                target = self.actions[name]
                inside = (target.vertices >= part.start) & (target.vertices < part.stop)
                moved = self.vertices[part].copy()
                moved[target.vertices[inside] - part.start] += target.offsets[inside]
                turn = best_rotation(self.vertices[part], moved)
                turned[name] = math.degrees(math.acos(min(1.0, (np.trace(turn) - 1.0) / 2.0)))
                self.actions[name] = Target(target.vertices[~inside], target.offsets[~inside])
        return turned

    def _clear_eyeball(self, vertices: Floats, side: Side, look: Floats) -> None:
        """Push skin that lies inside the eyeball out to its surface, the cornea's bulge with it."""
        centre, radius = self.eyeball(vertices, side)
        out = vertices[:BODY] - centre
        distance = np.linalg.norm(out, axis=1)
        near = np.flatnonzero(
            (distance < radius * 1.2) & (distance > radius * 0.6) & (out[:, 2] > radius * 0.25)
        )
        unit = out[near] / distance[near, None]
        off_axis = np.arccos(np.clip(unit @ look, -1.0, 1.0))
        clear = radius * (cornea_radius(off_axis) + _LID_CLEARANCE)
        vertices[near] = centre + unit * np.maximum(distance[near], clear)[:, None]


def add(vertices: Floats, target: Target, weight: float) -> None:
    """Move vertices in place."""
    if abs(weight) > 1e-4:
        vertices[target.vertices] += weight * target.offsets


def _in_bust(corners: Floats) -> bool:
    flat = np.column_stack([np.abs(corners[:, 0]), corners[:, 1]])
    trunk = (flat[:, 0] < _TRUNK_X) | ((flat - _SHOULDER) @ _ARM < _UPPER_ARM)
    return bool(corners[:, 1].min() > _LOWEST_Y and trunk.all())
