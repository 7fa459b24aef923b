"""The morphable face from measured meshes: mean, identity and expression modes, noise.

1. The mean comes from motion: the labels give each photo's rotation, so the one 3D face that
   best explains the image points of all photos is a least-squares problem (x, y only: the
   mesh's own depth plays no part, and the mean's pose zero is the labels').
2. Every mesh is fitted rigidly to that mean and taken back into the face's frame (generalised
   Procrustes, one more round for the mean).
3. Photos of one person differ by expression (and by what the landmarker does from pose to pose):
   the covariance within groups. The total covariance less that is identity. Modes are the
   leading eigenvectors of each, in mm per standard deviation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.face_fit import FaceFitter

Array = NDArray[np.float64]
Points = NDArray[np.float32]

EYE_CORNERS = (33, 263)
EYE_DISTANCE_MM = 89.0
AXES = np.array([1.0, -1.0, -1.0])
"""Image axes (y down, z away) to the face's (y up, z towards the viewer)."""

_RIGID_NOISE_MM = (3.0, 3.0, 6.0)
_MIN_SERIES = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """What the meshes taught. ``identity``, ``expression``: (V, 3, K) mm per std, strongest
    first; ``*_share``: how much of its own variance each kind keeps; ``series``, ``photos``:
    groups and photos behind the separation; ``shapes``: all photos."""

    basis: FaceBasis
    identity_share: float
    expression_share: float
    identity_rms_mm: float
    expression_rms_mm: float
    series: int
    photos: int
    shapes: int


def mean_from_motion(points: Points, rotation: Array, rounds: int = 5) -> Array:
    """The 3D face (V, 3) in mm whose turned views best explain image points (N, V, ≥ 2)."""
    seen = np.asarray(points[..., :2], np.float64) * AXES[:2]
    seen -= seen.mean(axis=1, keepdims=True)
    seen /= np.sqrt((seen**2).sum(axis=(1, 2)))[:, None, None]
    camera = rotation[:, :2]
    scale = np.ones(len(seen))
    for _ in range(rounds):
        left = np.einsum("n,nai,naj->ij", scale**2, camera, camera)
        right = np.einsum("n,nai,nva->iv", scale, camera, seen, optimize=True)
        mean = np.linalg.solve(left, right).T
        view = np.einsum("nai,vi->nva", camera, mean, optimize=True)
        scale = (view * seen).sum(axis=(1, 2)) / (view**2).sum(axis=(1, 2))
    return in_millimetres(mean)


def in_millimetres(shape: Array) -> Array:
    """A face scaled and moved into the basis frame: eye corners 89 mm apart, origin between."""
    right, left = shape[list(EYE_CORNERS)]
    scale = EYE_DISTANCE_MM / np.linalg.norm(left - right)
    return np.asarray((shape - (left + right) / 2.0) * scale)


def aligned(points: Points, mean: Array) -> tuple[Points, NDArray[np.bool_]]:
    """Meshes (N, V, 3) in the face's frame, in mm, and which of them could be fitted."""
    basis = FaceBasis(
        mean=mean,
        modes=np.zeros((*mean.shape, 0)),
        identity=0,
        noise_mm=np.tile(_RIGID_NOISE_MM, (len(mean), 1)),
    )
    fitter = FaceFitter(basis, depth=True)
    shapes = np.zeros(points.shape, np.float32)
    usable = np.zeros(len(points), bool)
    for i, mesh in enumerate(points):
        fit = fitter.fit(mesh)
        if fit is None:
            continue
        usable[i] = True
        shape = (mesh.astype(np.float64) * AXES / fit.scale) @ fit.rotation
        shapes[i] = shape - (shape - mean).mean(axis=0)
    return shapes, usable


def learn(
    points: Points, rotation: Array, group: NDArray[np.str_], modes: tuple[int, int]
) -> Learned:
    """The basis of labelled meshes; ``modes`` = how many of identity and of expression."""
    shapes, usable = aligned(points, mean_from_motion(points, rotation))
    shapes, group = shapes[usable], group[usable]
    mean = shapes.mean(axis=0, dtype=np.float64)
    flat = (shapes - mean).reshape(len(shapes), -1).astype(np.float64)
    series = _series(group)
    within = _within(flat, series)
    between = flat.T @ flat / len(flat) - within
    identity, identity_share = _modes(between, modes[0])
    expression, expression_share = _modes(within, modes[1])
    both = np.concatenate([identity, expression], axis=1)
    full = FaceBasis(
        mean=in_millimetres(mean),
        modes=both.reshape(*mean.shape, -1),
        identity=modes[0],
        noise_mm=np.ones(mean.shape),
    )
    return Learned(
        basis=full,
        identity_share=identity_share,
        expression_share=expression_share,
        identity_rms_mm=float(np.sqrt(max(0.0, np.trace(between)) * 3 / len(between))),
        expression_rms_mm=float(np.sqrt(np.trace(within) * 3 / len(within))),
        series=len(series),
        photos=sum(len(rows) for rows in series),
        shapes=len(shapes),
    )


def unexplained_mm(basis: FaceBasis, shapes: Points) -> Array:
    """(V, 3): what the basis leaves of meshes in its frame, one standard deviation."""
    flat = (shapes - basis.mean).reshape(len(shapes), -1).astype(np.float64)
    modes = basis.modes.reshape(-1, basis.size)
    solved = np.linalg.solve(modes.T @ modes + np.eye(basis.size), modes.T @ flat.T)
    return np.asarray((flat - (modes @ solved).T).std(axis=0).reshape(-1, 3))


def _series(group: NDArray[np.str_]) -> list[NDArray[np.intp]]:
    """The photos of each group with at least three of them."""
    names, index, counts = np.unique(group, return_inverse=True, return_counts=True)
    order = np.argsort(index, kind="stable")
    parts = np.split(order, np.cumsum(counts)[:-1])
    return [
        part for name, part in zip(names, parts, strict=True) if name and len(part) >= _MIN_SERIES
    ]


def _within(flat: Array, series: list[NDArray[np.intp]]) -> Array:
    """The covariance of one person's shapes around their own mean."""
    total, freedom = np.zeros((flat.shape[1],) * 2), 0
    for rows in series:
        own = flat[rows] - flat[rows].mean(axis=0)
        total += own.T @ own
        freedom += len(rows) - 1
    return total / max(1, freedom)


def _modes(covariance: Array, count: int) -> tuple[Array, float]:
    """Leading eigenvectors × their standard deviations, (3V, count), and the variance kept."""
    values, vectors = np.linalg.eigh(covariance)
    values = np.maximum(values[::-1], 0.0)
    kept = vectors[:, ::-1][:, :count] * np.sqrt(values[:count])
    signs = np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(count)])
    return kept * signs, float(values[:count].sum() / max(values.sum(), 1e-12))
