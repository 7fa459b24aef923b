"""A list of pictures in, a row for each out."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.errors import ConfigError
from edge_pose.offline.stills.pose_list import estimate_list
from edge_pose.values import Box, EyeState, HeadPose
from edge_pose.vision.detector.detection import Detection, FaceKeypoints
from edge_pose.vision.driver.reading import DriverReading
from edge_pose.vision.geometry import EyeInHead, gaze_of
from edge_pose.vision.stills.still_faces import StillFaces
from edge_pose.vision.stills.still_reader import StillReading


class BoxReader:
    """Reads the box's own centre back as angles, so that rows show which face was measured."""

    def __init__(self, **measured: object) -> None:
        self._measured = measured

    def read(self, image: NDArray[np.uint8], box: Box, *, exact: bool) -> StillReading:
        del image, exact
        x, y = box.center
        pose = HeadPose(yaw_deg=x, pitch_deg=y, roll_deg=1.25)
        return StillReading(face=DriverReading(pose=pose, **self._measured))  # type: ignore[arg-type]


class TwoFaces:
    """Two faces in any picture that is not black."""

    def detect(self, image: NDArray[np.uint8], within: Box | None = None) -> list[Detection]:
        del within
        if not image.any():
            return []
        points = np.zeros((6, 2), np.float32)
        small, large = Box(x1=0, y1=0, x2=20, y2=20), Box(x1=30, y1=10, x2=60, y2=40)
        return [
            Detection(box=small, score=0.95, keypoints=FaceKeypoints(points=points)),
            Detection(box=large, score=0.8, keypoints=FaceKeypoints(points=points)),
        ]


FACES = StillFaces(detector=TwoFaces(), reader=BoxReader())


def _run(folder: Path, rows: str, faces: StillFaces = FACES) -> list[dict[str, str]]:
    (folder / "list.csv").write_text(rows)
    estimate_list(folder / "list.csv", folder / "out" / "poses.csv", faces)
    with (folder / "out" / "poses.csv").open() as file:
        return list(csv.DictReader(file))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cv2.imwrite(str(tmp_path / "grey.png"), np.full((50, 70), 90, np.uint8))
    cv2.imwrite(str(tmp_path / "black.png"), np.zeros((50, 70, 3), np.uint8))
    (tmp_path / "junk.jpg").write_bytes(b"junk")
    return tmp_path


def test_the_largest_face_is_measured(folder: Path) -> None:
    (row,) = _run(folder, "file\ngrey.png\n")
    assert {name: cell for name, cell in row.items() if cell or name == "reason"} == {
        "file": "grey.png",
        "face": "1",
        "score": "0.800",
        "yaw_deg": "45.00",
        "pitch_deg": "25.00",
        "roll_deg": "1.25",
        "x1": "30.0",
        "y1": "10.0",
        "x2": "60.0",
        "y2": "40.0",
        "reason": "",
    }


def test_eyes_and_sight_are_told_where_they_are_measured(folder: Path) -> None:
    reader = BoxReader(
        eyes=EyeState(left=0.9, right=0.85, mouth=0.1),
        look=EyeInHead(yaw_deg=-5.0, pitch_deg=-25.0, std_deg=3.0),
        lids_closed=0.02,
        eyes_visible=0.97,
    )
    (row,) = _run(folder, "file\ngrey.png\n", StillFaces(detector=TwoFaces(), reader=reader))
    assert [row[name] for name in ("eye_left", "eye_right", "lids_closed", "eyes_visible")] == [
        "0.900", "0.850", "0.020", "0.970",
    ]  # fmt: skip
    pose = HeadPose(yaw_deg=45.0, pitch_deg=25.0, roll_deg=1.25)
    gaze = gaze_of(pose, EyeInHead(yaw_deg=-5.0, pitch_deg=-25.0, std_deg=3.0))
    assert float(row["gaze_yaw_deg"]) == pytest.approx(gaze.yaw_deg, abs=0.01)
    assert float(row["gaze_pitch_deg"]) == pytest.approx(gaze.pitch_deg, abs=0.01)
    assert float(row["gaze_std_deg"]) == pytest.approx(3.0)


def test_a_given_box_is_used_and_given_back(folder: Path) -> None:
    (row,) = _run(folder, "file,x1,y1,x2,y2\ngrey.png,2,4,12,14\n")
    assert (row["yaw_deg"], row["pitch_deg"], row["x1"], row["score"]) == (
        "7.00",
        "9.00",
        "2.0",
        "",
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("junk.jpg,,,,", "not a picture that can be decoded"),
        ("none.png,,,,", "no such file"),
        (",,,,", "a folder"),
        ("black.png,,,,", "no face found"),
        ("grey.png,1,2,x,4", "not four numbers"),
        ("grey.png,1,2,,4", "not four numbers"),
        ("grey.png,5,2,5,4", "empty or not finite"),
        ("grey.png,1,2,nan,4", "empty or not finite"),
    ],
)
def test_a_row_without_a_pose_says_why(folder: Path, cells: str, reason: str) -> None:
    first, second = _run(folder, f"file,x1,y1,x2,y2\n{cells}\ngrey.png,,,,\n")
    assert reason in first["reason"]
    assert first["face"] == "0"
    assert first["yaw_deg"] == first["pitch_deg"] == first["roll_deg"] == ""
    assert second["face"] == "1"


def test_the_summary_counts(folder: Path) -> None:
    (folder / "list.csv").write_text("file\ngrey.png\nblack.png\njunk.jpg\ngrey.png\n")
    summary = estimate_list(folder / "list.csv", folder / "out.csv", FACES)
    assert (summary.rows, summary.faces, summary.faceless, summary.unreadable) == (4, 2, 1, 1)


@pytest.mark.parametrize(("text", "message"), [("name\na\n", "column `file`"), ("", "column")])
def test_a_list_without_files_is_a_config_error(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "list.csv").write_text(text)
    with pytest.raises(ConfigError, match=message):
        estimate_list(tmp_path / "list.csv", tmp_path / "out.csv", FACES)


def test_a_list_that_is_not_there_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read as CSV"):
        estimate_list(tmp_path / "list.csv", tmp_path / "out.csv", FACES)
