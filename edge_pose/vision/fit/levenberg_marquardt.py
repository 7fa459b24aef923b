"""Levenberg–Marquardt over a rotation and a vector, for any problem that gives its normal matrix.

Source: Marquardt 1963, with Nielsen's damping ("Damping Parameter in Marquardt's Method", 1999):
smooth, so that a step that is refused once does not cost many more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_START_DAMPING = 1e-3
_MAX_DAMPING = 1e9
_FLOOR = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class State:
    """What is searched for. ``rotation``: (3, 3); ``rest``: everything else, one vector."""

    rotation: Array
    rest: Array

    def moved(self, step: Array) -> State:
        """The state after a step: three numbers turn the rotation from the left, the rest add."""
        return State(rotation=rodrigues(step[:3]) @ self.rotation, rest=self.rest + step[3:])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solution:
    """The best state found. ``normal``: Jᵀ·W·J at the last accepted linearisation."""

    state: State
    cost: float
    iterations: int
    converged: bool
    normal: Array


class Problem(Protocol):
    """A sum of squares to be made small."""

    def cost(self, state: State) -> float:
        """The sum at a state; what it worked out is kept for ``linearised``."""

    def linearised(self) -> tuple[Array, Array]:
        """Normal matrix Jᵀ·W·J (P, P) and descent vector −Jᵀ·W·r (P,) at the last cost."""


def minimise(
    problem: Problem, start: State, *, max_iterations: int = 20, tolerance: float = 1e-6
) -> Solution:
    """The state of least cost near ``start``. Ends when a step lowers the cost by less than
    ``tolerance`` of it, or no damping helps. The cost never rises above the start's."""
    state, cost = start, problem.cost(start)
    normal, descent = problem.linearised()
    damping, growth, converged, iteration = _START_DAMPING, 2.0, False, 0
    while iteration < max_iterations and not converged and damping < _MAX_DAMPING:
        iteration += 1
        step = _damped_step(normal, descent, damping)
        trial = state.moved(step)
        trial_cost = problem.cost(trial)
        predicted = float(step @ (damping * np.diagonal(normal) * step + descent))
        gain = (cost - trial_cost) / max(predicted, _FLOOR)
        if trial_cost < cost and math.isfinite(trial_cost):
            converged = cost - trial_cost <= tolerance * cost
            state, cost = trial, trial_cost
            normal, descent = problem.linearised()
            damping *= max(0.1, 1.0 - (2.0 * gain - 1.0) ** 3)
            growth = 2.0
        else:
            converged = predicted <= tolerance * cost
            damping, growth = damping * growth, growth * 2.0
    return Solution(
        state=state, cost=cost, iterations=iteration, converged=converged, normal=normal
    )


def rodrigues(vector: Array) -> Array:
    """The rotation matrix (3, 3) of a rotation vector in radians, right-handed."""
    x, y, z = vector.tolist()
    angle = math.sqrt(x * x + y * y + z * z)
    if angle < 1e-8:
        a, b = 1.0, 0.5
    else:
        a, b = math.sin(angle) / angle, (1.0 - math.cos(angle)) / (angle * angle)
    c = 1.0 - b * angle * angle
    return np.array(
        [
            [c + b * x * x, b * x * y - a * z, b * x * z + a * y],
            [b * x * y + a * z, c + b * y * y, b * y * z - a * x],
            [b * x * z - a * y, b * y * z + a * x, c + b * z * z],
        ]
    )


def rotation_vector(rotation: Array) -> Array:
    """The rotation vector (3,) in radians of a rotation matrix; at most π long."""
    cosine = min(1.0, max(-1.0, (float(np.trace(rotation)) - 1.0) / 2.0))
    angle = math.acos(cosine)
    axis = np.array(
        [
            rotation[2, 1] - rotation[1, 2],
            rotation[0, 2] - rotation[2, 0],
            rotation[1, 0] - rotation[0, 1],
        ]
    )
    if angle < 1e-6:
        return axis / 2.0
    if math.pi - angle > 1e-4:
        return axis * (angle / (2.0 * math.sin(angle)))
    # Half a turn: R + I = 2·a·aᵀ gives the axis up to its sign, which does not matter there.
    outer = (rotation + rotation.T) / 4.0 + np.eye(3) / 2.0
    column = outer[:, int(np.argmax(np.diagonal(outer)))]
    return np.asarray(angle * column / np.linalg.norm(column))


def _damped_step(normal: Array, descent: Array, damping: float) -> Array:
    damped = normal.copy()
    damped.flat[:: len(damped) + 1] += damping * np.diagonal(normal) + _FLOOR
    return np.asarray(np.linalg.solve(damped, descent), np.float64)
