"""The labelled photos as lessons: consensus poses, the mesh's landmarks, the eyes' teacher labels.

    python -m deploy.model.labels.real_lessons ../shared/faces --cache CACHE --out FOLDER

Writes ``real-0.npz`` …, pictures as WebP. Needs ``mesh.npz`` of
``mesh_targets`` in the cache.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.data.datasets import Samples, faces, profiled
from deploy.model.data.lessons import REAL, TURNED, Floats, Lessons, packed, unknown
from deploy.model.labels.second_opinion import second_opinion
from edge_pose.vision.face.mesh import IBUG_68

QUALITY = 82
PARTS = 2
_MIN_SCORE = 0.8
_SEEN_DEG, _FAR_DEG = 38.0, 65.0
"""Up to the first both eyes are seen; beyond the second the far one is not."""
_SHUT_GAP, _OPEN_GAP = 0.07, 0.31
"""Lid gap of the teacher in eye widths, see the eyes' label notes."""
GLASSES, DARK, MASK, HAND = 3, 4, 5, 6

Rows = list[Mapping[str, str]]


def real_lessons(samples: Samples, rows: Rows, eyes: Rows, points: Floats) -> Lessons:
    """All photos in the order of labels.csv. ``points``: (N, 68, 2), NaN where unclear."""
    blob, start = packed(_encoded(samples.images))
    visible = eyes_visible(samples.yaw_deg)
    visible[[row["source"] == "incar" for row in rows]] = np.nan
    flags = unknown(len(rows), 7)
    flags[:, 0], flags[:, 1:3] = 1.0, visible
    flags[:, GLASSES:] = [_worn(row) for row in rows]
    number = {name: _column(eyes, name) for name in eyes[0] if name != "file"}
    blink = np.maximum(number["blink_left"], number["blink_right"])
    clear = (number["score"] > 0.9) & (np.abs(samples.yaw_deg) < 40) & (number["eye_px"] >= 12)
    trusted = clear & (blink < 0.5) & (number["disagreement_deg"] < 15)
    trusted &= np.array(["masked=1" not in row["tags"] for row in rows])
    weight = (1 - blink) / (1 + (number["disagreement_deg"] / 7) ** 2)
    weight *= np.where(flags[:, GLASSES] == 1, 0.5, 1.0)
    gap = np.stack([number["lid_left"], number["lid_right"]], axis=1)
    return Lessons(
        blob=blob,
        start=start,
        origin=np.full(len(rows), REAL, np.uint8),
        split=np.array([row["split"] == "val" for row in rows], np.uint8),
        rotation=np.asarray(samples.rotation, np.float32),
        box=np.asarray(samples.box, np.float32),
        points=points,
        weight=np.asarray(samples.weight, np.float32),
        flags=flags,
        gaze=np.stack([number["iris_yaw_deg"], number["iris_pitch_deg"]], axis=1),
        gaze_weight=np.where(trusted, weight, 0).astype(np.float32),
        opening=np.clip((gap - _SHUT_GAP) / (_OPEN_GAP - _SHUT_GAP), 0, 1.3).astype(np.float32),
        opening_weight=np.where(clear, 0.3, 0).astype(np.float32),
        closed=unknown(len(rows), 2),
        visible=visible,
        iris=unknown(len(rows), 4),
        pair=np.full(len(rows), -1, np.int32),
    )


def turned_lessons(samples: Samples) -> Lessons:
    """Faces turned by profiling: their pose and landmarks, nothing of the eyes."""
    count = len(samples)
    blob, start = packed(_encoded(samples.images))
    flags = unknown(count, 7)
    flags[:, 0], flags[:, HAND], flags[:, 1:3] = 1.0, 0.0, eyes_visible(samples.yaw_deg)
    return Lessons(
        blob=blob,
        start=start,
        origin=np.full(count, TURNED, np.uint8),
        split=np.zeros(count, np.uint8),
        rotation=samples.rotation,
        box=samples.box,
        points=np.asarray(samples.points[..., :2], np.float32),
        weight=samples.weight,
        flags=flags,
        gaze=unknown(count, 2),
        gaze_weight=np.zeros(count, np.float32),
        opening=unknown(count, 2),
        opening_weight=np.zeros(count, np.float32),
        closed=unknown(count, 2),
        visible=unknown(count, 2),
        iris=unknown(count, 4),
        pair=np.full(count, -1, np.int32),
    )


def eyes_visible(yaw_deg: NDArray[np.floating]) -> Floats:
    """(N, 2) of the person's left and right eye by the turn of the head; NaN in between."""
    out = unknown(len(yaw_deg), 2)
    out[np.abs(yaw_deg) < _SEEN_DEG] = 1.0
    # Yaw > 0 turns to the person's right: the right eye goes behind the nose first.
    for far, side in ((1, yaw_deg), (0, -yaw_deg)):
        out[side > _FAR_DEG, far] = 0.0
        out[side > _SEEN_DEG, 1 - far] = 1.0
    return out


def _worn(row: Mapping[str, str]) -> tuple[float, float, float, float]:
    """Glasses, dark glasses, mask, hand: 0, 1 or unknown."""
    tags, nan = row["tags"], float("nan")
    glasses = 1.0 if "glasses=1" in tags else 0.0 if "glasses=2" in tags else nan
    dark = nan if row["source"] == "incar" or glasses == 1.0 else 0.0
    return glasses, dark, 1.0 if "masked=1" in tags else 0.0, 0.0


def _encoded(images: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    kind = [cv2.IMWRITE_WEBP_QUALITY, QUALITY]
    return [
        np.asarray(cv2.imencode(".webp", np.ascontiguousarray(images[i][..., ::-1]), kind)[1])
        for i in range(len(images))
    ]


def _column(rows: Rows, name: str) -> Floats:
    return np.array([float(row[name] or "nan") for row in rows], np.float32)


def _read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _points(cache: Path) -> Floats:
    with np.load(cache / "mesh.npz") as mesh:
        points = np.array(mesh["both"], np.float32)
        points[mesh["both_score"] < _MIN_SCORE] = np.nan
    return points


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("faces", type=Path)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--profiled", type=Path, action="append", default=[])
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    plain = faces(args.faces, args.cache, None)
    rows, eyes = _read(args.faces / "labels.csv"), _read(args.faces / "eyes.csv")
    better = second_opinion(plain, args.cache / "mesh.npz", np.arange(len(plain)))
    # Validation keeps its plain labels: numbers stay comparable.
    train = np.array([row["split"] == "train" for row in rows])
    samples = replace(
        plain,
        rotation=np.where(train[:, None, None], better.rotation, plain.rotation),
        weight=np.where(train, better.weight, plain.weight),
    )
    whole = real_lessons(samples, rows, eyes, _points(args.cache))
    for part, rows_of in enumerate(np.array_split(np.arange(len(whole)), PARTS)):
        whole.pick(rows_of).save(args.out / f"real-{part}.npz")
    for number, pool in enumerate(args.profiled):
        turned_lessons(profiled(pool)).save(args.out / f"turned-{number}.npz")
    print(f"{len(whole)} photos, {len(IBUG_68)} points each")


if __name__ == "__main__":
    main()
