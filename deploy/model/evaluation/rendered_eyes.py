"""What an eye network says of rendered eyes, against the exact truth: gaze and lids."""

from __future__ import annotations

import csv
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.export.calibration import area_under
from deploy.model.labels.point_definition import points_of
from edge_pose.values import HeadPose
from edge_pose.vision.eyes.eye_network import EyeNetwork, EyesReading

_MOST_YAW_DEG = 45.0
_OPEN, _GAZE_OPEN = 0.5, 0.3
_DOWN_DEG = -14.0
Row = dict[str, str]
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenEyes:
    """One picture's row of labels, and what was said of its eyes."""

    row: Row
    eyes: EyesReading

    @property
    def error_deg(self) -> float:
        yaw, pitch = (float(self.row[f"gaze_head_{axis}"]) for axis in ("yaw", "pitch"))
        return float(np.hypot(self.eyes.yaw_deg - yaw, self.eyes.pitch_deg - pitch))


def pictures(table: Path) -> Iterator[tuple[Row, Picture, NDArray[np.float32]]]:
    """Rows, BGR pictures and landmarks (68, 2) of a table; pixel centres are whole numbers."""
    with table.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    places = {row["file"].split("/")[-1]: i for i, row in enumerate(rows)}
    points = np.load(points_of(table))["px"].astype(np.float32) - 0.5
    with tarfile.open(table.with_suffix(".tar")) as archive:
        for entry in archive:
            i = places.get(entry.name.split("/")[-1])
            if i is not None and (stream := archive.extractfile(entry)):
                image = cv2.imdecode(np.frombuffer(stream.read(), np.uint8), cv2.IMREAD_COLOR)
                yield rows[i], np.asarray(image, np.uint8), points[i]


def strips(network: EyeNetwork, table: Path) -> Iterator[SeenEyes]:
    """A table of strips, read with the head's angles and the eye corners of the truth."""
    for row, image, points in pictures(table):
        yaw, pitch = float(row["yaw_deg"]), float(row["pitch_deg"])
        pose = HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=0.0, std_deg=None)
        yield SeenEyes(row=row, eyes=network.read(image, points, pose))


def gaze_numbers(seen: Sequence[SeenEyes]) -> dict[str, Any]:
    """Mean errors, degrees, where both eyes are open and to be seen."""
    clear = [one for one in seen if _looking(one.row)]
    error = np.array([one.error_deg for one in clear])
    worn = np.array([one.row["glasses"] for one in clear], str)
    down = np.array([float(one.row["gaze_head_pitch"]) < _DOWN_DEG for one in clear], bool)
    return {
        "count": len(clear),
        "without_glasses": mean(error[worn == ""]),
        "clear_glasses": mean(error[worn == "clear"]),
        "looking_down": mean(error[down]),
    }


def _looking(row: Row) -> bool:
    opened = min(float(row["open_r"]), float(row["open_l"])) > _GAZE_OPEN
    visible = row["eye_r_visible"] == "1" and row["eye_l_visible"] == "1"
    return visible and opened and abs(float(row["yaw_deg"])) < _MOST_YAW_DEG


def lid_numbers(seen: Sequence[SeenEyes]) -> dict[str, Any]:
    """How well shut lids are told from open and from lowered ones (AUC), by glasses."""
    out = {}
    for name, worn in (("without_glasses", ""), ("clear_glasses", "clear")):
        shut: list[float] = []
        opened: list[float] = []
        lowered: list[float] = []
        for one in (one for one in seen if one.row["glasses"] == worn):
            for side, said in zip("lr", one.eyes.shut, strict=True):
                if one.row[f"eye_{side}_visible"] != "1":
                    continue
                gap = float(one.row[f"open_{side}"])
                kind = (
                    shut if one.row[f"shut_{side}"] == "1" else opened if gap > _OPEN else lowered
                )
                kind.append(said)
        out[name] = {
            "shut_open_auc": round(area_under(np.array(shut), np.array(opened)), 3),
            "shut_lowered_auc": round(area_under(np.array(shut), np.array(lowered)), 3),
            "eyes": [len(shut), len(opened), len(lowered)],
        }
    return out


def mean(values: NDArray[np.floating]) -> float | None:
    return round(float(values.mean()), 2) if len(values) else None
