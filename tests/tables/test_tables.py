"""Observation tables: what may be written in them, and what comes back."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from edge_pose.errors import ConfigError
from edge_pose.tables import TRACE_COLUMNS, EventsWriter, TraceWriter, read_observations
from edge_pose.tables.columns import MEASURED
from edge_pose.values import (
    Alert,
    AlertKind,
    AlertLevel,
    AlertPhase,
    Box,
    DriverState,
    EyeState,
    Gaze,
    HeadPose,
    ImageQuality,
    Observation,
    VehicleState,
)


def table(folder: Path, text: str) -> Path:
    path = folder / "drive.csv"
    path.write_text(text, encoding="utf-8")
    return path


def state(t_s: float) -> DriverState:
    return DriverState(t_s=t_s, face=True, attention=0.5, level=1, distracted=True)


def test_any_subset_of_columns_is_enough(tmp_path: Path) -> None:
    (only,) = read_observations(table(tmp_path, "t_s,yaw_deg,pitch_deg\n1.5,10,-5\n"))
    assert only.face
    assert only.pose is not None
    assert (only.pose.yaw_deg, only.pose.pitch_deg, only.pose.roll_deg) == (10.0, -5.0, 0.0)
    assert only.eyes is None
    assert only.vehicle == VehicleState()


def test_empty_cells_are_not_measured(tmp_path: Path) -> None:
    text = "t_s,face,yaw_deg,eye_left,eye_right,standstill,acknowledge\n0,1,,,0.2,0,\n1,0,,,,1,1\n"
    first, second = read_observations(table(tmp_path, text))
    assert first.face
    assert first.pose is None
    assert first.eyes == EyeState(right=0.2)
    assert first.vehicle == VehicleState(standstill=False)
    assert not second.face
    assert second.vehicle == VehicleState(standstill=True, acknowledge=True)


def test_a_misspelt_column_is_told_and_one_of_somebody_else_is_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = "t_s,yaw_degs,pitch_deg,weather,level\n1.5,10,-5,rain,0\n"
    assert len(list(read_observations(table(tmp_path, text)))) == 1
    assert [record.getMessage().split(": ", 1)[1] for record in caplog.records] == [
        "column yaw_degs is not read; did you mean yaw_deg?"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yaw_deg\n1\n", ":1: no column t_s"),
        ("", ":1: no column t_s"),
        ("t_s,yaw_deg\n0,1\n0.1,east\n", ":3: yaw_deg is 'east', expected a number"),
        ("t_s,yaw_deg\n0,nan\n", ":2: yaw_deg is nan; leave the cell empty"),
        ("t_s,face\n0,2\n", ":2: face is 2, expected 0 or 1"),
        ("t_s,yaw_deg\n,1\n", ":2: t_s is empty"),
        ("t_s,gear\n0,X\n", ":2: gear is 'X', expected one of P, R, N, D"),
        ("t_s,face\n0,1,5\n", ":2: 3 cells, but the header names 2"),
    ],
)
def test_a_bad_table_says_where(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        list(read_observations(table(tmp_path, text)))
    assert message in str(caught.value)


def test_a_trace_reads_back_as_the_observations_it_was_made_of(tmp_path: Path) -> None:
    written = Observation(
        t_s=12.3456,
        frame=7,
        face=True,
        score=0.875,
        box=Box(x1=1.5, y1=2.5, x2=101.5, y2=122.5),
        pose=HeadPose(yaw_deg=-3.25, pitch_deg=4.5, roll_deg=-0.001, std_deg=2.75),
        pose_cam=HeadPose(yaw_deg=-5.25, pitch_deg=4.75, roll_deg=0.5, std_deg=2.75),
        fit_residual=0.0123,
        eyes=EyeState(left=0.5, right=0.25, mouth=0.75),
        gaze=Gaze(yaw_deg=-20.5, pitch_deg=-8.25, std_deg=4.0),
        lids_closed=0.125,
        eyes_visible=0.75,
        image=ImageQuality(brightness=90.5, contrast=40.25, sharpness=0.5),
        vehicle=VehicleState(
            speed_kmh=52.5,
            standstill=False,
            acknowledge=True,
            gear="R",
            steering_deg=-90.0,
            indicator="left",
        ),
    )
    path = tmp_path / "trace.csv"
    with TraceWriter(path) as trace:
        trace.write(written, state(written.t_s))
        trace.write(Observation(t_s=12.4, frame=8, face=False), state(12.4))
    first, second = read_observations(path)
    assert (first.t_s, first.frame, first.box) == (written.t_s, written.frame, written.box)
    assert first.pose_cam == written.pose_cam
    assert first.fit_residual == written.fit_residual
    assert first.eyes == written.eyes
    assert first.vehicle == written.vehicle
    assert (first.gaze, first.image) == (written.gaze, written.image)
    assert (first.lids_closed, first.eyes_visible) == (0.125, 0.75)
    assert not second.face
    assert second.pose is None


def test_a_trace_never_says_nan_and_names_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "trace.csv"
    with TraceWriter(path) as trace:
        pose = HeadPose(yaw_deg=float("nan"), pitch_deg=0.0, roll_deg=-0.000001)
        trace.write(Observation(t_s=0.0, face=True, pose=pose), state(0.0))
    header, row = path.read_text().splitlines()
    cells = dict(zip(header.split(","), row.split(","), strict=True))
    assert tuple(header.split(",")) == TRACE_COLUMNS
    assert cells["yaw_deg"] == ""
    assert cells["roll_deg"] == "0.0000"
    assert (cells["level"], cells["attention"]) == ("1", "0.5000")


def test_events_are_one_final_object_an_episode_in_order_of_alert(tmp_path: Path) -> None:
    def alert(id_: int, phase: AlertPhase, kind: AlertKind, end: float | None) -> Alert:
        return Alert(
            id=id_,
            kind=kind,
            level=AlertLevel.CRITICAL,
            phase=phase,
            t_s=9.0,
            t_start_s=1.0,
            t_alert_s=float(10 - id_),
            t_end_s=end,
            reason="eyes closed",
            values={"closed_s": 3.14159},
            kinds=(AlertKind.MICROSLEEP, kind),
        )

    path = tmp_path / "events.jsonl"
    with EventsWriter(path) as events:
        events.write(alert(1, AlertPhase.NEW, AlertKind.MICROSLEEP, None))
        events.write(alert(2, AlertPhase.NEW, AlertKind.SLEEP, None))
        events.write(alert(1, AlertPhase.END, AlertKind.SLEEP, 9.0))
    second, first = (json.loads(line) for line in path.read_text().splitlines())
    assert (first["id"], first["kind"], first["t_end_s"]) == (1, "fatigue.sleep", 9.0)
    assert first["kinds"] == ["fatigue.microsleep", "fatigue.sleep"]
    assert first["level"] == "critical"
    assert first["values"] == {"closed_s": 3.142}
    assert (second["id"], second["t_end_s"]) == (2, None)


NOT_RECORDED = {
    "position", "focal_px", "eyes.ear_left", "eyes.ear_right", "vehicle.ignition",
    "vehicle.latitude_deg", "vehicle.longitude_deg", "troubles",
    "pose.std_deg", "pose_cam.std_deg",  # as pose_std_deg
}  # fmt: skip
"""What rules do not need, or nobody should find in a file by accident: the place."""


def test_every_measured_value_has_its_column() -> None:
    parts = {
        "box": Box, "pose": HeadPose, "pose_cam": HeadPose, "eyes": EyeState, "gaze": Gaze,
        "image": ImageQuality, "vehicle": VehicleState,
    }  # fmt: skip
    leaves = {field.name for field in fields(Observation)} - set(parts)
    leaves |= {f"{name}.{field.name}" for name, part in parts.items() for field in fields(part)}
    assert leaves - {column.path for column in MEASURED.values()} == NOT_RECORDED
