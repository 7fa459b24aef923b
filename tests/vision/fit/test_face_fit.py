"""The 3D fit: exact heads give their pose, odd input gives none, a bad start does no harm."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from edge_pose.errors import ConfigError
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.testing.heads import Head, random_head
from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.face_fit import FaceFit, FaceFitter, FitOptions
from edge_pose.vision.geometry import geodesic_deg, rotation_matrix

Array = NDArray[np.float64]

FULL = FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz")
NOISE_MM = 1.2  # one pixel at 150 px face size


def evenly(basis: FaceBasis) -> FaceBasis:
    """A basis whose points all err alike, as synthetic noise does."""
    noise = np.full((basis.vertices, 3), NOISE_MM)
    return FaceBasis(mean=basis.mean, modes=basis.modes, identity=basis.identity, noise_mm=noise)


SMALL = evenly(FULL.chosen(IBUG_68, identity=5, expression=5))
FITTER = FaceFitter(SMALL, options=FitOptions(robust=6.0))
DEEP = FaceFitter(SMALL, depth=True, options=FitOptions(robust=6.0))


def errors_of(fitter: FaceFitter, heads: FaceBasis, count: int, seed: int) -> list[float]:
    rng = np.random.default_rng(seed)
    errors = []
    for _ in range(count):
        head = random_head(heads, rng)
        points = head.seen()
        fit = fitter.fit(points + rng.normal(0.0, 1.0, points.shape))
        assert fit is not None
        errors.append(geodesic_deg(fit.rotation, head.rotation))
    return errors


def test_heads_of_the_model_are_fitted_within_a_degree() -> None:
    errors = errors_of(FITTER, SMALL, 200, seed=1)
    assert np.mean(errors) <= 0.75
    assert max(errors) < 6.0


def test_faces_the_model_does_not_hold_are_fitted_within_a_degree_from_3d_landmarks() -> None:
    errors = errors_of(DEEP, evenly(FULL.chosen(IBUG_68)), 100, seed=2)
    assert np.mean(errors) <= 1.0
    assert max(errors) < 6.0


def test_without_noise_pose_size_and_place_are_exact() -> None:
    head = Head(shape=SMALL.mean, rotation=rotation_matrix(40.0, -15.0, 10.0))
    fit = FITTER.fit(head.seen(size_px=150.0, at=(100.0, 90.0))[:, :2])
    assert fit is not None
    assert geodesic_deg(fit.rotation, head.rotation) < 0.01
    assert fit.scale == pytest.approx(150.0 / np.ptp(SMALL.mean[:, :2], axis=0).max(), rel=1e-3)
    assert fit.translation_px == pytest.approx((100.0, 90.0), abs=0.05)
    assert fit.residual < 1e-4
    assert FITTER.project(fit) == pytest.approx(head.seen(at=(100.0, 90.0))[:, :2], abs=0.05)


@given(
    seed=st.integers(0, 2**32 - 1),
    turn=st.tuples(*[st.floats(-180.0, 180.0)] * 3),
    scale=st.floats(0.01, 100.0),
    wild=st.floats(0.0, 4.0),
)
@settings(max_examples=300, deadline=None)
def test_no_start_however_wrong_spoils_the_fit(
    seed: int, turn: tuple[float, float, float], scale: float, wild: float
) -> None:
    check_start(seed, turn, scale, wild)


def check_start(seed: int, turn: tuple[float, float, float], scale: float, wild: float) -> None:
    """A fit from a random start ends where the fit without one does, near the truth."""
    rng = np.random.default_rng(seed)
    head = random_head(SMALL, rng)
    points = head.seen() + rng.normal(0.0, 1.0, (68, 3))
    start = FaceFit(
        rotation=rotation_matrix(*turn),
        scale=scale,
        translation_px=rng.normal(0.0, 1000.0, 2),
        coefficients=rng.normal(0.0, 1.0, SMALL.size) * wild,
        residual=0.01,
        std_deg=1.0,
        iterations=1,
        converged=True,
    )
    fit = FITTER.fit(points, start)
    assert fit is not None
    assert np.isfinite(fit.coefficients).all()
    assert geodesic_deg(fit.rotation, head.rotation) < 8.0


@pytest.mark.soak
def test_ten_thousand_random_starts_none_diverges() -> None:
    rng = np.random.default_rng(0)
    for seed in range(10_000):
        yaw, pitch, roll = rng.uniform(-180.0, 180.0, 3).tolist()
        check_start(seed, (yaw, pitch, roll), float(10 ** rng.uniform(-2, 2)), rng.uniform(0, 4))


def test_a_warm_start_takes_fewer_steps_to_the_same_place() -> None:
    rng = np.random.default_rng(3)
    cold_steps, warm_steps = 0, 0
    for _ in range(30):
        head = random_head(SMALL, rng)
        points = head.seen() + rng.normal(0.0, 1.0, (68, 3))
        first = FITTER.fit(points)
        cold = FITTER.fit(points + 0.3)
        warm = FITTER.fit(points + 0.3, first)
        assert cold is not None
        assert warm is not None
        assert geodesic_deg(cold.rotation, warm.rotation) < 0.3
        cold_steps, warm_steps = cold_steps + cold.iterations, warm_steps + warm.iterations
    assert warm_steps < 0.7 * cold_steps


def test_a_few_wild_points_hardly_turn_the_head() -> None:
    rng = np.random.default_rng(4)
    errors = []
    for _ in range(30):
        head = random_head(SMALL, rng)
        points = head.seen() + rng.normal(0.0, 1.0, (68, 3))
        points[rng.choice(68, 5, replace=False), :2] += rng.normal(0.0, 15.0, (5, 2))
        fit = FaceFitter(SMALL).fit(points)
        assert fit is not None
        errors.append(geodesic_deg(fit.rotation, head.rotation))
    assert np.mean(errors) < 2.0


def frontal() -> Array:
    return Head(shape=SMALL.mean, rotation=rotation_matrix(20.0, 5.0, 0.0)).seen()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_points_that_are_no_numbers_are_not_measured(value: float) -> None:
    points = frontal()
    points[7, 1] = value
    assert FITTER.fit(points) is None


@pytest.mark.parametrize("fitter", [FITTER, DEEP], ids=["2d", "3d"])
def test_points_on_a_line_or_in_one_place_are_not_measured(fitter: FaceFitter) -> None:
    along = np.linspace(0.0, 100.0, 68)
    assert fitter.fit(np.stack([along, 2.0 * along, along], axis=1)) is None
    assert fitter.fit(np.zeros((68, 3))) is None


@pytest.mark.parametrize("fitter", [FITTER, DEEP], ids=["2d", "3d"])
@pytest.mark.parametrize("yaw", [-50.0, -20.0, 0.0, 20.0, 50.0])
def test_a_mirrored_face_is_not_measured(fitter: FaceFitter, yaw: float) -> None:
    head = Head(shape=SMALL.mean, rotation=rotation_matrix(yaw, 5.0, 0.0))
    assert fitter.fit(head.seen() * (-1.0, 1.0, 1.0)) is None


def test_random_points_are_not_measured() -> None:
    rng = np.random.default_rng(5)
    assert all(FITTER.fit(rng.uniform(0.0, 200.0, (68, 2))) is None for _ in range(50))


def test_too_few_points_are_an_error_that_says_so() -> None:
    with pytest.raises(ConfigError, match="at least 4 landmarks"):
        FaceFitter(FULL.chosen(np.array([1, 33, 263])))


@pytest.mark.parametrize("shape", [(67, 2), (68, 1), (68,), (468, 3)])
def test_points_of_another_shape_are_an_error(shape: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError, match="do not fit a basis of 68"):
        FITTER.fit(np.zeros(shape))


def test_the_expected_error_grows_as_the_face_shrinks() -> None:
    rng = np.random.default_rng(6)
    head = random_head(SMALL, rng)
    large = FITTER.fit(head.seen(size_px=300.0))
    assert large is not None
    assert 0.0 < large.std_deg < 10.0
