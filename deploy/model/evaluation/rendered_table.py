"""Both small networks on rendered people that no training saw: exact truth.

    python -m deploy.model.evaluation.rendered_table --face FILE --eyes FILE faces-3.csv eyes-3.csv

Faces: pose by yaw, day against infrared, landmarks, how far gaze and lids bend the pose; gaze and
lids of these small faces, as on the device. Eye strips: gaze and lids of eyes seen from near.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import geodesic_deg, rotations_from_euler
from deploy.model.evaluation.evaluate import Section
from deploy.model.evaluation.rendered_eyes import (
    SeenEyes,
    gaze_numbers,
    lid_numbers,
    mean,
    pictures,
    strips,
)
from deploy.model.export.calibration import area_under
from deploy.model.export.card import add_accuracy
from deploy.model.labels.rendered_lessons import boxes_of
from edge_pose.values import Box, HeadPose
from edge_pose.vision.eyes.eye_network import EyeNetwork
from edge_pose.vision.face.face_network import FaceFlags, FaceNetwork
from edge_pose.vision.geometry import rotation_matrix

BINS = ((0, 30), (30, 60), (60, 90))
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
    eyes: SeenEyes

    @property
    def error_deg(self) -> float:
        angles = [[float(self.row[f"{axis}_deg"]) for axis in ("yaw", "pitch", "roll")]]
        said = rotation_matrix(self.pose.yaw_deg, self.pose.pitch_deg, self.pose.roll_deg)
        return float(geodesic_deg(said[None], rotations_from_euler(np.array(angles)))[0])


def rendered_table(face: Path, eyes: Path, tables: list[Path]) -> Section:
    """All rows of all tables, of faces and of strips."""
    networks = FaceNetwork(face), EyeNetwork(eyes)
    near = [table for table in tables if table.stem.startswith("eyes")]
    seen = [one for table in tables if table not in near for one in _read(networks, table)]
    numbers: dict[str, Any] = {}
    if seen:
        both = [one.eyes for one in seen]
        numbers = {"pose": _pose(seen), "flags": _flags(seen)}
        numbers |= {"gaze": gaze_numbers(both), "lids": lid_numbers(both)}
    if near:
        both = [one for table in near for one in strips(networks[1], table)]
        numbers["strips"] = {"gaze": gaze_numbers(both), "lids": lid_numbers(both)}
    lines = [f"{name}: {values}" for name, values in numbers.items()]
    return Section(lines=lines, numbers=numbers)


def _read(networks: tuple[FaceNetwork, EyeNetwork], table: Path) -> Iterator[Seen]:
    face, eyes = networks
    for row, image, points in pictures(table):
        x1, y1, x2, y2 = boxes_of(points[None])[0].tolist()
        found = face.read(image, Box(x1=x1, y1=y1, x2=x2, y2=y2))
        said = SeenEyes(row=row, eyes=eyes.read(image, found.points, found.pose))
        yield Seen(row=row, pose=found.pose, flags=found.flags, eyes=said)


def _pose(seen: list[Seen]) -> dict[str, Any]:
    error = np.array([one.error_deg for one in seen])
    yaw = np.abs(_column(seen, "yaw_deg"))
    infrared = _column(seen, "ir") > 0
    out: dict[str, Any] = {"count": len(seen)}
    for low, high in BINS:
        out[f"{low}-{high}"] = mean(error[(yaw >= low) & (yaw < high)])
    out["day"], out["infrared"] = mean(error[~infrared]), mean(error[infrared])
    shifts = [
        float(geodesic_deg(_rotation(a)[None], _rotation(b)[None])[0])
        for a, b in pairwise(seen)
        if a.row["pair"] not in ("", "-1") and a.row["pair"] == b.row["pair"]
    ]
    out["pairs"], out["pair_shift"] = len(shifts), mean(np.array(shifts))
    return out


def _rotation(one: Seen) -> NDArray[np.float64]:
    return rotation_matrix(one.pose.yaw_deg, one.pose.pitch_deg, one.pose.roll_deg)


def _flags(seen: list[Seen]) -> dict[str, Any]:
    """Of each flag: how many have it, AUC, share of those found, share of the others called so."""
    out = {}
    for name, true in _FLAGS.items():
        said = np.array([getattr(one.flags, name) for one in seen])
        yes = np.array([one.row[true] not in ("", "0") for one in seen], bool)
        area = round(area_under(said[yes], said[~yes]), 3)
        found, false = mean(said[yes] > 0.5), mean(said[~yes] > 0.5)
        out[name] = {"count": int(yes.sum()), "auc": area, "found": found, "false": false}
    return out


def _column(seen: list[Seen], name: str) -> NDArray[np.float64]:
    return np.array([float(one.row[name] or "nan") for one in seen])


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
