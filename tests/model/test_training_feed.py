"""What a training sees: shares of its sources, and the options that change the pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytestmark = [pytest.mark.model, pytest.mark.filterwarnings("default")]
pytest.importorskip("keras")

from deploy.model.augment.example import Strength  # noqa: E402
from deploy.model.data.datasets import Samples  # noqa: E402
from deploy.model.training.feed import Feed, shares_of  # noqa: E402


def _samples(count: int, turned: bool = False) -> Samples:
    rng = np.random.default_rng(3)
    return Samples(
        images=rng.integers(0, 256, (count, 160, 160, 3), np.uint8),
        rotation=np.tile(np.eye(3, dtype=np.float32), (count, 1, 1)),
        box=np.tile(np.array([40, 40, 120, 120], np.float32), (count, 1)),
        points=np.full((count, 68, 3), 80.0, np.float32),
        weight=np.ones(count, np.float32),
        turned=np.full(count, turned),
        tag=np.full(count, "made up"),
    )


def test_profiled_faces_share_what_was_asked_and_pools_count_by_size() -> None:
    sources = [_samples(30), _samples(10), _samples(12, turned=True), _samples(4, turned=True)]
    assert shares_of(sources, 0.4) == pytest.approx([0.45, 0.15, 0.3, 0.1])


@pytest.mark.parametrize("turned", [False, True])
def test_one_kind_alone_is_all_that_is_seen(turned: bool) -> None:
    assert shares_of([_samples(5, turned), _samples(15, turned)]) == pytest.approx([0.25, 0.75])


def test_style_mixing_changes_light_but_no_label() -> None:
    plain = Strength(photometry=False)
    one, two = (
        Feed([_samples(6)], [1.0], size=32, batch=6, steps=1, strength=strength)[0]
        for strength in (plain, replace(plain, style=1.0))
    )
    assert np.abs(one[0] - two[0]).mean() > 0.01
    assert one[1]["rotation"].shape == two[1]["rotation"].shape
