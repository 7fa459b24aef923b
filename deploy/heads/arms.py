"""A driver's arms: where the elbow is between shoulder and hand, and the sleeve over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deploy.heads.anatomy import Floats, Side
from deploy.heads.parts import Faces
from deploy.heads.tubes import tube, tube_faces

_UPPER_M, _FORE_M = 0.30, 0.26
"""Lengths of upper arm and forearm (ANSUR II, means of both sexes)."""
_SHOULDERS: dict[Side, slice] = {"left": slice(14047, 14055), "right": slice(14486, 14494)}
"""The shoulder joints' helpers on the base mesh."""
_OUTWARD: dict[Side, float] = {"left": 1.0, "right": -1.0}
_CUFF_M = 0.075
_RADII = (0.022, 0.040, 0.042, 0.046, 0.050, 0.054, 0.060, 0.068, 0.074)
"""Along the sleeve, m; the first ring lies within the forearm, so that no sleeve gapes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arm:
    """Joints (3,) in camera axes, m."""

    shoulder: Floats
    elbow: Floats
    wrist: Floats


def shoulder_of(vertices: Floats, side: Side) -> Floats:
    """The shoulder joint (1, 3) in the rest pose, dm."""
    return np.asarray(vertices[_SHOULDERS[side]].mean(axis=0)[None])


def bent_arm(shoulder: Floats, wrist: Floats, torso: Floats, side: Side) -> Arm:
    """The elbow hangs down and outward (``torso``: the shoulders' rotation (3, 3)); an arm too
    short for the way is stretched."""
    way = wrist - shoulder
    far = float(np.linalg.norm(way))
    way /= far
    along = float(np.clip((_UPPER_M**2 - _FORE_M**2 + far**2) / (2.0 * far), 0.0, _UPPER_M))
    pole = torso @ np.array([0.6 * _OUTWARD[side], -1.0, -0.2])
    pole -= (pole @ way) * way
    pole /= np.linalg.norm(pole)
    out = np.sqrt(max(_UPPER_M**2 - along**2, 0.0))
    return Arm(shoulder=shoulder, elbow=shoulder + along * way + out * pole, wrist=wrist)


def sleeve_faces() -> Faces:
    return tube_faces([(len(_RADII), False)])


def sleeve(arm: Arm) -> Floats:
    """A shirt's sleeve from above the wrist over the elbow to the shoulder."""
    forearm = arm.wrist - arm.elbow
    cuff = arm.wrist - forearm * min(0.9, _CUFF_M / float(np.linalg.norm(forearm)))
    half = len(_RADII) // 2
    share = np.linspace(0.0, 1.0, half + 1)[:, None]
    lower, upper = cuff + (arm.elbow - cuff) * share, arm.elbow + (arm.shoulder - arm.elbow) * share
    path = np.concatenate([lower, upper[1:]])
    path[1:-1] = 0.25 * path[:-2] + 0.5 * path[1:-1] + 0.25 * path[2:]
    return tube(path, np.array(_RADII), closed=False, up=np.array([0.31, 0.17, 0.94]))
