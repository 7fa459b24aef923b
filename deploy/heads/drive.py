"""Renders a scripted drive: a video of the driver in the car, with the truth of every frame."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.heads.drive_frames import FPS, Frames
from deploy.heads.drive_script import Script
from deploy.heads.labels import Row, text
from deploy.heads.studio import Studio

TRUTH = (
    "frame", "t_s", "yaw_deg", "pitch_deg", "roll_deg", "cam_yaw", "cam_pitch", "cam_roll",
    "gaze_cam_yaw", "gaze_cam_pitch", "gaze_head_yaw", "gaze_head_pitch", "open_r", "open_l",
    "shut_r", "shut_l", "eye_r_visible", "eye_l_visible", "mouth_gap", "x1", "y1", "x2", "y2",
    "iris_r_x", "iris_r_y", "iris_l_x", "iris_l_y",
)  # fmt: skip


def render_drive(studio: Studio, script: Script, out: Path) -> None:
    """``NAME.mp4``, ``NAME_truth.csv`` and ``NAME_expected.csv`` in a folder. Finished frames are
    kept beside them meanwhile, so a killed run goes on where it stopped."""
    frames = out / f"{script.name}-frames"
    frames.mkdir(parents=True, exist_ok=True)
    driver = Frames(studio, script)
    truths: list[Row] = []
    count = round(script.seconds * FPS)
    for index in range(count):
        truths.append(driver.frame(index, frames / f"{index:05d}.png"))
        print(f"\r{script.name}: frame {index + 1} of {count}", end="", flush=True)
    print()
    pictures = [frames / f"{i:05d}.png" for i in range(count)]
    write_video(out / f"{script.name}.mp4", pictures, script.mount.size_px)
    _write(out / f"{script.name}_truth.csv", TRUTH, [[text(t[c]) for c in TRUTH] for t in truths])
    alerts = [[alert.kind, f"{alert.begins_s:.2f}"] for alert in script.alerts]
    _write(out / f"{script.name}_expected.csv", ("kind", "begins_s"), alerts)


def write_video(path: Path, frames: list[Path], size: tuple[int, int]) -> None:
    """MPEG-4 part 2: every OpenCV, FFmpeg and VLC plays it, and the encoder gives the same bytes
    each time."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), FPS, size)
    if not writer.isOpened():
        raise SystemExit(f"{path}: OpenCV here cannot write MPEG-4 video")
    for frame in frames:
        picture: NDArray[np.uint8] = np.asarray(cv2.imread(str(frame)), np.uint8)
        writer.write(picture)
    writer.release()


def _write(path: Path, head: tuple[str, ...], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
