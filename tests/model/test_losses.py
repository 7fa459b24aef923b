"""The losses know the same rotations as the geometry of the runtime."""

from __future__ import annotations

import numpy as np
import pytest

pytestmark = pytest.mark.model
pytest.importorskip("keras")

from keras import ops  # noqa: E402

from deploy.model.base.angles import euler_deg, geodesic_deg, rotations_from_euler  # noqa: E402
from deploy.model.training.losses import (  # noqa: E402
    geodesic,
    rotation_from_6d,
    rotation_from_angles,
    spread_loss,
)

ANGLES = np.random.default_rng(1).uniform(-60, 60, (20, 3)).astype(np.float32)


def test_angles_decode_as_the_runtime_composes_them() -> None:
    decoded = ops.convert_to_numpy(rotation_from_angles(ops.convert_to_tensor(ANGLES / 90)))
    assert decoded == pytest.approx(rotations_from_euler(ANGLES), abs=1e-5)
    assert euler_deg(decoded) == pytest.approx(ANGLES, abs=1e-3)


def test_any_length_of_the_two_columns_gives_the_same_rotation() -> None:
    rotation = rotations_from_euler(ANGLES).astype(np.float32)
    six = np.concatenate([2.5 * rotation[:, :, 0], 0.4 * rotation[:, :, 1]], axis=1)
    decoded = ops.convert_to_numpy(rotation_from_6d(ops.convert_to_tensor(six)))
    assert decoded == pytest.approx(rotation, abs=1e-5)


def test_the_angle_between_rotations_is_the_one_of_the_tables() -> None:
    a = rotations_from_euler(ANGLES).astype(np.float32)
    b = np.roll(a, 1, axis=0)
    found = ops.convert_to_numpy(geodesic(ops.convert_to_tensor(a), ops.convert_to_tensor(b)))
    assert np.degrees(found) == pytest.approx(geodesic_deg(a, b), abs=0.5)


def test_the_spread_is_best_at_the_log_of_the_error() -> None:
    angle = ops.convert_to_tensor(np.radians(np.full(5, 4.0)).astype(np.float32))
    targets = {"absent": ops.zeros(5)}
    losses = {
        s: float(spread_loss(angle, targets, ops.full((5,), s))) for s in (0.5, np.log(4.0), 2.5)
    }
    assert min(losses, key=losses.__getitem__) == pytest.approx(np.log(4.0))
