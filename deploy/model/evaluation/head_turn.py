"""A real head turned to profile on video: the table beside that of rendered large poses.

The reference is a trace of three independent estimators, frame by frame; how far they are apart
stands in each row, and frames on which they disagree by more than 10° are left out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from deploy.model.base.accuracy import HEADER, accuracy
from deploy.model.base.angles import euler_deg
from deploy.model.base.estimates import estimate, open_model
from deploy.model.data.datasets import MissingData
from deploy.model.data.photos import Photo, crops
from deploy.model.evaluation.evaluate import Section
from edge_pose.values import Box
from edge_pose.vision.geometry import rotation_matrix

CLIP = "incluit_headturn_all_1"
MAX_DISAGREEMENT_DEG = 10.0
_BINS = ((0, 15), (15, 30), (30, 45), (45, 60), (0, 90))


def head_turn(model: Path, clips: Path) -> Section:
    """Errors by the trace's yaw. ``clips``: folder with the video and ``traces/``."""
    interpreter = open_model(model)
    size = interpreter.size[0]
    seen = [(crops([photo], size)[0], photo.rotation, doubt) for photo, doubt in _frames(clips)]
    true = np.stack([rotation for _, rotation, _ in seen])
    apart = np.array([doubt for *_, doubt in seen])
    found = estimate(interpreter, np.stack([crop for crop, *_ in seen])).rotation
    yaw, guess = euler_deg(true)[:, 0], euler_deg(found)[:, 0]
    wrong = (np.abs(yaw) >= 30.0) & (np.sign(yaw) != np.sign(guess))
    yaw = np.abs(yaw)
    lines, numbers = [f"{HEADER}  reference disagrees"], {}
    for low, high in _BINS:
        part = (yaw >= low) & (yaw < high)
        if part.any():
            measured = accuracy(found[part], true[part])
            doubt = round(float(apart[part].mean()), 2)
            lines.append(f"{f'head turn, |yaw| {low}-{high}':26s}{measured.row()}  {doubt}")
            numbers[f"{low}-{high}"] = measured.rounded() | {"disagreement": doubt}
    lines.append(f"wrong sign beyond 30°: {int(wrong.sum())}")
    return Section(lines=lines, numbers=numbers)


def _frames(clips: Path) -> Iterator[tuple[Photo, float]]:
    trace, video = clips / "traces" / f"{CLIP}.csv", clips / f"{CLIP}.mp4"
    for path in (trace, video):
        if not path.is_file():
            raise MissingData(f"{path}: not found; expected the folder of clips with its traces")
    film = cv2.VideoCapture(str(video))
    with trace.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            good, image = film.read()
            if not good:
                break
            doubt = float(row["disagreement_deg"] or "inf")
            if row["face"] == "1" and doubt <= MAX_DISAGREEMENT_DEG:
                angles = (float(row[f"{axis}_deg"]) for axis in ("yaw", "pitch", "roll"))
                photo = Photo(
                    image=np.asarray(image, np.uint8),
                    box=Box(**{name: float(row[name]) for name in ("x1", "y1", "x2", "y2")}),
                    rotation=rotation_matrix(*angles),
                )
                yield photo, doubt
    film.release()
