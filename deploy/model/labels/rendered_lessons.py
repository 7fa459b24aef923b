"""Rendered heads and eye strips as lessons: exact poses, landmarks, lids and gaze.

    python -m deploy.model.labels.rendered_lessons faces-000.csv … --offsets F --out FOLDER

Beside each table lie its pictures (.tar) and landmarks (.npz). Pixels there count from the corner
of the picture, here whole numbers are pixel centres. ``--gaze-above DEG``: looks further down are
not learned from, for pictures whose lids do not follow them as people's do (generators before 5).
"""

from __future__ import annotations

import argparse
import csv
import tarfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import rotations_from_euler
from deploy.model.data.datasets import SIDE
from deploy.model.data.lessons import RENDERED, Floats, Lessons, packed, unknown
from deploy.model.labels.point_definition import points_of, shifted, turned_like
from deploy.model.labels.real_lessons import eyes_visible

BOX_FROM_POINTS = (0.020, -0.040, -0.020, -0.013)
"""x1, y1, x2, y2 of the photos' tight boxes from that of their mesh points, in its longer sides:
means over 27 713 photos, made symmetric."""
VALIDATION = 12
"""One identity of so many is held out."""
_SHUT = 0.02
Rows = list[dict[str, str]]


def rendered_lessons(
    table: Path, offsets: NDArray[np.floating], gaze_above_deg: float = -90.0
) -> Lessons:
    """One table's pictures. Faces are labelled in crops of SIDE pixels, strips in their own."""
    with table.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    codes = _codes(table.with_suffix(".tar"), [row["file"].split("/")[-1] for row in rows])
    strips = table.stem.startswith("eyes")
    scale = 1.0 if strips else SIDE / _side(codes[0])
    angles = np.stack([_column(rows, f"{axis}_deg") for axis in ("yaw", "pitch", "roll")], axis=1)
    rotation = rotations_from_euler(angles).astype(np.float32)
    pixels = np.load(points_of(table))["px"].astype(np.float32) * scale - 0.5
    # A strip is turned level: its picture shows the head turned likewise.
    shown = turned_like(pixels, rotation) if strips else rotation
    points = shifted(pixels, shown, offsets)
    blob, start = packed(codes)
    eyes = np.stack([_visible(rows, angles[:, 0], side) for side in "lr"], axis=1)
    shut = np.stack([_shut(rows, side) for side in "lr"], axis=1)
    seen = np.nan_to_num(eyes, nan=0.0) > 0
    iris = np.stack(
        [_column(rows, f"iris_{side}_{axis}") for side in "lr" for axis in "xy"], axis=1
    )
    iris = iris * scale - 0.5
    hidden = ~(seen & (shut < 0.5))
    iris[np.repeat(hidden, 2, axis=1)] = np.nan
    looking = (seen & (shut < 0.5)).any(axis=1)
    looking &= _column(rows, "gaze_head_pitch") > gaze_above_deg
    return Lessons(
        blob=blob,
        start=start,
        origin=np.full(len(rows), RENDERED, np.uint8),
        split=np.array([_held_out(row["identity"]) for row in rows], np.uint8),
        rotation=rotation,
        box=boxes_of(points),
        points=points,
        weight=np.ones(len(rows), np.float32),
        flags=_flags(rows, eyes),
        gaze=np.stack([_column(rows, f"gaze_head_{axis}") for axis in ("yaw", "pitch")], axis=1),
        gaze_weight=looking.astype(np.float32),
        opening=np.stack([_column(rows, f"open_{side}") for side in "lr"], axis=1).clip(0, 1.3),
        opening_weight=np.ones(len(rows), np.float32),
        closed=np.where(seen, shut, np.nan).astype(np.float32),
        visible=eyes,
        iris=iris,
        pair=np.array([int(row.get("pair") or -1) for row in rows], np.int32),
    )


def boxes_of(points: Floats) -> Floats:
    """Tight boxes (N, 4) of landmarks (N, 68, 2), as the photos' boxes lie about theirs."""
    low, high = points.min(axis=1) + 0.5, points.max(axis=1) + 0.5
    side = (high - low).max(axis=1, keepdims=True)
    grown: Floats = np.concatenate([low, high], axis=1) + side * np.array(BOX_FROM_POINTS, "f4")
    return grown


def _flags(rows: Rows, eyes: Floats) -> Floats:
    out = unknown(len(rows), 7)
    out[:, 0], out[:, 1:3] = 1.0, eyes
    kinds = np.array([row["glasses"] for row in rows])
    out[:, 3] = kinds != ""
    dark = "dark_glasses" in rows[0]
    out[:, 4] = _column(rows, "dark_glasses") if dark else kinds == "sun"
    out[:, 5] = _column(rows, "mask")
    out[:, 6] = [row["occ"] not in ("", "0") for row in rows]
    return out


def _visible(rows: Rows, yaw_deg: NDArray[np.floating], side: str) -> Floats:
    name = f"eye_{side}_visible"
    if name in rows[0]:
        return _column(rows, name)
    out = eyes_visible(yaw_deg)[:, 0 if side == "l" else 1]
    out[[row["occ"] not in ("", "0") for row in rows]] = np.nan
    out[[row["glasses"] == "sun" for row in rows]] = 0.0
    return out


def _shut(rows: Rows, side: str) -> Floats:
    name = f"shut_{side}"
    gaps = _column(rows, f"open_{side}") < _SHUT
    return _column(rows, name) if name in rows[0] else gaps.astype(np.float32)


def _column(rows: Rows, name: str) -> Floats:
    return np.array([float(row[name] or "nan") for row in rows], np.float32)


def _held_out(identity: str) -> bool:
    return zlib.crc32(identity.encode()) % VALIDATION == 0


def _codes(tar: Path, names: list[str]) -> list[NDArray[np.uint8]]:
    found = {}
    with tarfile.open(tar) as archive:
        for entry in archive:
            if entry.isfile() and (stream := archive.extractfile(entry)):
                found[entry.name.split("/")[-1]] = np.frombuffer(stream.read(), np.uint8)
    return [found[name] for name in names]


def _side(code: NDArray[np.uint8]) -> int:
    import cv2

    return int(np.asarray(cv2.imdecode(code, cv2.IMREAD_GRAYSCALE)).shape[1])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--offsets", type=Path, required=True)
    parser.add_argument("--prefix", default="", help="before the name of each file written")
    parser.add_argument("--gaze-above", type=float, default=-90.0)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    offsets = np.load(args.offsets)["offsets"]
    for table in args.tables:
        path = args.out / f"{args.prefix}{table.stem}.npz"
        if not path.is_file():
            rendered_lessons(table, offsets, args.gaze_above).save(path)
            print(f"{path.name}: {len(Lessons.load(path))}", flush=True)


if __name__ == "__main__":
    main()
