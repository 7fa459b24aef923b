"""Recorded observations: the CSV that a replay reads instead of a clip."""

from __future__ import annotations

import csv
import difflib
import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from edge_pose.errors import ConfigError, SourceError
from edge_pose.tables.columns import MEASURED, TRACE_COLUMNS, Column
from edge_pose.values import (
    Box,
    EyeState,
    Gaze,
    HeadPose,
    ImageQuality,
    Observation,
    VehicleState,
)

log = logging.getLogger(__name__)

Cell = float | str | None
_ROW = Mapping[str, Cell]


def read_observations(path: Path) -> Iterator[Observation]:
    """The rows of an observations CSV (or a trace) as observations, in file order.

    Columns: ``t_s`` and any of the trace's measured ones; an absent column or empty cell is *not
    measured*; other columns are ignored, with a warning where one looks misspelt. Without
    ``face``, a row with angles has one. Raises ConfigError with the line of a bad cell,
    SourceError for a file that cannot be read.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            yield from _observations(csv.reader(file), path)
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: cannot be read as a table ({error})") from error
    except csv.Error as error:
        raise ConfigError(f"{path}: not a CSV table ({error})") from error


def _observations(rows: Iterator[list[str]], path: Path) -> Iterator[Observation]:
    header = [name.strip() for name in next(iter(rows), [])]
    if "t_s" not in header:
        raise ConfigError(
            f"{path}:1: no column t_s; the first line must name the columns, "
            f"of which these are read: {', '.join(MEASURED)}"
        )
    for name in header:
        _warn_if_misspelt(name, header, path)
    for line, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{path}:{line}"
        if len(cells) > len(header):
            raise ConfigError(f"{where}: {len(cells)} cells, but the header names {len(header)}")
        row = {
            name: _cell(MEASURED[name], cell.strip(), where)
            for name, cell in zip(header, cells, strict=False)
            if name in MEASURED
        }
        yield _observation(row, where, line - 2)


def _warn_if_misspelt(name: str, header: Sequence[str], path: Path) -> None:
    if name in TRACE_COLUMNS:
        return
    missing = [known for known in MEASURED if known not in header]
    if near := difflib.get_close_matches(name, missing, n=1, cutoff=0.75):
        log.warning("%s:1: column %s is not read; did you mean %s?", path, name, near[0])


def _cell(column: Column, text: str, where: str) -> Cell:
    if not text:
        return None
    if column.words:
        if text not in column.words:
            choices = ", ".join(column.words)
            raise ConfigError(f"{where}: {column.name} is {text!r}, expected one of {choices}")
        return text
    try:
        value = float(text)
    except ValueError as error:
        raise ConfigError(f"{where}: {column.name} is {text!r}, expected a number") from error
    if not math.isfinite(value):
        raise ConfigError(
            f"{where}: {column.name} is {text}; leave the cell empty for not measured"
        )
    if column.flag and value not in (0.0, 1.0):
        raise ConfigError(f"{where}: {column.name} is {text}, expected 0 or 1")
    return bool(value) if column.flag else value


def _observation(row: _ROW, where: str, index: int) -> Observation:
    t_s: Any = row.get("t_s")
    if t_s is None:
        raise ConfigError(f"{where}: t_s is empty; every row needs its time in seconds")
    pose, pose_cam = _pose(row, "pose"), _pose(row, "pose_cam")
    face = row.get("face")
    frame: Any = row.get("frame")
    single: dict[str, Any] = {name: row.get(name) for name in _SINGLE}
    return Observation(
        t_s=t_s,
        frame=index if frame is None else int(frame),
        face=bool(face) if face is not None else (pose or pose_cam) is not None,
        pose=pose,
        pose_cam=pose_cam,
        box=_whole(row, "box", Box, ("x1", "y1", "x2", "y2")),
        eyes=_eyes(row),
        gaze=_whole(row, "gaze", Gaze, ("yaw_deg", "pitch_deg")),
        image=_whole(row, "image", ImageQuality, ("brightness", "contrast")),
        camera_lost=bool(row.get("camera_lost")),
        vehicle=VehicleState(**_fields(row, "vehicle")),
        **single,
    )


_SINGLE = ("score", "fit_residual", "lids_closed", "eyes_visible")
_Value = TypeVar("_Value")


def _fields(row: _ROW, group: str) -> dict[str, Any]:
    """The cells of one part of an observation by the part's own field names."""
    return {
        column.path.removeprefix(f"{group}."): row.get(column.name)
        for column in MEASURED.values()
        if column.path.startswith(f"{group}.")
    }


def _whole(
    row: _ROW, group: str, make: Callable[..., _Value], needed: Sequence[str]
) -> _Value | None:
    """That part of an observation, if all is there that it cannot be without."""
    fields = _fields(row, group)
    return None if any(fields[name] is None for name in needed) else make(**fields)


def _pose(row: _ROW, group: str) -> HeadPose | None:
    """The angles of one kind; roll is the least used and may be left out."""
    angles = _fields(row, group)
    if angles["yaw_deg"] is None and angles["pitch_deg"] is None:
        return None
    std_deg: Any = row.get("pose_std_deg")
    return HeadPose(**{name: value or 0.0 for name, value in angles.items()}, std_deg=std_deg)


def _eyes(row: _ROW) -> EyeState | None:
    """Eyes that are looked for but not measured (an empty cell) differ from none looked for."""
    fields = _fields(row, "eyes")
    if fields["mouth"] is None and not {"eye_left", "eye_right"} & row.keys():
        return None
    return EyeState(**fields)
