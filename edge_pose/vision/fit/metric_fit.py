"""Fits the morphable face through a pinhole camera: where the head is, in metres, and how it is
turned relative to the camera's own axes rather than to the view ray.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import HeadPosition
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.face_fit import FaceFit, FitOptions, require_points, upright
from edge_pose.vision.fit.levenberg_marquardt import State, minimise
from edge_pose.vision.fit.projection import Perspective

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MetricFit:
    """A face in space. ``rotation``: relative to the camera's own axes, so the view ray is
    already in it. ``place_mm``: (3,), its origin, and ``middle_mm``, the mean of its landmarks:
    x right, y up, z towards the viewer."""

    rotation: Array
    place_mm: Array
    middle_mm: Array
    coefficients: Array
    residual_px: float

    @property
    def position(self) -> HeadPosition:
        """The face's middle: what its crop is seen along, whichever way it is turned."""
        x, y, z = (self.middle_mm / 1000.0).tolist()
        return HeadPosition(x_m=x, y_m=y, z_m=z)


class MetricFitter:
    """Full-perspective fits through a pinhole camera, for one thread and one image size.

    The distance rests on a mean-sized adult head: adults differ by about 6 %, so it does too.
    """

    def __init__(
        self,
        basis: FaceBasis,
        *,
        size: tuple[int, int],
        focal_px: float,
        options: FitOptions | None = None,
    ) -> None:
        require_points(basis)
        self.basis, self.options = basis, options or FitOptions()
        self._center = np.array([size[0] / 2.0, size[1] / 2.0])
        self._focal = focal_px
        self._problem = Perspective(
            basis, focal_px, robust=self.options.robust, prior=self.options.prior
        )
        self._noise = np.ascontiguousarray(basis.noise_mm.T[:2])

    def fit(self, points: NDArray[np.floating], start: FaceFit) -> MetricFit | None:
        """The face of landmarks (V, 2 or more) in image pixels, from its weak-perspective fit."""
        centred = np.asarray(points, np.float64)[:, :2] - self._center
        observed = upright(centred, self.basis.vertices, 2)
        if observed is None:
            return None
        self._problem.observe(observed, self._noise * start.scale)
        solution = minimise(
            self._problem,
            self._placed(start),
            max_iterations=self.options.max_iterations,
            tolerance=self.options.tolerance,
        )
        self._problem.cost(solution.state)
        error = self._problem.residual_px()
        rotation, rest = solution.state.rotation, solution.state.rest
        if not rest[2] < 0.0 or not math.isfinite(solution.cost):
            return None
        return MetricFit(
            rotation=rotation,
            place_mm=rest[:3],
            middle_mm=rest[:3] + rotation @ self.basis.shape(rest[3:]).mean(axis=0),
            coefficients=rest[3:],
            residual_px=math.sqrt(float(np.einsum("dv,dv->v", error, error).mean())),
        )

    def _placed(self, start: FaceFit) -> State:
        distance = self._focal / start.scale
        x, down = (start.translation_px - self._center) / start.scale
        rest = np.concatenate([[x, -down, -distance], start.coefficients])
        ray = _ray_rotation(np.array([x, -down, -distance]))
        return State(rotation=ray @ start.rotation, rest=rest)


def _ray_rotation(place: Array) -> Array:
    """The least rotation that takes the +z axis to the direction back to the camera."""
    back = -place / np.linalg.norm(place)
    axis = np.array([-back[1], back[0], 0.0])
    across = np.array([[0, 0, axis[1]], [0, 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.asarray(np.eye(3) + across + across @ across / (1.0 + back[2]))
