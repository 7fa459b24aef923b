"""Both small networks on rendered people that no training saw: exact truth.

    python -m deploy.model.evaluation.rendered_table --face FILE --eyes FILE faces-003.csv …

Faces: pose by yaw, day against infrared, landmarks, how far gaze and lids bend the pose. Eyes of
the faces: gaze and lids as on the device, with and without glasses.
"""

from __future__ import annotations

import argparse
import csv
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import geodesic_deg, rotations_from_euler
from deploy.model.evaluation.evaluate import Section
from deploy.model.export.calibration import area_under
from deploy.model.export.card import add_accuracy
from deploy.model.labels.point_definition import points_of
from deploy.model.labels.rendered_lessons import boxes_of
from edge_pose.values import Box, HeadPose
from edge_pose.vision.eyes.eye_network import EyeNetwork, EyesReading
from edge_pose.vision.face.face_network import FaceFlags, FaceNetwork
from edge_pose.vision.geometry import rotation_matrix

BINS = ((0, 30), (30, 60), (60, 90))
_MOST_YAW_DEG = 45.0
_FLAGS = {
    "eye_left_visible": "eye_l_visible",
    "eye_right_visible": "eye_r_visible",
    "glasses": "glasses",
    "dark_glasses": "dark_glasses",
    "mask": "mask",
    "hand": "hand",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """One rendered face: what was said, beside its row of labels."""

    row: dict[str, str]
    pose: HeadPose
    flags: FaceFlags
    eyes: EyesReading

    @property
    def error_deg(self) -> float:
        angles = [[float(self.row[f"{axis}_deg"]) for axis in ("yaw", "pitch", "roll")]]
        said = rotation_matrix(self.pose.yaw_deg, self.pose.pitch_deg, self.pose.roll_deg)
        return float(geodesic_deg(said[None], rotations_from_euler(np.array(angles)))[0])

    @property
    def gaze_error_deg(self) -> float:
        yaw, pitch = (float(self.row[f"gaze_head_{axis}"]) for axis in ("yaw", "pitch"))
        return float(np.hypot(self.eyes.yaw_deg - yaw, self.eyes.pitch_deg - pitch))


def rendered_table(face: Path, eyes: Path, tables: list[Path]) -> Section:
    """All rows of all tables."""
    networks = FaceNetwork(face), EyeNetwork(eyes)
    seen = [one for table in tables for one in _read(networks, table)]
    numbers = {
        "pose": _pose(seen),
        "flags": _flags(seen),
        "gaze": _gaze(seen),
        "lids": _lids(seen),
    }
    lines = [f"{name}: {values}" for name, values in numbers.items()]
    return Section(lines=lines, numbers=numbers)


def _read(networks: tuple[FaceNetwork, EyeNetwork], table: Path) -> Iterator[Seen]:
    face, eyes = networks
    with table.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    places = {row["file"].split("/")[-1]: i for i, row in enumerate(rows)}
    boxes = boxes_of(np.load(points_of(table))["px"].astype(np.float32) - 0.5)
    with tarfile.open(table.with_suffix(".tar")) as archive:
        for entry in archive:
            i = places.get(entry.name.split("/")[-1])
            if i is not None and (stream := archive.extractfile(entry)):
                image = cv2.imdecode(np.frombuffer(stream.read(), np.uint8), cv2.IMREAD_COLOR)
                x1, y1, x2, y2 = boxes[i].tolist()
                found = face.read(np.asarray(image, np.uint8), Box(x1=x1, y1=y1, x2=x2, y2=y2))
                said = eyes.read(np.asarray(image, np.uint8), found.points, found.pose)
                yield Seen(row=rows[i], pose=found.pose, flags=found.flags, eyes=said)


def _pose(seen: list[Seen]) -> dict[str, Any]:
    error = np.array([one.error_deg for one in seen])
    yaw = np.abs(_column(seen, "yaw_deg"))
    infrared = _column(seen, "ir") > 0
    out: dict[str, Any] = {"count": len(seen)}
    for low, high in BINS:
        out[f"{low}-{high}"] = _mean(error[(yaw >= low) & (yaw < high)])
    out["day"], out["infrared"] = _mean(error[~infrared]), _mean(error[infrared])
    shifts = [
        float(geodesic_deg(_rotation(a)[None], _rotation(b)[None])[0])
        for a, b in pairwise(seen)
        if a.row["pair"] not in ("", "-1") and a.row["pair"] == b.row["pair"]
    ]
    out["pairs"], out["pair_shift"] = len(shifts), _mean(np.array(shifts))
    return out


def _rotation(one: Seen) -> NDArray[np.float64]:
    return rotation_matrix(one.pose.yaw_deg, one.pose.pitch_deg, one.pose.roll_deg)


def _gaze(seen: list[Seen]) -> dict[str, Any]:
    clear = [one for one in seen if _looking(one.row)]
    error = np.array([one.gaze_error_deg for one in clear])
    glasses = np.array([one.row["glasses"] != "" for one in clear], bool)
    return {
        "count": len(clear),
        "without_glasses": _mean(error[~glasses]),
        "clear_glasses": _mean(error[glasses]),
    }


def _looking(row: dict[str, str]) -> bool:
    opened = min(float(row["open_r"]), float(row["open_l"])) > 0.3
    visible = row["eye_r_visible"] == "1" and row["eye_l_visible"] == "1"
    return visible and opened and abs(float(row["yaw_deg"])) < _MOST_YAW_DEG


def _lids(seen: list[Seen]) -> dict[str, Any]:
    out = {}
    for name, worn in (("without_glasses", False), ("clear_glasses", True)):
        shut, opened, lowered = [], [], []
        for one in (one for one in seen if (one.row["glasses"] != "") == worn):
            for side, said in zip("lr", one.eyes.shut, strict=True):
                if one.row[f"eye_{side}_visible"] != "1":
                    continue
                gap = float(one.row[f"open_{side}"])
                kind = shut if one.row[f"shut_{side}"] == "1" else opened if gap > 0.5 else lowered
                kind.append(said)
        out[name] = {
            "shut_open_auc": round(area_under(np.array(shut), np.array(opened)), 3),
            "shut_lowered_auc": round(area_under(np.array(shut), np.array(lowered)), 3),
            "eyes": [len(shut), len(opened), len(lowered)],
        }
    return out


def _flags(seen: list[Seen]) -> dict[str, Any]:
    """Of each flag: how many have it, AUC, share of those found, share of the others called so."""
    out = {}
    for name, true in _FLAGS.items():
        said = np.array([getattr(one.flags, name) for one in seen])
        yes = np.array([one.row[true] not in ("", "0") for one in seen], bool)
        area = round(area_under(said[yes], said[~yes]), 3)
        found, false = _mean(said[yes] > 0.5), _mean(said[~yes] > 0.5)
        out[name] = {"count": int(yes.sum()), "auc": area, "found": found, "false": false}
    return out


def _column(seen: list[Seen], name: str) -> NDArray[np.float64]:
    return np.array([float(one.row[name] or "nan") for one in seen])


def _mean(values: NDArray[np.floating]) -> float | None:
    return round(float(values.mean()), 2) if len(values) else None


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--face", type=Path, required=True)
    parser.add_argument("--eyes", type=Path, required=True)
    parser.add_argument("--into-card", action="store_true")
    args = parser.parse_args()
    section = rendered_table(args.face, args.eyes, args.tables)
    print(*section.lines, sep="\n")
    if args.into_card:
        for model in (args.face, args.eyes):
            add_accuracy(model, {"rendered people": section.numbers})


if __name__ == "__main__":
    main()
