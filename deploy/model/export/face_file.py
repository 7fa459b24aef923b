"""The face network's int8 file and its card's own part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from deploy.model.architectures.carry import carry
from deploy.model.architectures.face import face_twin
from deploy.model.architectures.face_torch import FLAGS, HEADS, FaceNetwork
from deploy.model.augment.example import Strength
from deploy.model.base.angles import geodesic_deg, rotations_from_6d
from deploy.model.data.lessons import REAL, RENDERED
from deploy.model.export.calibration import spread_of, threshold_of
from deploy.model.export.centre import mean_turn, turned
from deploy.model.export.convert import Examples
from deploy.model.export.held_out import (
    ENOUGH,
    KEPT,
    RANGES,
    SHARES,
    VALIDATION,
    VARIED,
    Floats,
    State,
    shelf_of,
)
from deploy.model.export.lighter import lighter
from deploy.model.export.quantise import COPIES, quantised
from deploy.model.export.runner import Runner
from deploy.model.labels.rendered_lessons import BOX_FROM_POINTS
from deploy.model.training.face_batches import SHAPE, face_batch
from deploy.model.training.lesson_sets import CROP_SCALE, SIZE, files_of, origins, still_crops
from deploy.model.training.shelf import Draw, Shelf

RARE = ("dark_glasses", "mask", "hand")


def face_file(state: State, lessons: Path, only: str, out: Path) -> None:
    """Writes the int8 file, its mean turn on validation faces taken out."""
    torch.manual_seed(0)
    paths = files_of(lessons, only, strips=False)
    held = shelf_of(paths, SHAPE, 1, VALIDATION)
    twin = face_twin(SIZE, FaceNetwork().width)
    carry(state, twin)
    rows = held.take(_judges(held))
    crops = still_crops(rows)[0].permute(0, 2, 3, 1).numpy()
    pose = twin.get_layer("pose")
    found = rotations_from_6d(twin.predict(crops, 64, verbose=0)["pose"])
    if len(crops) >= ENOUGH:
        turn = mean_turn(found, rows["rotation"].numpy())
        pose.set_weights([turned(x, turn) for x in pose.get_weights()])
    content = quantised(twin, _face_ranges(paths, RANGES), tuple(HEADS), ("pose",))
    out.write_bytes(lighter(content, varied_faces(lessons, only), "pose"))


def _judges(held: Shelf) -> torch.Tensor:
    """Validation photos where there are any, else rendered heads."""
    origin = held.labels["origin"]
    photos = (origin == REAL).nonzero()[:, 0]
    return photos if len(photos) else (origin == RENDERED).nonzero()[:, 0]


def varied_faces(lessons: Path, only: str) -> Examples:
    """Training crops that show which channels say something."""
    return _face_ranges(files_of(lessons, only, strips=False), VARIED)


def _face_ranges(paths: list[Path], count: int) -> Examples:
    """Training crops that set the ranges, with what covers faces, without disturbed light."""
    draw = Draw(shelf_of(paths, SHAPE, 0, count), origins(SHARES))
    batch = face_batch(draw, count // 2, SIZE, Strength(photometry=False))
    return {"image": batch.image.permute(0, 2, 3, 1).numpy()}


def face_card(out: Path, lessons: Path, only: str) -> dict[str, Any]:
    """The card's own part, from what the file says of validation pictures."""
    held = shelf_of(files_of(lessons, only, strips=False), SHAPE, 1, VALIDATION)
    rows = held.take(torch.arange(len(held)))
    image, points = still_crops(rows)
    seen = Runner(out).run_all({"image": image.permute(0, 2, 3, 1).numpy()})
    judges = _judges(held).numpy()
    pose = seen["pose"].reshape(len(held), -1, 6).mean(axis=1)[judges]
    error = geodesic_deg(rotations_from_6d(pose), rows["rotation"].numpy()[judges])
    miss = np.linalg.norm(seen["landmarks"].reshape(-1, 68, 2) - points.numpy(), axis=2)
    known = np.isfinite(miss)
    return {
        "input": {"size": SIZE, "crop_scale": CROP_SCALE},
        "head": "rotation6d",
        "pose_copies": COPIES,
        "spread": spread_of(seen["spread"][judges, 0], error),
        "landmark_spread": spread_of(seen["landmark_spread"][known], miss[known]),
        "flags": list(FLAGS),
        "flag_thresholds": _flag_thresholds(seen["flags"], rows["flags"].numpy()),
        "box_from_landmarks": list(BOX_FROM_POINTS),
    }


def _flag_thresholds(logits: Floats, truth: Floats) -> dict[str, float]:
    """By name; both eyes have one, as mirror images must."""
    out = {
        name: threshold_of(logits[:, i], truth[:, i], spared=KEPT if name in RARE else 0.0)
        for i, name in enumerate(FLAGS)
    }
    eyes = [FLAGS.index(f"eye_{side}_visible") for side in ("left", "right")]
    both = threshold_of(logits[:, eyes].ravel(), truth[:, eyes].ravel(), KEPT)
    return out | {FLAGS[i]: both for i in eyes}
