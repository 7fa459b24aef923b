"""The analytic derivatives of both cameras against numeric ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.levenberg_marquardt import State, minimise, rodrigues, rotation_vector
from edge_pose.vision.fit.projection import FaceProblem, Perspective, WeakPerspective

POINTS, MODES = 9, 4
STEP = 1e-6


def a_basis(rng: np.random.Generator) -> FaceBasis:
    return FaceBasis(
        mean=rng.normal(0.0, 40.0, (POINTS, 3)),
        modes=rng.normal(0.0, 2.0, (POINTS, 3, MODES)),
        identity=2,
        noise_mm=np.ones((POINTS, 3)),
    )


def problems(basis: FaceBasis) -> dict[str, FaceProblem]:
    return {
        "weak": WeakPerspective(basis, 2, robust=3.0, prior=1.0),
        "weak with depth": WeakPerspective(basis, 3, robust=3.0, prior=1.0),
        "perspective": Perspective(basis, 800.0, robust=3.0, prior=1.0),
    }


def a_state(problem: FaceProblem, rng: np.random.Generator) -> State:
    if isinstance(problem, Perspective):
        camera = [*rng.normal(0.0, 100.0, 2), rng.uniform(-1500.0, -400.0)]
    else:
        camera = [rng.normal(), *rng.normal(0.0, 50.0, problem.rows)]
    rotation = rodrigues(rng.normal(0.0, 1.0, 3))
    return State(rotation=rotation, rest=np.concatenate([camera, rng.normal(size=MODES)]))


def observe(problem: FaceProblem, rng: np.random.Generator) -> None:
    shape = (problem.rows, POINTS)
    problem.observe(rng.normal(0.0, 30.0, shape), rng.uniform(0.5, 3.0, shape))


@pytest.mark.parametrize("name", ["weak", "weak with depth", "perspective"])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_the_derivative_is_the_numeric_one(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = problems(a_basis(rng))[name]
    observe(problem, rng)
    state = a_state(problem, rng)
    problem.cost(state)
    exact = problem.derivative()
    for i, step in enumerate(STEP * np.eye(problem.parameters)):
        problem.cost(state.moved(step))
        above = problem.residual_px()
        problem.cost(state.moved(-step))
        numeric = (problem.residual_px() - above) / (2.0 * STEP)
        assert exact[:, :, i] == pytest.approx(numeric, rel=1e-4, abs=1e-4 * np.abs(exact).max())


@pytest.mark.parametrize("name", ["weak", "weak with depth", "perspective"])
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_the_descent_is_half_the_slope_of_the_robust_cost(name: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = problems(a_basis(rng))[name]
    observe(problem, rng)
    state = a_state(problem, rng)
    problem.cost(state)
    _, descent = problem.linearised()
    steps = STEP * np.eye(problem.parameters)
    slope = [
        (problem.cost(state.moved(-s)) - problem.cost(state.moved(s))) / (2 * STEP) for s in steps
    ]
    assert descent == pytest.approx(np.array(slope) / 2.0, rel=1e-3, abs=1e-3 * np.abs(slope).max())


@pytest.mark.parametrize("name", ["weak", "weak with depth", "perspective"])
def test_minimising_never_raises_the_cost_and_ends_where_it_is_flat(name: str) -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        problem = problems(a_basis(rng))[name]
        truth = a_state(problem, rng)
        observe(problem, rng)
        problem.cost(truth)
        seen = -problem.residual_px()
        problem.observe(np.zeros_like(seen), np.ones_like(seen))
        problem.cost(truth)
        problem.observe(-problem.residual_px(), np.ones_like(seen))
        start = truth.moved(rng.normal(0.0, 0.05, problem.parameters))
        before = problem.cost(start)
        found = minimise(problem, start, max_iterations=60, tolerance=1e-10)
        assert found.cost <= before
        problem.cost(found.state)
        normal, descent = problem.linearised()
        assert np.abs(descent).max() <= 1e-3 * max(1.0, np.abs(np.diagonal(normal)).max())


@given(vector=st.tuples(*[st.floats(-1.8, 1.8)] * 3))
def test_rotation_vectors_and_matrices_are_each_other(vector: tuple[float, ...]) -> None:
    rotation = rodrigues(np.array(vector))
    assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1.0)
    assert rodrigues(rotation_vector(rotation)) == pytest.approx(rotation, abs=1e-6)


def test_half_a_turn_has_a_rotation_vector() -> None:
    for axis in np.eye(3):
        rotation = rodrigues(np.pi * axis)
        assert np.abs(rotation_vector(rotation)) == pytest.approx(np.pi * axis, abs=1e-6)
