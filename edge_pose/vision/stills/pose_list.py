"""The head pose of a list of still pictures: rows in, rows out, a reason for each that has none."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ConfigError
from edge_pose.values import Box, HeadPose, Landmarks
from edge_pose.vision.detector.detection import Detection, FaceDetector
from edge_pose.vision.face.mesh import Landmarker
from edge_pose.vision.pose.estimator import PoseEstimator
from edge_pose.vision.pose.mesh_fit import upright_mesh
from edge_pose.vision.stills.landmark_table import LandmarkTable
from edge_pose.vision.stills.pictures import Unreadable, read_picture
from edge_pose.vision.stills.still_faces import found_with_room
from edge_pose.vision.tracking.closer_look import closer_look

COLUMNS = (
    "file", "face", "score", "yaw_deg", "pitch_deg", "roll_deg", "x1", "y1", "x2", "y2", "reason",
)  # fmt: skip
_BOX = ("x1", "y1", "x2", "y2")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureParts:
    """What measures a picture. ``landmarker`` may be None where the estimator needs no mesh."""

    detector: FaceDetector
    pose: PoseEstimator
    landmarker: Landmarker | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePose:
    """One row of the result. ``reason``: why there is no pose; empty where there is one."""

    file: str
    pose: HeadPose | None = None
    box: Box | None = None
    score: float | None = None
    mesh: Landmarks | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSummary:
    """What came of a list."""

    rows: int
    faces: int
    faceless: int
    unreadable: int


def estimate_list(
    list_csv: Path, out_csv: Path, parts: PictureParts, landmarks: LandmarkTable | None = None
) -> ListSummary:
    """Read LIST (column ``file``, optionally x1,y1,x2,y2: a tight box), write one row for each.
    ``landmarks``: a table to write the meshes to, where ``parts`` has a landmarker.

    Relative paths count from LIST's folder. Without a box the largest face found is measured.
    Raises ConfigError where LIST or OUT cannot be used.
    """
    rows = _rows(list_csv)
    counts = {"faces": 0, "faceless": 0, "unreadable": 0}
    try:
        out_csv.parent.mkdir(parents=True, exist_ok=True)
        with out_csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for result, kind in _results(rows, list_csv.parent, parts):
                counts[kind] += 1
                writer.writerow(_cells(result))
                if landmarks is not None:
                    landmarks.write(result.file, result.mesh)
    except OSError as error:
        raise ConfigError(f"{out_csv}: cannot be written ({error.strerror})") from error
    return ListSummary(rows=len(rows), **counts)


def measure_picture(
    image: NDArray[np.uint8], box: Box | None, parts: PictureParts
) -> PicturePose | None:
    """The largest face, or the one in ``box``; the file's name is left to the caller."""
    score = None
    if box is None:
        face = _largest(found_with_room(parts.detector.detect, image))
        if face is None:
            return None
        face = closer_look(parts.detector, image, face)
        box, score = face.box, face.score
    mesh = upright_mesh(parts.landmarker, image, box) if parts.landmarker else None
    parts.pose.forget()
    reading = parts.pose.estimate(image, box, mesh)
    if reading is None:
        return None
    return PicturePose(file="", pose=reading.pose, box=box, score=score, mesh=mesh)


def _results(
    rows: list[Mapping[str, str]], folder: Path, parts: PictureParts
) -> Iterator[tuple[PicturePose, str]]:
    """Each row's result and what it counts as."""
    for row in rows:
        name = row["file"] or ""
        try:
            box = _box(row)
            found = measure_picture(read_picture(folder / name), box, parts)
        except Unreadable as problem:
            yield PicturePose(file=name, reason=str(problem)), "unreadable"
            continue
        if found is None:
            yield PicturePose(file=name, box=box, reason="no face found"), "faceless"
            continue
        yield replace(found, file=name), "faces"


def _largest(faces: list[Detection]) -> Detection | None:
    return max(faces, key=lambda face: face.box.side, default=None)


def _rows(path: Path) -> list[Mapping[str, str]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if "file" not in (reader.fieldnames or ()):
                raise ConfigError(f"{path}: needs a column `file` (and optionally x1,y1,x2,y2)")
            return list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path}: cannot be read as CSV ({error})") from error


def _box(row: Mapping[str, str]) -> Box | None:
    """The row's box, None where it has none. Raises Unreadable where it makes no sense."""
    cells = [(row.get(name) or "").strip() for name in _BOX]
    if not any(cells):
        return None
    try:
        x1, y1, x2, y2 = (float(cell) for cell in cells)
    except ValueError:
        raise Unreadable("box x1,y1,x2,y2 is not four numbers") from None
    if not all(map(math.isfinite, (x1, y1, x2, y2))) or x2 <= x1 or y2 <= y1:
        raise Unreadable("box x1,y1,x2,y2 is empty or not finite")
    return Box(x1=x1, y1=y1, x2=x2, y2=y2)


def _cells(result: PicturePose) -> list[str]:
    pose, box = result.pose, result.box
    angles = (pose.yaw_deg, pose.pitch_deg, pose.roll_deg) if pose else (None,) * 3
    sides = (box.x1, box.y1, box.x2, box.y2) if box else (None,) * 4
    return [
        result.file,
        "1" if pose else "0",
        "" if result.score is None else f"{result.score:.3f}",
        *("" if value is None else f"{value:.2f}" for value in angles),
        *("" if value is None else f"{value:.1f}" for value in sides),
        result.reason,
    ]
