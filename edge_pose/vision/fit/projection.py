"""Reprojection errors of a morphable face and their derivatives, for two cameras.

Image axes here: x right, y UP, so that they continue the face's own (x right, y up, z towards
the viewer). Each problem owns its buffers and serves one thread.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.levenberg_marquardt import State

Array = NDArray[np.float64]


class FaceProblem(ABC):
    """Robust reprojection error of one face, plus the prior of its coefficients.

    Unknowns, in the order of a step: rotation vector (3), then ``rest`` = camera numbers, then
    the K coefficients. Residuals are divided by ``sigma_px``; a point whose whitened residual is
    e costs c²·ln(1 + e²/c²) (Cauchy), so that a few wild points do not steer the fit.
    """

    camera_numbers: int

    def __init__(self, basis: FaceBasis, rows: int, *, robust: float, prior: float) -> None:
        self.rows = rows
        self._basis, self._prior, self._robust = basis, prior, robust
        count, size = basis.vertices, basis.size
        self._mean = np.ascontiguousarray(basis.mean.T)
        flat = basis.modes.transpose(1, 0, 2)
        self._modes = np.ascontiguousarray(flat.reshape(3, count * size))
        self._modes_by_point = self._modes.reshape(3 * count, size)
        self.parameters = 3 + self.camera_numbers + size
        self._shape = np.zeros((3, count))
        self._turned = np.zeros((3, count))
        self._residual = np.zeros((rows, count))
        self._scaled = np.zeros((rows, count))
        self._weight = np.ones(count)
        self._jacobian = np.zeros((rows, count, self.parameters))
        self._observed = np.zeros((rows, count))
        self._inverse_sigma = np.ones((rows, count))
        self._state = State(rotation=np.eye(3), rest=np.zeros(self.parameters - 3))

    def observe(self, points: Array, sigma_px: Array) -> None:
        """Take the points (rows, V) of one face and their expected errors, in pixels."""
        np.copyto(self._observed, points)
        np.divide(1.0, sigma_px, out=self._inverse_sigma)

    def cost(self, state: State) -> float:
        self._state = state
        coefficients = self._coefficients(state)
        np.matmul(self._modes_by_point, coefficients, out=self._shape.reshape(-1))
        self._shape += self._mean
        np.matmul(state.rotation, self._shape, out=self._turned)
        self._project(state)
        np.subtract(self._observed, self._residual, out=self._residual)
        np.multiply(self._residual, self._inverse_sigma, out=self._scaled)
        error = np.einsum("dv,dv->v", self._scaled, self._scaled)
        limit = self._robust**2
        error /= limit
        prior = self._prior * float(coefficients @ coefficients)
        cost = limit * float(np.log1p(error).sum()) + prior
        error += 1.0
        np.divide(1.0, error, out=self._weight)
        return cost

    def linearised(self) -> tuple[Array, Array]:
        jacobian = self._jacobian
        self._differentiate(self._state, jacobian)
        root = np.sqrt(self._weight)
        jacobian *= (self._inverse_sigma * root)[:, :, None]
        flat = jacobian.reshape(-1, self.parameters)
        normal = flat.T @ flat
        descent = flat.T @ (self._scaled * root).reshape(-1)
        size = self._basis.size
        if size:
            diagonal = normal.reshape(-1)[:: self.parameters + 1]
            diagonal[-size:] += self._prior
            descent[-size:] -= self._prior * self._coefficients(self._state)
        return normal, descent

    def residual_px(self) -> Array:
        """Observed minus modelled points (rows, V) at the last cost, in pixels."""
        return self._residual.copy()

    def derivative(self) -> Array:
        """d(modelled points)/d(step) at the last cost, (rows, V, parameters), pixels per unit."""
        self._differentiate(self._state, self._jacobian)
        return self._jacobian.copy()

    def _coefficients(self, state: State) -> Array:
        return state.rest[self.camera_numbers :]

    def _turned_modes(self, rotation: Array) -> Array:
        """The modes as the turned head carries them: as many rows as the rotation has, V, K."""
        shape = (len(rotation), self._basis.vertices, self._basis.size)
        return (rotation @ self._modes).reshape(shape)

    @abstractmethod
    def _project(self, state: State) -> None:
        """Write the modelled points into ``_residual`` from ``_turned``."""

    @abstractmethod
    def _differentiate(self, state: State, out: Array) -> None:
        """Write d(modelled points)/d(step) into ``out``."""


class WeakPerspective(FaceProblem):
    """points = s·R·shape + t: each face seen from far away.

    Camera numbers: ln s (s in pixels per mm), then t in pixels, one per row. With three rows the
    third is the landmarks' own depth, in the same pixels.
    """

    def __init__(self, basis: FaceBasis, rows: int, *, robust: float, prior: float) -> None:
        self.camera_numbers = 1 + rows
        super().__init__(basis, rows, robust=robust, prior=prior)

    def _project(self, state: State) -> None:
        scale = math.exp(state.rest[0])
        np.multiply(self._turned[: self.rows], scale, out=self._residual)
        self._residual += state.rest[1 : 1 + self.rows, None]

    def _differentiate(self, state: State, out: Array) -> None:
        scale, rows = math.exp(state.rest[0]), self.rows
        x, y, z = moved = self._turned * scale
        out[:, :, : 4 + rows] = 0.0
        out[0, :, 1], out[0, :, 2] = z, -y
        out[1, :, 0], out[1, :, 2] = -z, x
        if rows == 3:
            out[2, :, 0], out[2, :, 1] = y, -x
        out[:, :, 3] = moved[:rows]
        for row in range(rows):
            out[row, :, 4 + row] = 1.0
        turned = self._turned_modes(state.rotation[:rows])
        np.multiply(turned, scale, out=out[:, :, 4 + rows :])


class Perspective(FaceProblem):
    """A pinhole camera at the origin that looks along −z; points are relative to its centre.

    Camera numbers: the head's place (x, y, z) in mm, z < 0 in front of the camera.
    """

    def __init__(self, basis: FaceBasis, focal_px: float, *, robust: float, prior: float) -> None:
        self.camera_numbers = 3
        self._focal = focal_px
        super().__init__(basis, 2, robust=robust, prior=prior)

    def _project(self, state: State) -> None:
        x, y, distance = self._placed(state)
        np.divide(self._focal * x, distance, out=self._residual[0])
        np.divide(self._focal * y, distance, out=self._residual[1])

    def _differentiate(self, state: State, out: Array) -> None:
        x, y, distance = self._placed(state)
        size = self._focal / distance
        out[0, :, 3], out[0, :, 4], out[0, :, 5] = size, 0.0, size * x / distance
        out[1, :, 3], out[1, :, 4], out[1, :, 5] = 0.0, size, size * y / distance
        # The rest moves points in space first: chain d(image)/d(space), the columns just set.
        across, depth = out[:, :, 3:5].sum(axis=2), out[:, :, 5]
        a, b, c = self._turned
        turn = np.array([[0 * a, c, -b], [-c, 0 * a, a], [b, -a, 0 * a]]).transpose(0, 2, 1)
        out[:, :, :3] = across[:, :, None] * turn[:2] + depth[:, :, None] * turn[2]
        modes = self._turned_modes(state.rotation)
        out[:, :, 6:] = across[:, :, None] * modes[:2] + depth[:, :, None] * modes[2]

    def _placed(self, state: State) -> tuple[Array, Array, Array]:
        """x, y and distance in front of the camera of each point; never nearer than 1 cm."""
        x, y, z = self._turned + state.rest[:3, None]
        return x, y, np.maximum(-z, 10.0)
