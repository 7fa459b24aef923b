"""Renders the demo clip, its truth and the alerts that it must raise.

    python -m deploy.demo.render_demo --out edge_pose/demo

writes ``demo.mp4`` (MPEG-4 part 2: every OpenCV, FFmpeg and VLC plays it, and the encoder gives
the same bytes each time), ``demo_truth.csv`` and ``demo_expected.csv``.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2

from deploy.demo.portrait import Portrait, load_portrait, truth_deg
from deploy.demo.script import END_S, FPS, closed, expected, offset_deg
from edge_pose.models import FACE_LANDMARKS, find
from edge_pose.vision.face.mesh import Landmarker
from edge_pose.vision.geometry import euler_angles

SIZE = (400, 300)


def frame_times() -> list[float]:
    return [index / FPS for index in range(round(END_S * FPS))]


def write_clip(path: Path, portrait: Portrait) -> None:
    size = (portrait.image.shape[1], portrait.image.shape[0])
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, size)
    if not writer.isOpened():
        raise SystemExit(f"{path}: OpenCV here cannot write MPEG-4 video")
    times = frame_times()
    for index, t_s in enumerate(times):
        writer.write(portrait.at(truth_deg(offset_deg(t_s)), closed(t_s)))
        print(f"\rframe {index + 1} of {len(times)}", end="", flush=True)
    print()
    writer.release()


def write_truth(path: Path) -> None:
    """frame, t_s and the head's angles as the face crop shows them."""
    rows = []
    for index, t_s in enumerate(frame_times()):
        angles = euler_angles(truth_deg(offset_deg(t_s)))
        rows.append([str(index), f"{t_s:.3f}", *(f"{angle:.2f}" for angle in angles)])
    _write_csv(path, ["frame", "t_s", "yaw_deg", "pitch_deg", "roll_deg"], rows)


def write_expected(path: Path) -> None:
    """kind, t_start_s, t_alert_s, level; rows of kind ``silent`` are spans without any alert."""
    rows = [[kind, f"{a:.2f}", f"{b:.2f}", level] for kind, a, b, level in expected()]
    _write_csv(path, ["kind", "t_start_s", "t_alert_s", "level"], rows)


def _write_csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description="render the demo clip")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    write_truth(args.out / "demo_truth.csv")
    write_expected(args.out / "demo_expected.csv")
    landmarker = Landmarker(find(FACE_LANDMARKS.name))
    write_clip(args.out / "demo.mp4", load_portrait(landmarker, SIZE))


if __name__ == "__main__":
    main()
