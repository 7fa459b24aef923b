"""Recorded observations: the CSV that a replay reads instead of a clip."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from edge_pose.errors import ConfigError, SourceError
from edge_pose.values import Box, EyeState, HeadPose, ImageQuality, Observation, VehicleState

_FLAGS = ("face", "standstill", "engaged", "acknowledge")
_NUMBERS = (
    "t_s", "frame", "score", "yaw_deg", "pitch_deg", "roll_deg", "yaw_cam_deg", "pitch_cam_deg",
    "roll_cam_deg", "pose_std_deg", "fit_residual", "x1", "y1", "x2", "y2", "eye_left",
    "eye_right", "mouth", "speed_kmh", "brightness", "contrast", "change",
)  # fmt: skip
_ROW = Mapping[str, float | None]


def read_observations(path: Path) -> Iterator[Observation]:
    """The rows of an observations CSV (or a trace) as observations, in file order.

    Columns: ``t_s`` and any of the trace's measured ones; an absent column or empty cell is *not
    measured*; other columns are ignored. Without ``face``, a row with angles has one. Raises
    ConfigError with the line of a bad cell, SourceError for a file that cannot be read.
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
            f"of which these are read: {', '.join((*_NUMBERS, *_FLAGS))}"
        )
    for line, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        where = f"{path}:{line}"
        if len(cells) > len(header):
            raise ConfigError(f"{where}: {len(cells)} cells, but the header names {len(header)}")
        row = {
            name: _cell(name, cell.strip(), where)
            for name, cell in zip(header, cells, strict=False)
            if name in _NUMBERS or name in _FLAGS
        }
        yield _observation(row, where, line - 2)


def _cell(name: str, text: str, where: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise ConfigError(f"{where}: {name} is {text!r}, expected a number") from error
    if not math.isfinite(value):
        raise ConfigError(f"{where}: {name} is {text}; leave the cell empty for not measured")
    if name in _FLAGS and value not in (0.0, 1.0):
        raise ConfigError(f"{where}: {name} is {text}, expected 0 or 1")
    return value


def _observation(row: _ROW, where: str, index: int) -> Observation:
    t_s = row.get("t_s")
    if t_s is None:
        raise ConfigError(f"{where}: t_s is empty; every row needs its time in seconds")
    pose, pose_cam = _pose(row, "deg"), _pose(row, "cam_deg")
    face = row.get("face")
    frame = row.get("frame")
    return Observation(
        t_s=t_s,
        frame=index if frame is None else int(frame),
        face=bool(face) if face is not None else (pose or pose_cam) is not None,
        score=row.get("score"),
        box=_all_of(row, Box, x1="x1", y1="y1", x2="x2", y2="y2"),
        pose=pose,
        pose_cam=pose_cam,
        fit_residual=row.get("fit_residual"),
        eyes=_eyes(row),
        image=_image(row),
        vehicle=VehicleState(
            speed_kmh=row.get("speed_kmh"),
            standstill=_flag(row, "standstill"),
            engaged=_flag(row, "engaged"),
            acknowledge=_flag(row, "acknowledge"),
        ),
    )


def _pose(row: _ROW, suffix: str) -> HeadPose | None:
    """The angles of one kind; roll is the least used and may be left out."""
    yaw, pitch = row.get(f"yaw_{suffix}"), row.get(f"pitch_{suffix}")
    if yaw is None and pitch is None:
        return None
    return HeadPose(
        yaw_deg=yaw or 0.0,
        pitch_deg=pitch or 0.0,
        roll_deg=row.get(f"roll_{suffix}") or 0.0,
        std_deg=row.get("pose_std_deg"),
    )


def _eyes(row: _ROW) -> EyeState | None:
    """Eyes that are looked for but not measured (an empty cell) differ from none looked for."""
    left, right, mouth = row.get("eye_left"), row.get("eye_right"), row.get("mouth")
    if mouth is None and not {"eye_left", "eye_right"} & row.keys():
        return None
    return EyeState(left=left, right=right, mouth=mouth)


def _image(row: _ROW) -> ImageQuality | None:
    brightness, contrast = row.get("brightness"), row.get("contrast")
    if brightness is None or contrast is None:
        return None
    return ImageQuality(brightness=brightness, contrast=contrast, change=row.get("change"))


def _all_of(row: _ROW, make: Callable[..., Box], **columns: str) -> Box | None:
    fields = {name: row.get(column) for name, column in columns.items()}
    return make(**fields) if all(value is not None for value in fields.values()) else None


def _flag(row: _ROW, name: str) -> bool | None:
    value = row.get(name)
    return None if value is None else bool(value)
