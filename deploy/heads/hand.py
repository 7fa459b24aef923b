"""A hand before the face or at the ear, and what it holds, placed in camera axes (m)."""

from __future__ import annotations

import numpy as np

from deploy.heads.anatomy import LANDMARKS, Floats
from deploy.heads.cabin import CUBE
from deploy.heads.head_model import HeadModel
from deploy.heads.parts import Faces
from deploy.heads.posture import Skeleton
from deploy.heads.tubes import AROUND, tube, tube_faces
from deploy.heads.wear import Wear

_WRIST, _FINGERTIP = np.array([-4.31, 2.45, 1.76]), np.array([-4.78, 1.30, 3.01])
"""Joints joint-r-hand and joint-r-finger-3-4 of the base mesh, dm."""
_DM = 0.1
_EARS = (0, 16)


class Hand:
    """The base mesh's right hand as a piece of its own; fingers along +y, flat across z."""

    def __init__(self, model: HeadModel) -> None:
        along = (_FINGERTIP - _WRIST) / np.linalg.norm(_FINGERTIP - _WRIST)
        reach = (model.vertices - _WRIST) @ along
        near = np.linalg.norm(model.vertices - _WRIST, axis=1) < 3.0
        kept = [i for i, f in enumerate(model.body_faces) if _within(f, reach, near)]
        used = sorted({i for k in kept for i in model.body_faces[k]})
        place = {vertex: i for i, vertex in enumerate(used)}
        self.faces: Faces = [[place[i] for i in model.body_faces[k]] for k in kept]
        self.face_uvs: Faces = [model.body_face_uvs[k] for k in kept]
        self.uvs = model.uvs
        points = model.vertices[used] - _WRIST
        self.points = _upright(points, along) * _DM

    def placed(self, skeleton: Skeleton, vertices: Floats, wear: Wear) -> Floats:
        """Its vertices: palm towards the face at a landmark, or at the ear with a phone."""
        landmark, turn, before = wear.held_at
        face = skeleton.on_head(vertices[LANDMARKS])
        right, up, out = skeleton.head.T
        if wear.held == "phone":
            ear = _EARS[int(turn > 0)]
            sign = -1.0 if ear == 0 else 1.0
            axes = np.stack([out * sign, up * 0.94 + right * 0.34, -right * sign], axis=1)
            middle = face[ear] + right * sign * 0.035 - up * 0.02
        elif wear.held == "bottle":
            axes = np.stack([right, up, -out], axis=1)
            middle = face[57] + out * 0.15 - up * 0.08
        else:
            way = np.cos(turn) * right + np.sin(turn) * up
            axes = np.stack([np.cross(way, -out), way, -out], axis=1)
            middle = face[landmark] + out * (0.02 + before)
        return np.asarray(self.points @ axes.T + middle)


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


def _within(face: list[int], reach: Floats, near: Floats) -> bool:
    return all(near[i] and reach[i] > -0.9 for i in face)


def _upright(points: Floats, along: Floats) -> Floats:
    """Turned so that the fingers point along +y and the palm along +z, the palm's middle at 0."""
    palm = points[(points @ along > 0.2) & (points @ along < 1.2)]
    _, _, axes = np.linalg.svd(palm - palm.mean(axis=0))
    thin = axes[2] - (axes[2] @ along) * along
    thin /= np.linalg.norm(thin)
    frame = np.stack([np.cross(along, thin), along, thin])
    return np.asarray((points - along * 0.9) @ frame.T)
