"""Head angles on real clips beside their reference traces: how far apart, how much they tremble.

    python -m deploy.model.evaluation.clips ../shared/clips --mode hybrid

Frames on which the reference's own estimators disagree by more than 5° are left out, and those
where the tracked face is not the reference's. Numbers are medians in degrees.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from deploy.model.data.datasets import MissingData
from edge_pose.config.vision import DetectorConfig, EyesConfig, PoseConfig, TrackingConfig
from edge_pose.values import Box, Frame, Observation
from edge_pose.vision.perception import build_perception

MAX_DISAGREEMENT_DEG = 5.0
DUE_YAW_DEG = 60.0
"""Up to here a face is due in every frame."""
HFOV_DEG = 62.0
"""Assumed of every clip; it does not touch the angles of the face crop, which are compared."""
_SAME_FACE_IOU = 0.3
AXES = ("yaw_deg", "pitch_deg", "roll_deg")
Row = dict[str, str]


def observed(clips: Path, name: str, config: PoseConfig) -> Iterator[tuple[Row, Observation]]:
    """Every frame of a clip: the reference's row and what perception says."""
    video = video_of(clips, name)
    perception = build_perception(
        DetectorConfig(), TrackingConfig(), config, EyesConfig(), hfov_deg=HFOV_DEG
    )
    film = cv2.VideoCapture(str(video))
    with (clips / "traces" / f"{name}.csv").open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            good, image = film.read()
            if not good:
                break
            frame = Frame(
                image=np.asarray(image, np.uint8), t=float(row["t_s"]), index=int(row["frame"])
            )
            yield row, perception.observe(frame)
    film.release()
    perception.close()


def video_of(clips: Path, name: str) -> Path:
    """A clip's file, of any kind. Raises MissingData where there is none."""
    video = next((p for p in sorted(clips.glob(f"{name}.*")) if p.suffix != ".csv"), None)
    if video is None:
        raise MissingData(f"{clips / name}.*: no such clip; expected one for every trace")
    return video


def line(clips: Path, name: str, config: PoseConfig) -> str:
    """One clip's row of the table."""
    apart, found, angles = [], [], []
    for row, seen in observed(clips, name, config):
        if seen.pose is not None:
            angles.append([getattr(seen.pose, axis) for axis in AXES])
        if row["face"] != "1":
            continue
        box = Box(**{corner: float(row[corner]) for corner in ("x1", "y1", "x2", "y2")})
        same = seen.pose is not None and seen.box is not None
        same = same and seen.box is not None and seen.box.iou(box) > _SAME_FACE_IOU
        if abs(float(row["yaw_deg"])) <= DUE_YAW_DEG:
            found.append(same)
        if same and float(row["disagreement_deg"]) <= MAX_DISAGREEMENT_DEG:
            apart.append([a - float(row[axis]) for a, axis in zip(angles[-1], AXES, strict=True)])
    off = np.median(np.abs(apart), axis=0)
    step = np.median(np.abs(np.diff(angles, axis=0)), axis=0)
    numbers = [" ".join(f"{value:5.2f}" for value in values) for values in (off, step)]
    return f"{name:24s} {len(apart):5d}  {numbers[0]}   {numbers[1]}   {np.mean(found):6.1%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clips", type=Path)
    parser.add_argument("--mode", default="hybrid", choices=("network", "fit", "hybrid"))
    args = parser.parse_args()
    names = sorted(path.stem for path in (args.clips / "traces").glob("*.csv"))
    if not names:
        raise SystemExit(f"{args.clips / 'traces'}: no trace; expected the folder of clips")
    print(f"{'clip':24s}     n  yaw   pitch  roll   frame to frame      face found")
    for name in names:
        print(line(args.clips, name, PoseConfig(mode=args.mode)), flush=True)


if __name__ == "__main__":
    main()
