"""A user's own labelled photos: a CSV with file, yaw_deg, pitch_deg, roll_deg and, if known, a box.

The box columns ``x1,y1,x2,y2`` (tight: brow to chin, ear to ear) may be left out or empty: then
the largest face that the detector finds is meant. Relative files count from the CSV.
"""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np

from deploy.model.data.datasets import MissingData
from deploy.model.data.readers.photos import BadLabel, Photo
from edge_pose.values import Box
from edge_pose.vision.detector.detection import FaceDetector
from edge_pose.vision.geometry import Matrix, rotation_matrix

_ANGLES = ("yaw_deg", "pitch_deg", "roll_deg")
_CORNERS = ("x1", "y1", "x2", "y2")


def read_own(path: Path, detector: FaceDetector | None = None) -> list[Photo]:
    """The rows that show a face; a row without one is named and left out.

    Without a ``detector`` only rows with a box show one.
    """
    if not path.is_file():
        raise MissingData(f"{path}: not found; expected a CSV with file,{','.join(_ANGLES)}")
    with path.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    missing = {"file", *_ANGLES} - set(rows[0] if rows else ())
    if missing:
        raise BadLabel(f"{path}: no rows, or no column {', '.join(sorted(missing))}")
    photos = [_photo(path, line, row, detector) for line, row in enumerate(rows, start=2)]
    return [photo for photo in photos if photo is not None]


def _photo(
    path: Path, line: int, row: dict[str, str], detector: FaceDetector | None
) -> Photo | None:
    image = path.parent / row["file"]
    if not image.is_file():
        raise MissingData(f"{path}, line {line}: {image} does not exist")
    rotation, box = _rotation(path, line, row), _box(path, line, row)
    if box is None and detector is not None:
        box = _largest_face(image, detector)
    if box is None:
        print(f"{path}, line {line}: no face found in {image}, left out")
        return None
    return Photo(path=image, rotation=rotation, box=box, tag=row.get("tag") or "own")


def _rotation(path: Path, line: int, row: dict[str, str]) -> Matrix:
    try:
        return rotation_matrix(*(float(row[angle]) for angle in _ANGLES))
    except (TypeError, ValueError) as error:
        raise BadLabel(f"{path}, line {line}: angles must be degrees ({error})") from error


def _box(path: Path, line: int, row: dict[str, str]) -> Box | None:
    values = [(row.get(corner) or "").strip() for corner in _CORNERS]
    if not any(values):
        return None
    try:
        x1, y1, x2, y2 = (float(value) for value in values)
    except ValueError as error:
        raise BadLabel(f"{path}, line {line}: x1,y1,x2,y2 must be pixels ({error})") from error
    if not (x2 > x1 and y2 > y1):
        raise BadLabel(f"{path}, line {line}: the box has no area: x1 < x2 and y1 < y2 expected")
    return Box(x1=x1, y1=y1, x2=x2, y2=y2)


def _largest_face(path: Path, detector: FaceDetector) -> Box | None:
    image = cv2.imread(str(path))
    if image is None:
        return None
    faces = detector.detect(np.asarray(image, np.uint8))
    return max((face.box for face in faces), key=lambda box: box.area, default=None)
