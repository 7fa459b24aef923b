"""What a tremble is, and where it is measured."""

from __future__ import annotations

import numpy as np

from deploy.model.evaluation.tremble import calmest, median_step


def test_a_step_is_the_usual_change_from_one_row_to_the_next() -> None:
    angles = np.array([[0.0, 0, 0], [1, 0, 0], [0, 0, 2], [1, 0, np.nan], [40, 0, 2]])
    assert median_step(angles).tolist() == [1.0, 0.0, 1.0]


def test_the_calmest_stretch_is_where_the_reference_moves_least() -> None:
    swing = np.sin(np.arange(100) / 3.0)[:, None] * np.ones(3)
    swing[40:60] *= 0.01
    swing[50] = np.nan
    calm = calmest(swing, 9)
    assert calm.start >= 40
    assert calm.stop <= 60
    assert not calm.start <= 50 < calm.stop, "an unknown row moves any way"
    assert calmest(swing, 500) == slice(0, 100)
