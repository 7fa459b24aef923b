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
    trees = [
        BVHTree.FromPolygons(vertices.tolist(), faces[name])
        for name, vertices in shapes.items()
        if name.partition(":")[0] in HIDING
    ]
    return np.array([_clear(trees, point) for point in points])


def _clear(trees: list[BVHTree], point: Floats) -> bool:
    distance = float(np.linalg.norm(point))
    ray = Vector((0.0, 0.0, 0.0)), Vector((point / distance).tolist())
    met = (tree.ray_cast(*ray, distance - _CLEAR_M)[3] for tree in trees)
    return all(there is None for there in met)
