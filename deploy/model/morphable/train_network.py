"""Trains the morphable network on the labelled faces and measures it against the labels' angles.

    python -m deploy.model.morphable.train_network ../shared/faces out/model --epochs 10

``out/model`` is the training cache (crops and mesh landmarks) that the pose network uses too.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

from deploy.model.datasets import SIDE, Samples, faces
from deploy.model.morphable.errors import Errors
from deploy.model.morphable.network import build, compiled, rotation_matrices, targets
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.vision.morphable import FaceBasis

CROP_SCALE = 1.5
_SHIFT, _ZOOM = 0.06, 0.12


def cut(
    image: NDArray[np.uint8], points: NDArray[np.float32], size: int, jitter: NDArray[np.float64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A network input and its landmarks in crop units, from a crop of twice the tight box.
    ``jitter``: shift x, y in shares of the crop, and ln zoom."""
    side = SIDE / 2.0 * CROP_SCALE * float(np.exp(jitter[2]))
    middle = SIDE / 2.0 + side * jitter[:2]
    to_crop = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]) * (size / side)
    to_crop[:, 2] = size / 2.0 - middle * size / side
    pixels = cv2.warpAffine(image, to_crop, (size, size), flags=cv2.INTER_LINEAR)
    units = (points[:, :2] - middle) / (side / 2.0)
    return pixels.astype(np.float32) / 127.5 - 1.0, units.astype(np.float32)


def batches(
    samples: Samples, basis: FaceBasis, size: int, count: int, rng: np.random.Generator | None
) -> Iterator[tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]]:
    """Batches for ``fit``, endless and shuffled with a generator, once in order without."""
    while True:
        order = np.arange(len(samples)) if rng is None else rng.permutation(len(samples))
        for start in range(0, len(order), count):
            index = order[start : start + count]
            jitter = np.zeros((len(index), 3))
            if rng is not None:
                jitter = rng.normal(0.0, 1.0, jitter.shape) * (_SHIFT, _SHIFT, _ZOOM)
            images = samples.images[index]
            pairs = [
                cut(image, samples.points[i], size, shake)
                for image, i, shake in zip(images, index, jitter, strict=True)
            ]
            yield np.stack([p[0] for p in pairs]), targets(np.stack([p[1] for p in pairs]), basis)
        if rng is None:
            return


def measured(model: keras.Model, samples: Samples, basis: FaceBasis, size: int) -> Errors:
    """The rotation head against the labels."""
    turns = [
        keras.ops.convert_to_numpy(rotation_matrices(model(images, training=False)["turn"]))
        for images, _ in batches(samples, basis, size, 128, None)
    ]
    return Errors.of(np.concatenate(turns), samples.rotation)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("faces", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--size", type=int, default=96)
    parser.add_argument("--width", type=float, default=0.5)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--out", type=Path, default=Path("out/morphable/network.keras"))
    args = parser.parse_args()
    basis = FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz")
    train, val = (faces(args.faces, args.cache, split) for split in ("train", "val"))
    model = build(basis, size=args.size, width=args.width)
    steps = len(train) // args.batch
    schedule = keras.optimizers.schedules.CosineDecay(1e-3, args.epochs * steps)
    compiled(model).optimizer.learning_rate = schedule
    rng = np.random.default_rng(0)
    model.fit(
        batches(train, basis, args.size, args.batch, rng),
        epochs=args.epochs,
        steps_per_epoch=steps,
        verbose=2,
    )
    args.out.parent.mkdir(parents=True, exist_ok=True)
    model.save(args.out)
    print(f"{args.out}: validation {measured(model, val, basis, args.size)}")


if __name__ == "__main__":
    main()
