"""Training: AdamW, warm-up and cosine, averaged weights, a checkpoint every epoch, a CSV log."""

from __future__ import annotations

import csv
import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from deploy.model.architectures import architecture
from deploy.model.augment.example import Strength
from deploy.model.base.predict import predict
from deploy.model.base.weights import read_values, restore, values_of, write_values
from deploy.model.data.crops import crops_of
from deploy.model.data.datasets import Samples
from deploy.model.training.feed import TURNED_SHARE, Feed, shares_of
from deploy.model.training.losses import (
    geodesic,
    mirror_loss,
    pose_loss,
    rotation_from_6d,
    rotation_from_angles,
)
from deploy.model.training.start import begin, freeze

AVERAGE_EVERY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides a training run. ``images``: examples seen in all; ``epoch``:
    examples between checkpoints; ``half_life``: of averaged weights, in examples; ``weights`` and
    ``freeze``: see ``start.py``; ``consistency``: weight of the mirror loss; ``style``: share of
    images that borrow another's light and colour; ``turned``: share of profiled faces;
    ``second_opinion``: labels averaged with the 3D fit, see ``second_opinion.py``."""

    architecture: str = "mobilenetv2-6d"
    width: float = 0.5
    size: int = 112
    images: int = 972_800
    epoch: int = 25_600
    batch: int = 128
    peak_rate: float = 3e-3
    weight_decay: float = 0.02
    warm_up: int = 50_000
    half_life: int = 60_000
    seed: int = 1
    weights: str = "none"
    freeze: str = "none"
    consistency: float = 0.0
    style: float = 0.0
    turned: float = TURNED_SHARE
    second_opinion: bool = False

    @property
    def epochs(self) -> int:
        return max(1, round(self.images / self.epoch))

    @property
    def steps(self) -> int:
        return max(1, self.epoch // self.batch)


class Trainee(keras.Model):
    """A network with the pose loss; ``fit`` of any backend trains it."""

    def __init__(self, network: keras.Model, consistency: float = 0.0) -> None:
        super().__init__()
        self.network = network
        self.consistency = consistency

    def call(self, image: Any, training: bool | None = None) -> Any:
        return self.network(image, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,  # noqa: ARG002
        training: bool = True,  # noqa: ARG002
    ) -> Any:
        loss = pose_loss(y, y_pred)
        if self.consistency:
            mirrored = self.network(ops.flip(x, axis=2), training=True)
            loss += self.consistency * mirror_loss(y_pred["pose"], mirrored["pose"])
        return loss


def train(
    recipe: Recipe,
    sources: Sequence[Samples],
    validation: Samples,
    out: Path,
    *,
    stop_after: int | None = None,
) -> keras.Model:
    """Trains, or goes on where ``out`` has a checkpoint; returns the network, weights averaged."""
    out.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(recipe.seed)
    network = architecture(recipe.architecture).build(recipe.size, recipe.width)
    begin(network, recipe.weights, recipe.width)
    freeze(network, recipe.freeze)
    trainee = Trainee(network, recipe.consistency)
    trainee.compile(optimizer=optimizer(recipe), loss=None, jit_compile=False)
    trainee.optimizer.build(network.trainable_variables)
    feed = Feed(
        sources,
        shares_of(sources, recipe.turned),
        size=recipe.size,
        batch=recipe.batch,
        steps=recipe.steps,
        strength=Strength(style=recipe.style),
        seed=recipe.seed,
    )
    keeper = Keeper(recipe, feed, validation, out)
    keeper.attach(trainee)
    (out / "recipe.json").write_text(json.dumps(told(recipe), indent=1), encoding="utf-8")
    last = recipe.epochs if stop_after is None else min(recipe.epochs, stop_after)
    trainee.fit(
        feed, initial_epoch=keeper.epoch, epochs=last, callbacks=[keeper], verbose=0, shuffle=False
    )
    restore(network, keeper.average)
    return network


def told(recipe: Recipe) -> dict[str, Any]:
    """The recipe for the model card, with that of the training it went on from."""
    tale: dict[str, Any] = asdict(recipe)
    before = Path(recipe.weights).with_name("recipe.json")
    if before.is_file():
        tale["weights"] = json.loads(before.read_text("utf-8"))
    return tale


def optimizer(recipe: Recipe) -> keras.optimizers.Optimizer:
    """AdamW whose rate rises linearly, then falls as a cosine to a hundredth."""
    total = recipe.epochs * recipe.steps
    warm = min(recipe.warm_up // recipe.batch, total // 10)
    rate = keras.optimizers.schedules.CosineDecay(
        recipe.peak_rate / 50,
        max(1, total - warm),
        alpha=0.01,
        warmup_target=recipe.peak_rate,
        warmup_steps=max(1, warm),
    )
    adam = keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay, global_clipnorm=1.0)
    adam.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
    return adam


class Keeper(keras.callbacks.Callback):
    """Averages weights, validates, logs, and writes all that a resumed run needs."""

    def __init__(self, recipe: Recipe, feed: Feed, validation: Samples, out: Path) -> None:
        super().__init__()
        self.recipe, self.feed, self.out = recipe, feed, out
        self.crops = crops_of(validation, recipe.size)
        self.truth = validation.rotation
        self.epoch, self._step, self._losses, self._since = 0, 0, list[float](), time.monotonic()
        self.average: list[np.ndarray[Any, Any]] = []

    def attach(self, trainee: Trainee) -> None:
        """Binds to the model and takes up the checkpoint, if there is one."""
        self._network, self._optimizer = trainee.network, trainee.optimizer
        self.average = values_of(self._network)
        path = self.out / "checkpoint.npz"
        if path.is_file():
            state = read_values(path)
            self.epoch = int(state["epoch"][0][0])
            restore(self._network, state["weights"])
            restore(self._optimizer, state["optimizer"])
            self.average = state["average"]
            print(f"resumes after epoch {self.epoch}", flush=True)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        self.feed.epoch = epoch
        self._losses, self._since = [], time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._losses.append(float((logs or {}).get("loss", math.nan)))
        self._step += 1
        if self._step % AVERAGE_EVERY == 0:
            self._take_average(self._step + self.epoch * self.recipe.steps)
        if batch % 50 == 49:
            rate = (batch + 1) * self.recipe.batch / (time.monotonic() - self._since)
            print(
                f"  {batch + 1}/{self.recipe.steps} loss {self._losses[-1]:.4f} "
                f"{rate:.0f} images/s",
                flush=True,
            )

    def _take_average(self, step: int) -> None:
        seen = step * self.recipe.batch
        half_life = min(self.recipe.half_life, seen / 20)
        keep = 0.5 ** (AVERAGE_EVERY * self.recipe.batch / max(half_life, 1.0))
        for mean, value in zip(self.average, values_of(self._network), strict=True):
            np.add(mean, (1.0 - keep) * (value - mean), out=mean)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        self._step, self.epoch = 0, epoch + 1
        seconds = time.monotonic() - self._since
        raw = values_of(self._network)
        restore(self._network, self.average)
        write_values(self.out / "average.npz", {"weights": self.average})
        angle, correlation = self._validate()
        restore(self._network, raw)
        write_values(
            self.out / "checkpoint.npz",
            {
                "epoch": [np.array([self.epoch])],
                "weights": raw,
                "optimizer": values_of(self._optimizer),
                "average": self.average,
            },
        )
        self._log(seconds, angle, correlation)

    def _validate(self) -> tuple[float, float]:
        """Mean geodesic error in degrees on validation faces, and how well spread ranks it."""
        outputs = predict(self._network, self.crops)
        pose = outputs["pose"]
        decode = rotation_from_6d if pose.shape[1] == 6 else rotation_from_angles
        angle = np.degrees(
            ops.convert_to_numpy(
                geodesic(decode(ops.convert_to_tensor(pose)), ops.convert_to_tensor(self.truth))
            )
        )
        spread = outputs["spread"][:, 0]
        ranks = np.stack([np.argsort(np.argsort(values)) for values in (angle, spread)])
        return float(angle.mean()), float(np.atleast_2d(np.corrcoef(ranks))[0, 1])

    def _log(self, seconds: float, angle: float, correlation: float) -> None:
        row = {
            "epoch": self.epoch,
            "images": self.epoch * self.recipe.steps * self.recipe.batch,
            "loss": round(float(np.mean(self._losses)), 5),
            "val_geodesic_deg": round(angle, 3),
            "spread_rank_correlation": round(correlation, 3),
            "seconds": round(seconds, 1),
        }
        path = self.out / "log.csv"
        new = not path.is_file()
        with path.open("a", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, list(row))
            if new:
                writer.writeheader()
            writer.writerow(row)
        print(" ".join(f"{key} {value}" for key, value in row.items()), flush=True)
