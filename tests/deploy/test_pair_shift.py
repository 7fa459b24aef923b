"""Which share of a head's turn between two pictures of a pair the face itself explains."""

from __future__ import annotations

import numpy as np
import pytest

from deploy.model.evaluation.pair_shift import CAUSES, Shift, explained

CHANGES = np.random.default_rng(0).normal(size=(400, len(CAUSES)))


def shift(changes: np.ndarray, yaw: float, pitch: float) -> Shift:
    return Shift(pair=1.0, moved=1.0, noisy=1.0, turn=np.array([yaw, pitch]), changes=changes)


def test_a_turn_that_follows_the_mouth_is_explained_and_chance_is_not() -> None:
    chance = np.random.default_rng(1).normal(size=len(CHANGES))
    mouth = CHANGES[:, CAUSES.index("mouth_gap")]
    pairs = zip(CHANGES, chance, mouth, strict=True)
    yaw, pitch = explained([shift(row, c, -5.0 * m) for row, c, m in pairs])
    assert pitch == pytest.approx(1.0)
    assert yaw < 0.05
