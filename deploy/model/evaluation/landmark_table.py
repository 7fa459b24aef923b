"""How far the face network's landmarks lie from the mesh's on validation photos.

    python -m deploy.model.evaluation.landmark_table FILE --lessons FOLDER

Shares of the distance of the outer eye corners, landmarks 17–67 and contour apart.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from deploy.model.data.lessons import REAL, Lessons
from deploy.model.evaluation.evaluate import Section
from deploy.model.export.card import add_accuracy
from deploy.model.export.runner import Runner
from deploy.model.training.face_batches import SHAPE
from deploy.model.training.lesson_sets import still_crops
from deploy.model.training.shelf import Shelf

INNER = slice(17, 68)


def landmark_table(model: Path, files: list[Path]) -> Section:
    """All validation photos of the packed files whose mesh is clear."""
    parts = []
    for path in files:
        lessons = Lessons.load(path)
        clear = np.isfinite(lessons.points).all(axis=(1, 2))
        kept = clear & (lessons.split == 1) & (lessons.origin == REAL)
        parts.append(lessons.pick(np.flatnonzero(kept)))
    shelf = Shelf(parts, SHAPE, torch.device("cpu"))
    rows = shelf.take(torch.arange(len(shelf)))
    image, points = still_crops(rows)
    found = Runner(model).run_all({"image": image.permute(0, 2, 3, 1).numpy()})
    truth = points.numpy()
    miss = np.linalg.norm(found["landmarks"].reshape(-1, 68, 2) - truth, axis=2)
    eyes = np.linalg.norm(truth[:, 36] - truth[:, 45], axis=1)
    near = eyes > np.median(eyes) / 2  # in profile the corners meet
    share = miss[near] / eyes[near, None]
    numbers = {
        "photos": int(near.sum()),
        "all": _percent(share),
        "17-67": _percent(share[:, INNER]),
        "eyes": _percent(share[:, 36:48]),
        "contour": _percent(share[:, :17]),
    }
    return Section(
        lines=[f"landmarks against the mesh, % of eye distance: {numbers}"], numbers=numbers
    )


def _percent(share: NDArray[np.floating]) -> float:
    return round(float(100.0 * share.mean()), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("--lessons", type=Path, required=True)
    parser.add_argument("--into-card", action="store_true")
    args = parser.parse_args()
    section = landmark_table(args.model, sorted(args.lessons.glob("real-*.npz")))
    print(*section.lines, sep="\n")
    if args.into_card:
        add_accuracy(args.model, {"landmarks": section.numbers})


if __name__ == "__main__":
    main()
