"""Batches for training, made by worker threads while the network computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from deploy.model.augment.example import Strength, augment
from deploy.model.augment.photometry import restyled
from deploy.model.data.datasets import Samples

Batch = tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]
ABSENT_ERROR_DEG = 35.0
"""What the spread shall say where there is no face to see (ln 35 = 3.56)."""

TURNED_SHARE = 0.2
"""Share of profiled faces in what is seen, unless told otherwise."""


class Feed(keras.utils.PyDataset):
    """Endless augmented examples, the same ones again for the same seed and epoch.

    ``shares``: how often each of the ``sources`` is drawn. ``absent``: share of crops without a
    face, cut from the surroundings; they teach the spread only.
    """

    def __init__(
        self,
        sources: Sequence[Samples],
        shares: Sequence[float],
        *,
        size: int,
        batch: int,
        steps: int,
        strength: Strength = Strength(),  # noqa: B008  (frozen)
        absent: float = 0.03,
        seed: int = 1,
        workers: int = 1,
    ) -> None:
        super().__init__(workers=workers, use_multiprocessing=False, max_queue_size=12)
        self.sources, self.shares = list(sources), np.asarray(shares) / np.sum(shares)
        self.size, self.batch, self.steps, self.seed = size, batch, steps, seed
        self.strength, self.absent, self.epoch = strength, absent, 0
        self._odds = [_odds(samples) for samples in self.sources]

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> Batch:
        rng = np.random.default_rng([self.seed, self.epoch, step])
        rows = [self._example(rng) for _ in range(self.batch)]
        image = np.stack([row[0] for row in rows]).astype(np.float32) / 127.5 - 1.0
        names = ("rotation", "weight", "points", "seen", "absent")
        targets = {
            name: np.stack([np.asarray(row[i + 1], np.float32) for row in rows])
            for i, name in enumerate(names)
        }
        return image, targets

    def _example(self, rng: np.random.Generator) -> tuple[NDArray[Any] | float, ...]:
        source = int(rng.choice(len(self.sources), p=self.shares))
        samples = self.sources[source]
        index = int(np.searchsorted(self._odds[source], rng.random()))
        box, points = samples.box[index], samples.points[index]
        absent = bool(rng.random() < self.absent)
        if absent:
            box = _beside(rng)
        example = augment(
            samples.images[index],
            samples.rotation[index],
            box,
            points,
            size=self.size,
            strength=self.strength,
            rng=rng,
        )
        image = example.image
        if self.strength.style and rng.random() < self.strength.style:
            image = restyled(image, samples.images[int(rng.integers(len(samples)))])
        absent = absent or example.covered > 0.95
        known = bool(np.isfinite(example.points).all()) and not absent
        return (
            image,
            example.rotation,
            0.0 if absent else samples.weight[index],
            np.nan_to_num(example.points),
            float(known),
            float(absent),
        )


def shares_of(sources: Sequence[Samples], turned: float = TURNED_SHARE) -> list[float]:
    """How often each source is drawn: profiled faces share ``turned`` of what is seen, by size
    like the others the rest."""
    made = np.array([bool(samples.turned.all()) for samples in sources])
    count = np.array([len(samples) for samples in sources], float)
    turned = turned if made.any() and not made.all() else float(made.all())
    shares = np.where(made, turned, 1.0 - turned) * count
    shares[made] /= max(count[made].sum(), 1.0)
    shares[~made] /= max(count[~made].sum(), 1.0)
    return shares.tolist()  # type: ignore[no-any-return]


def _odds(samples: Samples) -> NDArray[np.float64]:
    """Cumulative odds of drawing each sample: large real poses are few, so drawn more often."""
    yaw = np.abs(samples.yaw_deg)
    odds = np.select([yaw < 20, yaw < 30, yaw < 45], [1.0, 1.4, 2.5], 4.0)
    odds = np.where(samples.turned, 1.0, odds)
    total = np.cumsum(odds)
    return np.asarray(total / total[-1])


def _beside(rng: np.random.Generator) -> NDArray[np.float32]:
    """A small square in a corner of the crop, where there is no face."""
    side = float(rng.uniform(14, 26))
    x, y = rng.choice([0.0, 1.0], 2) * (160 - side)
    return np.array([x, y, x + side, y + side], np.float32)
