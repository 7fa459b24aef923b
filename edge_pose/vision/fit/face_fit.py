"""Fits the morphable face to landmarks: head rotation, place and size, and the face's own shape.

Closed-form start (POS: least-squares affine camera, made a rotation by SVD), then
Levenberg–Marquardt on the robust reprojection error with priors on shape and expression. Sources:
DeMenthon and Davis, "Model-Based Object Pose in 25 Lines of Code", IJCV 1995; Blanz and Vetter,
SIGGRAPH 1999. Everything is NumPy; buffers are made once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ConfigError
from edge_pose.vision.fit.face_basis import MAX_STD, FaceBasis
from edge_pose.vision.fit.levenberg_marquardt import Solution, State, minimise
from edge_pose.vision.fit.projection import WeakPerspective

Array = NDArray[np.float64]

_MIN_POINTS = 4
_MIN_FLATNESS = 0.03
"""Points whose spread across their main line is a smaller share of that along it are a line."""
_MIN_FACING = 0.03
"""Least cosine between the face's normal and the viewer: a face is seen from its front."""
_MAX_RESIDUAL = 0.12
"""RMS error as a share of the face's size from which the points are no face."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FaceFit:
    """A face in 6 degrees of freedom, as its crop shows it.

    ``rotation``: (3, 3), convention of ``vision/geometry.py``. ``scale``: pixels per mm.
    ``translation_px``: (2,), where the face's origin (between the outer eye corners) lies, image
    pixels, y down. ``coefficients``: (K,), standard deviations. ``residual``: RMS landmark error
    as a share of the face's size. ``std_deg``: formal error of the rotation, one standard
    deviation, from the curvature of the error.
    """

    rotation: Array
    scale: float
    translation_px: Array
    coefficients: Array
    residual: float
    std_deg: float
    iterations: int
    converged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FitOptions:
    """``robust``: whitened residual from which a point loses weight. ``prior``: weight of the
    coefficients' prior against the points, whose errors are not independent of each other."""

    robust: float = 3.0
    prior: float = 1.0
    max_iterations: int = 12
    tolerance: float = 1e-4


class FaceFitter:
    """Weak-perspective fits of one basis, for one thread. ``depth``: points have a third number,
    the landmarks' own depth in the same pixels, smaller = nearer the camera."""

    def __init__(
        self, basis: FaceBasis, *, depth: bool = False, options: FitOptions | None = None
    ) -> None:
        require_points(basis)
        self.basis = basis
        self.options = options or FitOptions()
        self._rows = 3 if depth else 2
        self._problem = WeakPerspective(
            basis, self._rows, robust=self.options.robust, prior=self.options.prior
        )
        self._center = basis.mean.mean(axis=0)
        self._affine = np.linalg.pinv(basis.mean - self._center).T
        self._size_mm = float(np.ptp(basis.mean[:, :2], axis=0).max())
        self._noise = np.ascontiguousarray(basis.noise_mm.T[: self._rows])

    def fit(
        self,
        points: NDArray[np.floating],
        start: FaceFit | None = None,
        *,
        std_px: Array | None = None,
    ) -> FaceFit | None:
        """The face of landmarks (V, 2 or more) in image pixels; None where they show none.

        ``std_px``: expected error of each point (V,), beside the basis' own.
        ``start``: the fit of the frame before. It is used only where it explains the points
        better than the closed-form start does, so a stale one costs time, never a wrong pose.
        """
        observed = upright(points, self.basis.vertices, self._rows)
        first = None if observed is None else self._closed_form(observed)
        if observed is None or first is None:
            return None
        noise = self._noise * math.exp(first.rest[0])
        self._problem.observe(observed, noise if std_px is None else np.hypot(noise, std_px))
        chosen = first if start is None else self._better(first, self._resumed(start, observed))
        solution = minimise(
            self._problem,
            chosen,
            max_iterations=self.options.max_iterations,
            tolerance=self.options.tolerance,
        )
        return self._accepted(solution)

    def project(self, fit: FaceFit) -> Array:
        """The fitted face's vertices (V, 2) in image pixels."""
        turned = self.basis.shape(fit.coefficients) @ fit.rotation[:2].T
        return np.asarray(fit.scale * turned * (1.0, -1.0) + fit.translation_px)

    def _closed_form(self, observed: Array) -> State | None:
        middle = observed.mean(axis=1)
        centred = observed - middle[:, None]
        spread = np.linalg.svd(centred[:2], compute_uv=False)
        if not spread[0] > 0.0 or spread[1] < _MIN_FLATNESS * spread[0]:
            return None
        camera = centred[:2] @ self._affine
        left, size, right = np.linalg.svd(camera, full_matrices=False)
        rows = left @ right
        rotation = np.stack([rows[0], rows[1], np.cross(rows[0], rows[1])])
        scale = float(size.mean())
        if rotation[2, 2] < _MIN_FACING or scale <= 0.0:
            return None
        offset = middle - scale * (rotation @ self._center)[: self._rows]
        rest = np.concatenate([[math.log(scale)], offset, np.zeros(self.basis.size)])
        return State(rotation=rotation, rest=rest)

    def _resumed(self, start: FaceFit, observed: Array) -> State | None:
        if len(start.coefficients) != self.basis.size:
            return None
        turned = (start.rotation @ self.basis.shape(start.coefficients).T)[: self._rows]
        offset = observed.mean(axis=1) - start.scale * turned.mean(axis=1)
        rest = np.concatenate([[math.log(start.scale)], offset, start.coefficients])
        return State(rotation=start.rotation, rest=rest)

    def _better(self, first: State, second: State | None) -> State:
        if second is None or self._problem.cost(first) <= self._problem.cost(second):
            return first
        return second

    def _accepted(self, solution: Solution) -> FaceFit | None:
        state = solution.state
        scale = math.exp(state.rest[0])
        coefficients = state.rest[1 + self._rows :]
        self._problem.cost(state)
        error = self._problem.residual_px()[:2]
        residual = math.sqrt(float(np.einsum("dv,dv->v", error, error).mean()))
        residual /= scale * self._size_mm
        facing = state.rotation[2, 2] >= _MIN_FACING
        if not facing or not residual <= _MAX_RESIDUAL or not _a_face(coefficients):
            return None
        return FaceFit(
            rotation=state.rotation,
            scale=scale,
            translation_px=state.rest[1:3] * (1.0, -1.0),
            coefficients=coefficients,
            residual=residual,
            std_deg=_rotation_std_deg(solution.normal),
            iterations=solution.iterations,
            converged=solution.converged,
        )


def require_points(basis: FaceBasis) -> None:
    """Raises ConfigError when a basis has too few vertices for a 3D fit."""
    if basis.vertices < _MIN_POINTS:
        raise ConfigError(
            f"a 3D fit needs at least {_MIN_POINTS} landmarks, the basis has {basis.vertices}"
        )


def upright(points: NDArray[np.floating], count: int, rows: int) -> Array | None:
    """Points (V, ≥ rows) as (rows, V), y up, z towards the viewer; None unless all are finite."""
    if points.ndim != 2 or len(points) != count or points.shape[1] < rows:
        raise ConfigError(
            f"landmarks of shape {points.shape} do not fit a basis of {count} vertices with "
            f"{rows} numbers each; choose the same vertices from both"
        )
    observed = np.array(points[:, :rows].T, np.float64)
    observed[1:] *= -1.0
    return observed if bool(np.isfinite(observed).all()) else None


def _a_face(coefficients: Array) -> bool:
    """Whether a face's coefficients are, taken together, within what faces do."""
    if not coefficients.size:
        return True
    return math.sqrt(float(coefficients @ coefficients) / coefficients.size) <= MAX_STD


def _rotation_std_deg(normal: Array) -> float:
    try:
        covariance = np.linalg.inv(normal)[:3, :3]
    except np.linalg.LinAlgError:
        return 90.0
    return min(90.0, math.degrees(math.sqrt(max(0.0, float(np.trace(covariance))))))
