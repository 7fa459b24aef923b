"""Where the face mesh's 68 points lie on the skin, beside the 68 vertices of the truth.

Both stand for the same iBUG landmarks, but not for quite the same places: the mesh sets its brows
lower and its lower lip higher. Each point is a mixture of up to three vertices, chosen on the
base mesh where the mesh's point lies on average (README.md, Ray and zero).
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.heads.anatomy import Floats

_TABLE = Path(__file__).with_name("mesh_points.csv")
Corners = tuple[NDArray[np.intp], Floats]


def mesh_corners() -> Corners:
    """Vertices (68, 3) of the base mesh and their shares (68, 3), which sum to 1."""
    with _TABLE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    vertices = np.array([[int(row[f"vertex_{k}"]) for k in "abc"] for row in rows], np.intp)
    shares = np.array([[float(row[f"share_{k}"]) for k in "abc"] for row in rows])
    return vertices, shares / shares.sum(axis=1, keepdims=True)


def mesh_points(corners: Corners, vertices: Floats) -> Floats:
    """(68, 3) on a body (V, 3)."""
    chosen, shares = corners
    return np.asarray((vertices[chosen] * shares[..., None]).sum(axis=1))
