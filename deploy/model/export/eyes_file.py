"""The eye network's int8 file and its card's own part."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from deploy.model.architectures.carry import carry
from deploy.model.architectures.eyes import eyes_twin
from deploy.model.architectures.eyes_torch import HEADS, HEIGHT, WIDTH
from deploy.model.augment.batch_warp import STRIP_SCALE
from deploy.model.data.lessons import RENDERED, TURNED
from deploy.model.export.calibration import spread_of, threshold_of
from deploy.model.export.convert import Examples
from deploy.model.export.gaze_line import TRUSTED, calibrate_gaze
from deploy.model.export.held_out import KEPT, RANGES, SHARES, VALIDATION, State, shelf_of
from deploy.model.export.lighter import faster
from deploy.model.export.quantise import quantised
from deploy.model.export.runner import Runner
from deploy.model.training.eye_batches import (
    CLIP,
    GAZE_SCALE_DEG,
    HEAD_LIMIT,
    HEAD_SCALE_DEG,
    STRIP_SHAPE,
    clean_strips,
    eye_batch,
)
from deploy.model.training.face_batches import SHAPE
from deploy.model.training.lesson_sets import files_of, origins
from deploy.model.training.shelf import Draw

FINER = ("gaze",)
"""Outputs in several copies, whose mean is read: one int8 step of gaze is a third of a degree."""


def eyes_file(state: State, lessons: Path, only: str, out: Path) -> None:
    """Writes the int8 file."""
    torch.manual_seed(0)
    faces, strips = (files_of(lessons, only, strips=kind) for kind in (False, True))
    twin = eyes_twin()
    carry(state, twin)
    calibrate_gaze(twin, shelf_of(faces, SHAPE, 1, VALIDATION))
    content = quantised(twin, eye_ranges(faces, strips), tuple(HEADS), FINER)
    out.write_bytes(faster(content, eye_ranges(faces, strips)))


def eye_ranges(faces: list[Path], strips: list[Path]) -> Examples:
    """Training strips that set the ranges, with the heads that they were seen on."""
    draws = [
        (Draw(shelf_of(paths, shape, 0, RANGES), origins(SHARES | {"turned": 0.0})), RANGES // 4)
        for paths, shape in ((faces, SHAPE), (strips, STRIP_SHAPE))
        if paths
    ]
    batch = eye_batch(draws)
    head = batch.head.clone()
    # Heads at the ends of what the input is clipped to.
    head[:4] = torch.tensor([[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0]]) * HEAD_LIMIT
    return {"strip": batch.strip.permute(0, 2, 3, 1).numpy(), "head": head.numpy()}


def _near(rows: dict[str, torch.Tensor], strips: bool) -> NDArray[np.bool_]:
    """Photos and rendered strips: a rendered face's own eyes are seen from so far that they would
    set thresholds too low for those of a driver."""
    if not strips or rows["image"].shape[1] != SHAPE[0]:
        return np.ones(len(rows["origin"]), np.bool_)
    return np.asarray(rows["origin"].numpy() != RENDERED)


def eyes_card(out: Path, lessons: Path, only: str) -> dict[str, Any]:
    """The card's own part, from what the file says of validation pictures."""
    runner = Runner(out)
    faces, strips = (files_of(lessons, only, strips=kind) for kind in (False, True))
    held = [
        shelf_of(paths, shape, 1, VALIDATION)
        for paths, shape in ((faces, SHAPE), (strips, STRIP_SHAPE))
        if paths
    ]
    errors, spreads = list[NDArray[np.floating]](), list[NDArray[np.floating]]()
    logits: dict[str, tuple[list[NDArray[np.floating]], list[NDArray[np.floating]]]] = {
        name: ([], []) for name in ("closed", "visible")
    }
    for shelf in held:
        rows = shelf.take((shelf.labels["origin"] != TURNED).nonzero()[:, 0])
        strip, head = clean_strips(rows)
        seen = runner.run_all({"strip": strip.permute(0, 2, 3, 1).numpy(), "head": head.numpy()})
        clear = (rows["gaze_weight"] > TRUSTED).numpy()
        gaze = seen["gaze"].reshape(len(strip), -1, 2).mean(axis=1)
        apart = gaze * GAZE_SCALE_DEG - rows["gaze"].numpy()
        errors.append(np.linalg.norm(apart, axis=1)[clear])
        spreads.append(seen["gaze_spread"][clear, 0])
        near = _near(rows, bool(strips))
        for name, (found, truth) in logits.items():
            found.append(seen[name][near].ravel())
            truth.append(rows[name].numpy()[near].ravel())
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
