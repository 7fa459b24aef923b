"""Round tubes along paths: spectacle frames, temples, mask straps, the wheel's rim."""

from __future__ import annotations

import numpy as np

from deploy.heads.anatomy import Floats
from deploy.heads.parts import Faces

AROUND = 6


def tube_faces(paths: list[tuple[int, bool]]) -> Faces:
    """Quads of tubes one after the other: (points of the path, closed?) each."""
    faces: Faces = []
    first = 0
    for points, closed in paths:
        for i in range(points if closed else points - 1):
            here, there = first + i * AROUND, first + (i + 1) % points * AROUND
            for j in range(AROUND):
                k = (j + 1) % AROUND
                faces.append([here + j, here + k, there + k, there + j])
        first += points * AROUND
    return faces


def tube(path: Floats, radius: float | Floats, *, closed: bool, up: Floats) -> Floats:
    """Vertices (N × 6, 3) round a path (N, 3); ``radius``: one, or (N,) along it; ``up``: a
    direction that it never follows."""
    ahead = (
        np.roll(path, -1, axis=0) - np.roll(path, 1, axis=0)
        if closed
        else np.gradient(path, axis=0)
    )
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True) + 1e-9
    side = np.cross(ahead, up)
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-9
    over = np.cross(ahead, side)
    turn = np.linspace(0.0, 2.0 * np.pi, AROUND, endpoint=False)[None, :, None]
    ring = np.cos(turn) * side[:, None] + np.sin(turn) * over[:, None]
    thick = np.broadcast_to(radius, len(path))[:, None, None]
    return np.asarray(path[:, None] + thick * ring).reshape(-1, 3)
