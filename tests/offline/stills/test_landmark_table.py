"""The landmark export: which points, in which columns, and rows for files without a face."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from edge_pose.errors import ConfigError
from edge_pose.offline.stills.landmark_table import LandmarkSet, LandmarkTable
from edge_pose.values import Box, Face, Landmarks
from edge_pose.vision.face.mesh import IBUG_68, POINTS
from edge_pose.vision.stills.still_faces import StillFace

MESH = Landmarks(points=np.arange(POINTS * 3, dtype=np.float32).reshape(POINTS, 3), score=0.9)
FLAT = MESH.points[IBUG_68, :2]
BOX = Box(x1=0, y1=0, x2=1, y2=1)
MESHED = StillFace(face=Face(box=BOX, landmarks=FLAT), score=0.9, mesh=MESH)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.parametrize("which", get_args(LandmarkSet))
def test_a_face_is_a_row_of_its_points_and_no_face_an_empty_one(
    tmp_path: Path, which: LandmarkSet
) -> None:
    path = tmp_path / "new" / "landmarks.csv"
    with LandmarkTable(path, which) as table:
        table.write("a.jpg", MESHED)
        table.write("b.jpg", None)
    face, none = rows(path)
    count = int(which)
    assert (face["file"], face["score"], none["file"], none["score"]) == (
        "a.jpg",
        "0.900",
        "b.jpg",
        "",
    )
    vertex = IBUG_68[5] if which == "68" else 5
    assert [float(face[f"{axis}5"]) for axis in "xyz"] == MESH.points[vertex].tolist()
    assert f"z{count - 1}" in face
    assert f"x{count}" not in face
    assert not any(none[f"{axis}0"] for axis in "xyz")


def test_points_in_the_picture_alone_have_no_depth(tmp_path: Path) -> None:
    path = tmp_path / "landmarks.csv"
    with LandmarkTable(path, "68") as table:
        table.write("a.jpg", StillFace(face=Face(box=BOX, landmarks=FLAT), score=0.8))
    (face,) = rows(path)
    assert [float(face["x5"]), float(face["y5"])] == FLAT[5].tolist()
    assert face["z5"] == ""


def test_the_whole_mesh_without_a_mesh_says_what_to_do(tmp_path: Path) -> None:
    found = StillFace(face=Face(box=BOX, landmarks=FLAT), score=0.8)
    with (
        LandmarkTable(tmp_path / "landmarks.csv", "468") as table,
        pytest.raises(ConfigError, match=r"pose\.landmarks=mesh"),
    ):
        table.write("a.jpg", found)


def test_a_place_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        LandmarkTable(tmp_path)
