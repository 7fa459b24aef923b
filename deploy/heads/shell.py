"""A garment that follows the skin: the shirt."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deploy.heads.anatomy import Floats
from deploy.heads.parts import Faces


class Shell:
    """The part of a mesh where ``inside`` (V,) is above 0, its border cut on the edges."""

    def __init__(self, faces: Faces, inside: Floats) -> None:
        kept = [face for face in faces if any(inside[i] > 0 for i in face)]
        used = sorted({i for face in kept for i in face})
        place = {vertex: i for i, vertex in enumerate(used)}
        self.faces: Faces = [[place[i] for i in face] for face in kept]
        self._used = np.array(used, np.intp)
        towards = _inner_neighbours(kept, inside)
        self._to = np.array([towards.get(v, v) for v in used], np.intp)
        gap = inside[self._to] - inside[self._used]
        share = np.where(self._to != self._used, inside[self._to] / np.maximum(gap, 1e-9), 0.0)
        self._share = share[:, None]

    def off(self, vertices: Floats, normals: Floats, distance: float) -> Floats:
        """Its vertices, ``distance`` off the skin."""
        moved = vertices + normals * distance
        return np.asarray(
            np.where(
                self._share > 0.0,
                moved[self._to] + self._share * (moved[self._used] - moved[self._to]),
                moved[self._used],
            )
        )


def _inner_neighbours(faces: Faces, inside: Floats) -> dict[int, int]:
    """Of each outer corner of a border face: its neighbour farthest inside."""
    found: dict[int, int] = {}
    for face in faces:
        for i, vertex in enumerate(face):
            if inside[vertex] > 0:
                continue
            for other in (face[i - 1], face[(i + 1) % len(face)], face[(i + 2) % len(face)]):
                if inside[other] > 0 and (
                    vertex not in found or inside[other] > inside[found[vertex]]
                ):
                    found[vertex] = other
    return found


def triangles(faces: Faces) -> NDArray[np.intp]:
    """(T, 3) of faces with three or four corners."""
    first = [face[:3] for face in faces]
    second = [[face[0], *face[2:]] for face in faces if len(face) == 4]
    return np.array(first + second, np.intp)


def normals(points: Floats, corners: NDArray[np.intp]) -> Floats:
    """Unit normals (N, 3) of points by the triangles (T, 3) they belong to."""
    a, b, c = (points[corners[:, k]] for k in range(3))
    flat = np.cross(b - a, c - a)
    total = np.zeros_like(points)
    for k in range(3):
        np.add.at(total, corners[:, k], flat)
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9))
