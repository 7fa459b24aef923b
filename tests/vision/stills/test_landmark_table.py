"""The landmark export: which points, in which columns, and rows for files without a face."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from edge_pose.errors import ConfigError
from edge_pose.values import Landmarks
from edge_pose.vision.face.mesh import IBUG_68, POINTS
from edge_pose.vision.stills.landmark_table import LandmarkSet, LandmarkTable

MESH = Landmarks(points=np.arange(POINTS * 3, dtype=np.float32).reshape(POINTS, 3), score=0.9)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


@pytest.mark.parametrize("which", get_args(LandmarkSet))
def test_a_face_is_a_row_of_its_points_and_no_face_an_empty_one(
    tmp_path: Path, which: LandmarkSet
) -> None:
    path = tmp_path / "new" / "landmarks.csv"
    with LandmarkTable(path, which) as table:
        table.write("a.jpg", MESH)
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


def test_a_place_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written"):
        LandmarkTable(tmp_path)
