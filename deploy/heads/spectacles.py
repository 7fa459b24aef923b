"""Glasses on a face: rims, bridge, temples and lenses, in the rest pose (dm)."""

from __future__ import annotations

import numpy as np

from deploy.heads.anatomy import EYE_LANDMARKS, LANDMARKS, SIDES, Floats, Side
from deploy.heads.head_model import HeadModel
from deploy.heads.parts import Faces
from deploy.heads.tubes import tube, tube_faces
from deploy.heads.wear import Glasses

_RIM, _BRIDGE, _TEMPLE = 28, 5, 8
_PATHS = [(_RIM, True), (_RIM, True), (_BRIDGE, False), (_TEMPLE, False), (_TEMPLE, False)]
_EARS: dict[Side, int] = {"right": 0, "left": 16}
_BRIDGE_OF_NOSE = 27


def frame_faces() -> Faces:
    return tube_faces(_PATHS)


def lens_faces() -> Faces:
    """Two fans: each rim with its middle."""
    return [
        [lens * (_RIM + 1) + i, lens * (_RIM + 1) + (i + 1) % _RIM, lens * (_RIM + 1) + _RIM]
        for lens in range(2)
        for i in range(_RIM)
    ]


def fitted(model: HeadModel, vertices: Floats, glasses: Glasses) -> tuple[Floats, Floats]:
    """Vertices of the frame and of the lenses."""
    landmarks = vertices[LANDMARKS]
    rims = [_rim(model, vertices, landmarks, side, glasses) for side in SIDES]
    bridge = _bridge(rims[0], rims[1])
    temples = [_temple(rim, landmarks, side) for rim, side in zip(rims, SIDES, strict=True)]
    level, upright = np.array([0.01, 0.02, 1.0]), np.array([0.0, 1.0, 0.0])
    frame = [
        *(tube(rim, glasses.thick, closed=True, up=level) for rim in rims),
        tube(bridge, glasses.thick, closed=False, up=level),
        *(tube(temple, glasses.thick * 1.2, closed=False, up=upright) for temple in temples),
    ]
    bulge = np.array([[0.0, 0.0, 0.02]])
    lenses = [np.concatenate([rim, rim.mean(axis=0, keepdims=True) + bulge]) for rim in rims]
    return np.concatenate(frame), np.concatenate(lenses)


def _rim(
    model: HeadModel, vertices: Floats, landmarks: Floats, side: Side, glasses: Glasses
) -> Floats:
    """A superellipse before the eye, wrapped back towards the temple."""
    eye = landmarks[list(EYE_LANDMARKS[side])].mean(axis=0)
    centre, radius = model.eyeball(vertices, side)
    front = max(centre[2] + radius, landmarks[_BRIDGE_OF_NOSE, 2] - 0.02) + 0.11
    turn = np.linspace(0.0, 2.0 * np.pi, _RIM, endpoint=False)
    x = _power(np.cos(turn), glasses.power) * glasses.half_width
    y = _power(np.sin(turn), glasses.power) * glasses.half_height
    outward = np.sign(eye[0])
    back = 0.12 * np.clip(x * outward, 0.0, None)
    return np.stack([eye[0] * 1.03 + x, eye[1] - 0.03 + y, front - back], axis=1)


def _power(values: Floats, power: float) -> Floats:
    return np.asarray(np.sign(values) * np.abs(values) ** power)


def _bridge(right: Floats, left: Floats) -> Floats:
    start, end = right[right[:, 0].argmax()], left[left[:, 0].argmin()]
    share = np.linspace(0.0, 1.0, _BRIDGE)[:, None]
    arch = np.array([0.0, 0.04, 0.03]) * np.sin(np.pi * share)
    return np.asarray(start + (end - start) * share + arch)


def _temple(rim: Floats, landmarks: Floats, side: Side) -> Floats:
    """From the rim's hinge to behind the ear."""
    hinge = rim[(rim[:, 0] * (1.0 if side == "left" else -1.0)).argmax()] + [0.0, 0.08, 0.0]
    ear = landmarks[_EARS[side]]
    end = np.array([ear[0] * 1.03, hinge[1], ear[2] - 0.25])
    share = np.linspace(0.0, 1.0, _TEMPLE)[:, None]
    out = np.array([0.05 * np.sign(ear[0]), 0.0, 0.0]) * np.sin(np.pi * share)
    return np.asarray(hinge + (end - hinge) * share + out)
