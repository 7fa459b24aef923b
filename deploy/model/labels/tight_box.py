"""Learns how the tight face box follows from BlazeFace's square and keypoints.

    python -m deploy.model.labels.tight_box ../shared/faces CACHE

Prints the numbers of ``edge_pose/vision/detector/tight_box.py`` and their error on validation
faces.
Each labelled crop is shown at a random size and place in a 640 × 480 frame, as a camera would;
mirror images double the data and make the result symmetric.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.data.datasets import SIDE, Samples, faces
from edge_pose.models import FACE_DETECTOR, find
from edge_pose.vision.detector.blazeface import BlazeFace

Array = NDArray[np.float64]

FRAME = (480, 640)
FACES = {"train": 6000, "val": 1500}
SCALES = (1.35, 3.0)
"""The crop's face is half of it: 108 to 240 pixels large in the frame."""
RIDGE = 1e-3
_MIRRORED = [1, 0, 2, 3]
"""Right eye, left eye, nose tip, mouth, as the mirror shows them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="../shared/faces")
    parser.add_argument("cache", type=Path, help="where its crops are unpacked to, once")
    args = parser.parse_args()
    detector = BlazeFace(find(FACE_DETECTOR.name))
    random = np.random.default_rng(1)
    found = {
        split: _seen(detector, faces(args.folder, args.cache, split), count, random)
        for split, count in FACES.items()
    }
    sides = fit(*_with_mirror(*found["train"]))
    for name, row in zip(("x1", "y1", "x2", "y2"), sides, strict=True):
        print(name, np.round(row, 3).tolist())
    _report(sides, *found["val"])


def fit(points: Array, boxes: Array) -> Array:
    """(4, 9): each side of the box (N, 4) from four keypoints (N, 4, 2) and a constant."""
    features = _features(points)
    normal = features.T @ features + RIDGE * np.eye(features.shape[1])
    return np.asarray(np.linalg.solve(normal, features.T @ boxes).T, np.float64)


def _seen(
    detector: BlazeFace, samples: Samples, count: int, random: np.random.Generator
) -> tuple[Array, Array]:
    """Keypoints (N, 4, 2) and tight boxes (N, 4) of the faces found, relative to the squares."""
    chosen = random.permutation(len(samples))[:count]
    pairs = list(_relative(detector, samples, chosen, random))
    print(f"found {len(pairs)} of {len(chosen)}")
    points, boxes = zip(*pairs, strict=True)
    return np.stack(points), np.stack(boxes)


def _relative(
    detector: BlazeFace, samples: Samples, chosen: NDArray[np.intp], random: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    for index in chosen:
        scale = random.uniform(*SCALES)
        side = int(SIDE * scale)
        x, y = random.integers(0, FRAME[1] - side), random.integers(0, FRAME[0] - side)
        frame = np.zeros((*FRAME, 3), np.uint8)
        crop = samples.images[index][:, :, ::-1]
        frame[y : y + side, x : x + side] = cv2.resize(crop, (side, side))
        box = samples.box[index].astype(np.float64) * side / SIDE + (x, y, x, y)
        center = (box[:2] + box[2:]) / 2
        for square, keypoints, _ in detector.squares(frame):
            middle = np.array(square.center)
            if np.abs(middle - center).max() < side / 4:
                yield (
                    (keypoints[:4] - middle) / square.width,
                    (box - np.tile(middle, 2)) / square.width,
                )
                break


def _with_mirror(points: Array, boxes: Array) -> tuple[Array, Array]:
    flipped = points[:, _MIRRORED] * (-1, 1)
    mirrored = boxes[:, [2, 1, 0, 3]] * (-1, 1, -1, 1)
    return np.concatenate([points, flipped]), np.concatenate([boxes, mirrored])


def _features(points: Array) -> Array:
    return np.column_stack([points.reshape(len(points), -1), np.ones(len(points))])


def _report(sides: Array, points: Array, boxes: Array) -> None:
    """Errors in shares of the tight box's longer side, beside those of a constant offset."""
    longer = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])[:, None]
    guesses = {"linear": _features(points) @ sides.T, "constant": boxes.mean(axis=0)}
    for name, guess in guesses.items():
        error = (guess - boxes) / longer
        center = (error[:, :2] + error[:, 2:]) / 2
        print(f"{name}: side {np.abs(error).mean():.3f}, centre sd {center.std(axis=0).round(3)}")


if __name__ == "__main__":
    main()
