"""The face and the eye network as shipped: int8 files with cards, from averaged weights.

    python -m deploy.model.export.small_files face RUN/average.pt --lessons FOLDER --out FILE.tflite

Ranges are set by training pictures; what is calibrated is found on validation pictures, photos
for the research weights, held-out rendered people for the clean ones.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from deploy.model.architectures.carry import carry
from deploy.model.architectures.eyes import eyes_twin
from deploy.model.architectures.eyes_torch import HEADS as EYE_HEADS
from deploy.model.architectures.eyes_torch import HEIGHT, WIDTH
from deploy.model.architectures.face import face_twin
from deploy.model.architectures.face_torch import FLAGS, FaceNetwork
from deploy.model.architectures.face_torch import HEADS as FACE_HEADS
from deploy.model.augment.batch_warp import STRIP_SCALE
from deploy.model.augment.example import Strength
from deploy.model.base.angles import geodesic_deg, rotations_from_6d
from deploy.model.data.lessons import REAL, RENDERED, Lessons
from deploy.model.export.calibration import spread_of, threshold_of
from deploy.model.export.card import commit
from deploy.model.export.centre import mean_turn, turned
from deploy.model.export.convert import Examples
from deploy.model.export.licences import told_of
from deploy.model.export.quantise import COPIES, quantised
from deploy.model.export.runner import Runner
from deploy.model.labels.rendered_lessons import BOX_FROM_POINTS
from deploy.model.training.eye_batches import (
    CLIP,
    GAZE_SCALE_DEG,
    HEAD_LIMIT,
    HEAD_SCALE_DEG,
    STRIP_SHAPE,
    clean_strips,
    eye_batch,
)
from deploy.model.training.face_batches import SHAPE, face_batch
from deploy.model.training.lesson_sets import CROP_SCALE, SIZE, files_of, origins, still_crops
from deploy.model.training.shelf import Draw, Shelf

Floats = NDArray[np.float32]
State = Mapping[str, Floats]
_CPU = torch.device("cpu")
_SHARES = {"real": 0.6, "turned": 0.1, "rendered": 0.3}
RANGES, VALIDATION = 512, 900
ENOUGH = 500
"""Validation faces from which a mean turn of some tenths of a degree is no chance."""
RARE = ("dark_glasses", "mask", "hand")
KEPT = 0.98
"""Share of the eyes to be seen that must be called visible, of the faces without something rare
that must be called so: on the road most eyes are free."""


def shelf_of(paths: list[Path], shape: tuple[int, int, int], split: int, most: int) -> Shelf:
    """So many pictures of a split, spread over the files; on the CPU."""
    rng = np.random.default_rng(0)
    parts = []
    for path in paths:
        lessons = Lessons.load(path)
        rows = np.flatnonzero(lessons.split == split)
        if len(rows):
            # Ranges need a bit of everything, calibration all that is held out.
            count = min(len(rows), most if split else -(-most // len(paths)))
            parts.append(lessons.pick(np.sort(rng.permutation(rows)[:count])))
    return Shelf(parts, shape, _CPU)


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
    out.write_bytes(quantised(twin, _face_ranges(paths), tuple(FACE_HEADS), ("pose",)))


def _judges(held: Shelf) -> torch.Tensor:
    """Validation photos where there are any, else rendered heads."""
    origin = held.labels["origin"]
    photos = (origin == REAL).nonzero()[:, 0]
    return photos if len(photos) else (origin == RENDERED).nonzero()[:, 0]


def _face_ranges(paths: list[Path]) -> Examples:
    """Training crops that set the ranges, with what covers faces, without disturbed light."""
    draw = Draw(shelf_of(paths, SHAPE, 0, RANGES), origins(_SHARES))
    batch = face_batch(draw, RANGES // 2, SIZE, Strength(photometry=False))
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


def eyes_file(state: State, lessons: Path, only: str, out: Path) -> None:
    """Writes the int8 file."""
    torch.manual_seed(0)
    faces, strips = (files_of(lessons, only, strips=kind) for kind in (False, True))
    twin = eyes_twin()
    carry(state, twin)
    out.write_bytes(quantised(twin, _eye_ranges(faces, strips), tuple(EYE_HEADS)))


def _eye_ranges(faces: list[Path], strips: list[Path]) -> Examples:
    draws = [
        (Draw(shelf_of(paths, shape, 0, RANGES), origins(_SHARES | {"turned": 0.0})), RANGES // 4)
        for paths, shape in ((faces, SHAPE), (strips, STRIP_SHAPE))
        if paths
    ]
    batch = eye_batch(draws)
    head = batch.head.clone()
    # Heads at the ends of what the input is clipped to.
    head[:4] = torch.tensor([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]]) * HEAD_LIMIT
    return {"strip": batch.strip.permute(0, 2, 3, 1).numpy(), "head": head.numpy()}


def eyes_card(out: Path, lessons: Path, only: str) -> dict[str, Any]:
    """The card's own part, from what the file says of validation pictures."""
    runner = Runner(out)
    faces, strips = (files_of(lessons, only, strips=kind) for kind in (False, True))
    held = [
        shelf_of(paths, shape, 1, VALIDATION)
        for paths, shape in ((faces, SHAPE), (strips, STRIP_SHAPE))
        if paths
    ]
    errors, spreads, logits = [], [], {name: ([], []) for name in ("closed", "visible")}
    for shelf in held:
        rows = shelf.take((shelf.labels["origin"] != 1).nonzero()[:, 0])
        strip, head = clean_strips(rows)
        seen = runner.run_all({"strip": strip.permute(0, 2, 3, 1).numpy(), "head": head.numpy()})
        clear = (rows["gaze_weight"] > 0.3).numpy()
        apart = seen["gaze"] * GAZE_SCALE_DEG - rows["gaze"].numpy()
        errors.append(np.linalg.norm(apart, axis=1)[clear])
        spreads.append(seen["gaze_spread"][clear, 0])
        for name, (found, truth) in logits.items():
            found.append(seen[name].ravel())
            truth.append(rows[name].numpy().ravel())
    tell = {
        name: threshold_of(
            np.concatenate(found), np.concatenate(truth), KEPT if name == "visible" else 0.0
        )
        for name, (found, truth) in logits.items()
    }
    return {
        "input": {
            "height": HEIGHT,
            "width": WIDTH,
            "strip_scale": STRIP_SCALE,
            "clip": CLIP,
            "head_scale_deg": HEAD_SCALE_DEG,
            "head_limit": HEAD_LIMIT,
        },
        "gaze_scale_deg": GAZE_SCALE_DEG,
        "gaze_spread": spread_of(np.concatenate(spreads), np.concatenate(errors)),
        "closed_threshold": tell["closed"],
        "visible_threshold": tell["visible"],
        "mirror_average": True,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("task", choices=("face", "eyes"))
    parser.add_argument("weights", type=Path, help="average.pt of a run, recipe.json beside it")
    parser.add_argument("--lessons", type=Path, required=True)
    parser.add_argument("--only", default="", help="as in training: which packed files")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--card-only", action="store_true", help="the file stays as it is")
    args = parser.parse_args()
    make, tell = {"face": (face_file, face_card), "eyes": (eyes_file, eyes_card)}[args.task]
    if not args.card_only:
        state = {name: value.numpy() for name, value in torch.load(args.weights).items()}
        make(state, args.lessons, args.only, args.out)
    own = tell(args.out, args.lessons, args.only)
    recipe = args.weights.with_name("recipe.json")
    told = json.loads(recipe.read_text("utf-8")) if recipe.is_file() else {}
    clean = "clean" in args.out.stem
    card = told_of(args.out, args.task, clean) | own | {"recipe": told, "commit": commit()}
    path, measured = args.out.with_suffix(".json"), {}
    if args.card_only and path.is_file():
        measured = json.loads(path.read_text("utf-8")).get("accuracy", {})
    text = json.dumps(card | {"accuracy": measured}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    print(json.dumps(own))


if __name__ == "__main__":
    main()
