"""What the camera sees of a face: which landmarks nothing hides."""

from __future__ import annotations

import bpy  # noqa: F401 - it brings mathutils
import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree
from numpy.typing import NDArray

from deploy.heads.anatomy import Floats
from deploy.heads.parts import Faces

HIDING = (
    "body", "hand", "grip_left", "grip_right", "sleeve_left", "sleeve_right", "wheel", "phone",
    "bottle", "cap", "beanie", "visor", "scarf", "mask", "fedora", "frame",
)  # fmt: skip
_CLEAR_M = 0.004
"""A surface this much nearer than a landmark is not the landmark's own skin."""


def seen(points: Floats, shapes: dict[str, Floats], faces: dict[str, Faces]) -> NDArray[np.bool_]:
    """Of points (N, 3): whether the ray from the camera meets nothing before them."""
    corners: list[Floats] = []
    joined: Faces = []
    for name, vertices in shapes.items():
        if name.partition(":")[0] in HIDING:
            first = sum(map(len, corners))
            corners.append(vertices)
            joined += [[first + i for i in face] for face in faces[name]]
    tree = BVHTree.FromPolygons(np.concatenate(corners).tolist(), joined)
    return np.array([_clear(tree, point) for point in points])


def _clear(tree: BVHTree, point: Floats) -> bool:
    distance = float(np.linalg.norm(point))
    _, _, _, met = tree.ray_cast(Vector((0.0, 0.0, 0.0)), Vector((point / distance).tolist()))
    return met is None or met > distance - _CLEAR_M
