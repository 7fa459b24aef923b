"""The sheet that face profiling bends: a face mesh, rings of falling depth round it, the border.

Face profiling (Zhu et al., "Face Alignment Across Large Poses", CVPR 2016) needs depth not only
for the face but for what surrounds it. The face is the 468-point mesh; round its oval lie three
rings that fall back like a skull, and a fixed frame keeps the background where it is. The whole
is one sheet without holes, so however it is bent, no gap opens in the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.vision.face.mesh import IBUG_68

Floats = NDArray[np.float64]

# The face oval of the MediaPipe mesh: from the hairline down the person's left side and up again.
# fmt: off
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)
# fmt: on
EARS = (234, 454)
# Each ring: its distance from the face's centre relative to the face's outline, how far it lies
# behind the oval in half face widths, and how much of the head's motion it follows.
RINGS = ((1.10, 0.30, 1.0), (1.28, 0.85, 0.95), (1.62, 1.30, 0.35))
_FAR = -1e6
AXES = np.array([1.0, -1.0, -1.0])
"""Image axes (y down, z away) to head axes (y up, z towards the viewer) and back."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeadMesh:
    """A head in its picture. ``source``: (N, 2) pixels; ``points``: (N, 3) in head axes (x right,
    y up, z to the viewer), pixels; ``follow``: (N,) share of the head's motion, 0 for the border;
    ``triangles``: (T, 3) int32. The first 468 vertices are the face."""

    source: Floats
    points: Floats
    follow: Floats
    triangles: NDArray[np.int32]


def build_mesh(landmarks: Floats, rotation: Floats, size: tuple[int, int]) -> HeadMesh:
    """The sheet for one picture of ``size`` (width, height); ``rotation`` is the head's own."""
    face = np.asarray(landmarks, np.float64) * AXES
    half_width = float(np.linalg.norm(face[EARS[0]] - face[EARS[1]])) / 2.0
    rings, follow = _rings(face, rotation, half_width, size)
    border = _border(face, size)
    points = np.concatenate([face, *rings, border])
    weights = np.concatenate([np.ones(len(face)), follow, np.zeros(len(border))])
    return HeadMesh(
        source=points[:, :2] * AXES[:2],
        points=points,
        follow=weights,
        triangles=_triangles(face, rotation),
    )


def turned(
    mesh: HeadMesh, turn: Floats, pivot: Floats, shift: Floats | None = None, scale: float = 1.0
) -> Floats:
    """The vertices (N, 3), in head axes, after turning the head about ``pivot`` by ``turn``."""
    moved = (mesh.points - pivot) @ turn.T * scale + pivot
    if shift is not None:
        moved = moved + shift
    blended = mesh.points + mesh.follow[:, None] * (moved - mesh.points)
    depth = np.where(mesh.follow > 0.0, moved[:, 2], _FAR)
    return np.column_stack([blended[:, :2], depth])


def outline_box(landmarks: Floats) -> Floats:
    """(x1, y1, x2, y2) of the 68 points: the mesh's own idea of the tight box, in pixels."""
    outline = landmarks[IBUG_68, :2]
    return np.concatenate([outline.min(axis=0), outline.max(axis=0)])


def _rings(
    face: Floats, rotation: Floats, half_width: float, size: tuple[int, int]
) -> tuple[list[Floats], Floats]:
    """Rings outside the visible outline of the face, each deeper than the one before."""
    centre = _centre(face)
    rays = face[OVAL, :2] - centre
    rays /= np.maximum(np.linalg.norm(rays, axis=1, keepdims=True), 1e-6)
    reach = np.max((face[:, :2] - centre) @ rays.T * _within(face, centre, rays), axis=0)
    limit = _reach_of_border(centre, rays, size) * 0.97
    back = rotation @ np.array([0.0, 0.0, -1.0])
    # Above the hairline the skull falls back more gently than behind ears and chin.
    slope = 1.0 - 0.5 * np.maximum(rays @ rotation[:2, 1], 0.0)
    rings = []
    for grow, depth, _ in RINGS:
        distance = np.minimum(reach * grow, limit)
        flat = centre + rays * distance[:, None]
        z = face[OVAL, 2] + back[2] * depth * half_width * slope
        rings.append(np.column_stack([flat, z]))
    follow = np.repeat([ring[2] for ring in RINGS], len(OVAL))
    return rings, follow


def _centre(face: Floats) -> Floats:
    """The middle of the visible face, in the picture's plane."""
    return np.asarray((face[:, :2].min(axis=0) + face[:, :2].max(axis=0)) / 2.0)


def _within(face: Floats, centre: Floats, rays: Floats) -> NDArray[np.bool_]:
    """(468, 36): which face points lie near which ray (within about 12 degrees)."""
    direction = face[:, :2] - centre
    direction /= np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-6)
    near = direction @ rays.T > 0.975
    # Every ray sees at least its own oval point.
    near[OVAL, np.arange(len(OVAL))] = True
    return np.asarray(near)


def _reach_of_border(centre: Floats, rays: Floats, size: tuple[int, int]) -> Floats:
    """How far each ray goes from ``centre`` until it leaves the picture, in pixels."""
    high = np.array([size[0] - 1.0, 0.0])
    low = np.array([0.0, 1.0 - size[1]])
    edge = np.where(rays > 0, high, low)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(np.abs(rays) > 1e-9, (edge - centre) / rays, np.inf)
    return np.asarray(np.maximum(steps.min(axis=1), 1.0))


def _border(face: Floats, size: tuple[int, int]) -> Floats:
    """Fixed points on the picture's edge, one for each ray of the rings."""
    centre = _centre(face)
    rays = face[OVAL, :2] - centre
    rays /= np.maximum(np.linalg.norm(rays, axis=1, keepdims=True), 1e-6)
    flat = centre + rays * _reach_of_border(centre, rays, size)[:, None]
    return np.column_stack([flat, np.full(len(flat), _FAR)])


def _triangles(face: Floats, rotation: Floats) -> NDArray[np.int32]:
    """Delaunay over the unrolled face, strips between the rings and out to the border."""
    frontal = (face - face.mean(axis=0)) @ rotation
    radius = np.ptp(frontal[EARS, 0]) / 2.0
    # Unrolling the cheeks about an upright axis keeps their triangles from folding.
    axis_z = frontal[EARS, 2].mean()
    angle = np.arctan2(frontal[:, 0], np.maximum(frontal[:, 2] - axis_z, 0.15 * radius))
    flat = np.column_stack([angle * radius, frontal[:, 1]])
    inner = _delaunay(flat)
    loops = [np.array(OVAL)] + [
        468 + ring * len(OVAL) + np.arange(len(OVAL)) for ring in range(len(RINGS) + 1)
    ]
    strips = [_strip(a, b) for a, b in pairwise(loops)]
    return np.concatenate([inner, *strips]).astype(np.int32)


def _delaunay(points: Floats) -> NDArray[np.intp]:
    """(T, 3) indices of the Delaunay triangles of points in a plane."""
    unit = (points - points.min(axis=0)) / np.ptp(points, axis=0).max() * 1000.0 + 1.0
    exact = unit.astype(np.float32)
    division = cv2.Subdiv2D((0, 0, 1003, 1003))
    division.insert(exact.tolist())
    corners = np.asarray(division.getTriangleList()).reshape(-1, 2)
    index = {(x, y): i for i, (x, y) in enumerate(exact.tolist())}
    # Corners of the enclosing triangle that the method starts from are no points of ours.
    found = [index.get((x, y), -1) for x, y in corners.tolist()]
    triangles = np.array(found, np.intp).reshape(-1, 3)
    return triangles[(triangles >= 0).all(axis=1)]


def _strip(a: NDArray[np.intp], b: NDArray[np.intp]) -> NDArray[np.intp]:
    """The closed band of triangles between two loops of equal length."""
    a2, b2 = np.roll(a, -1), np.roll(b, -1)
    return np.concatenate([np.column_stack([a, b, a2]), np.column_stack([a2, b, b2])])
