"""The head pose of a list of still pictures: rows in, rows out, a reason for each that has none."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_pose.errors import ConfigError
from edge_pose.offline.stills.landmark_table import LandmarkTable
from edge_pose.offline.stills.pictures import Unreadable, read_picture
from edge_pose.values import Box, Face
from edge_pose.vision.stills.still_faces import StillFace, StillFaces

_MEASURED = {
    "score": ("score", 3),
    "yaw_deg": ("pose.yaw_deg", 2),
    "pitch_deg": ("pose.pitch_deg", 2),
    "roll_deg": ("pose.roll_deg", 2),
    "x1": ("box.x1", 1),
    "y1": ("box.y1", 1),
    "x2": ("box.x2", 1),
    "y2": ("box.y2", 1),
    "pose_std_deg": ("pose.std_deg", 2),
    "eye_left": ("eyes.left", 3),
    "eye_right": ("eyes.right", 3),
    "mouth": ("eyes.mouth", 3),
    "lids_closed": ("lids_closed", 3),
    "eyes_visible": ("eyes_visible", 3),
    "gaze_yaw_deg": ("gaze.yaw_deg", 2),
    "gaze_pitch_deg": ("gaze.pitch_deg", 2),
    "gaze_std_deg": ("gaze.std_deg", 2),
}
"""Column: where it stands in a face, and its digits. Gaze is in the frame of the face crop, like
the head's angles."""
COLUMNS = (
    "file", "face", "score", "yaw_deg", "pitch_deg", "roll_deg", "x1", "y1", "x2", "y2", "reason",
    "pose_std_deg", "eye_left", "eye_right", "mouth", "lids_closed", "eyes_visible",
    "gaze_yaw_deg", "gaze_pitch_deg", "gaze_std_deg",
)  # fmt: skip
"""Empty = not measured."""
_BOX = ("x1", "y1", "x2", "y2")


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRow:
    """One row of the result. ``reason``: why there is no pose; empty where there is one."""

    file: str
    found: StillFace | None = None
    box: Box | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSummary:
    """What came of a list."""

    rows: int
    faces: int
    faceless: int
    unreadable: int


def estimate_list(
    list_csv: Path, out_csv: Path, faces: StillFaces, landmarks: LandmarkTable | None = None
) -> ListSummary:
    """Read LIST (column ``file``, optionally x1,y1,x2,y2: a tight box), write one row for each.
    ``landmarks``: a table to write the landmarks to.

    Relative paths count from LIST's folder. Without a box the largest face found is measured.
    Raises ConfigError where LIST or OUT cannot be used.
    """
    return _estimate(_rows(list_csv), list_csv.parent, out_csv, faces, landmarks)


def estimate_pictures(
    pictures: Sequence[Path],
    out_csv: Path,
    faces: StillFaces,
    landmarks: LandmarkTable | None = None,
) -> ListSummary:
    """The same of picture files: the largest face of each."""
    rows = [{"file": str(path)} for path in pictures]
    return _estimate(rows, Path(), out_csv, faces, landmarks)


def _estimate(
    rows: Sequence[Mapping[str, str]],
    folder: Path,
    out_csv: Path,
    faces: StillFaces,
    landmarks: LandmarkTable | None,
) -> ListSummary:
    counts = {"faces": 0, "faceless": 0, "unreadable": 0}
    try:
        out_csv.parent.mkdir(parents=True, exist_ok=True)
        with out_csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for result, kind in _results(rows, folder, faces):
                counts[kind] += 1
                writer.writerow(_cells(result))
                if landmarks is not None:
                    landmarks.write(result.file, result.found)
    except OSError as error:
        raise ConfigError(f"{out_csv}: cannot be written ({error.strerror})") from error
    return ListSummary(rows=len(rows), **counts)


def _results(
    rows: Sequence[Mapping[str, str]], folder: Path, faces: StillFaces
) -> Iterator[tuple[PictureRow, str]]:
    """Each row's result and what it counts as."""
    for row in rows:
        name = row["file"] or ""
        try:
            box = _box(row)
            found = faces.largest(read_picture(folder / name), box)
        except Unreadable as problem:
            yield PictureRow(file=name, reason=str(problem)), "unreadable"
            continue
        if found is None or found.face.pose is None:
            yield PictureRow(file=name, box=box, reason="no face found"), "faceless"
            continue
        yield PictureRow(file=name, found=found, box=found.face.box), "faces"


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


def _cells(row: PictureRow) -> list[str]:
    face = row.found.face if row.found else None
    if face is None and row.box is not None:
        face = Face(box=row.box)
    cells = {name: _cell(face, *where) for name, where in _MEASURED.items()}
    cells |= {"file": row.file, "face": "1" if row.found else "0", "reason": row.reason}
    return [cells[name] for name in COLUMNS]


def _cell(face: Face | None, path: str, digits: int) -> str:
    value: Any = face
    for part in path.split("."):
        value = None if value is None else getattr(value, part)
    return "" if value is None else f"{value:.{digits}f}"
