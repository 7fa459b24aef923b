"""Trains the morphable network on the labelled faces and measures it against the labels' angles.

    python -m deploy.model.morphable.train_network ../shared/faces out/model/cache --images 150000

The cache (crops and mesh landmarks) is the pose network's. A run that was stopped goes on from
its last checkpoint.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from deploy.model.augment.example import Strength, augment
from deploy.model.data.crops import crops_of
from deploy.model.data.datasets import Samples, faces
from deploy.model.morphable.errors import Errors
from deploy.model.morphable.network import build, compiled, rotation_matrices, targets
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.vision.fit.face_basis import FaceBasis

Floats = NDArray[np.float32]

STRENGTH = Strength(rotate_deg=20.0, occlusion=False)
"""Milder than the pose network's: a short run has no time for hidden faces."""
_PEAK_RATE = 2e-3


def batches(
    samples: Samples,
    basis: FaceBasis,
    size: int,
    count: int,
    *,
    rng: np.random.Generator,
    strength: Strength = STRENGTH,
) -> Iterator[tuple[Floats, dict[str, Floats]]]:
    """Batches for ``fit``: endless, shuffled, every face seen anew."""
    while True:
        order = rng.permutation(len(samples))
        for start in range(0, len(order) - count + 1, count):
            part = samples.pick(order[start : start + count])
            seen = [_seen(part, i, size, rng, strength) for i in range(count)]
            points = np.stack([landmarks for _, landmarks in seen])
            yield network_input(np.stack([pixels for pixels, _ in seen])), targets(points, basis)


def _seen(
    samples: Samples, i: int, size: int, rng: np.random.Generator, strength: Strength
) -> tuple[NDArray[np.uint8], Floats]:
    example = augment(
        np.asarray(samples.images[i]),
        samples.rotation[i],
        samples.box[i],
        samples.points[i],
        size=size,
        strength=strength,
        rng=rng,
    )
    return example.image, example.points[:, :2]


def network_input(crops: NDArray[np.uint8]) -> Floats:
    """RGB crops as the network takes them, -1 to 1."""
    return crops.astype(np.float32) / 127.5 - 1.0


def measured(model: keras.Model, samples: Samples, size: int) -> Errors:
    """The rotation head against the labels, on the crops that the pose network gets."""
    images = network_input(crops_of(samples, size))
    turns = model.predict(images, batch_size=128, verbose=0)["turn"]
    rotations = keras.ops.convert_to_numpy(rotation_matrices(keras.ops.convert_to_tensor(turns)))
    return Errors.of(rotations, np.asarray(samples.rotation, np.float64))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("faces", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--images", type=int, default=150_000, help="examples seen in all")
    parser.add_argument("--epoch", type=int, default=15_000, help="examples between checkpoints")
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--width", type=float, default=0.5)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--out", type=Path, default=Path("out/morphable/network.keras"))
    args = parser.parse_args()
    basis = FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz")
    train, val = (faces(args.faces, args.cache, split) for split in ("train", "val"))
    keras.utils.set_random_seed(0)
    schedule = keras.optimizers.schedules.CosineDecay(_PEAK_RATE, args.images // args.batch)
    model = compiled(build(basis, size=args.size, width=args.width), schedule)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    model.fit(
        batches(train, basis, args.size, args.batch, rng=np.random.default_rng(0)),
        epochs=max(1, args.images // args.epoch),
        steps_per_epoch=args.epoch // args.batch,
        callbacks=[keras.callbacks.BackupAndRestore(args.out.with_suffix(".backup"))],
        verbose=2,
    )
    model.save(args.out)
    print(f"{args.out}: validation {measured(model, val, args.size)}")


if __name__ == "__main__":
    main()
