"""The demo clip: what it shows, what it promises, and that its files agree."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.measure import report
from deploy.demo.portrait import _LOWER, _UPPER, BASE_DEG, close_eyes, truth_deg
from deploy.demo.render_demo import SIZE, frame_times, write_expected, write_truth
from deploy.demo.script import ACTS, END_S, FPS, closed, expected, offset_deg
from deploy.model.data.mesh import HeadMesh
from edge_pose.values import AlertKind, AlertLevel
from edge_pose.vision.geometry import euler_angles

DEMO = Path(__file__).resolve().parents[2] / "edge_pose" / "demo"


def test_the_head_starts_and_ends_looking_ahead() -> None:
    for t_s in [*np.arange(0, ACTS[0].start_s, 0.1), *np.arange(ACTS[-1].end_s, END_S, 0.1)]:
        assert np.abs(offset_deg(t_s)).max() < 2.0
    assert ACTS[0].start_s >= 8.0
    assert END_S - ACTS[-1].end_s > 2.99


@given(st.floats(0, END_S))
def test_the_head_never_jumps(t_s: float) -> None:
    before, after = np.array(offset_deg(t_s)), np.array(offset_deg(t_s + 0.01))
    assert np.abs(after - before).max() < 3.0  # 300 degrees a second


def test_the_mirror_glance_is_short_and_the_long_one_long() -> None:
    times = np.arange(0, END_S, 0.01)
    away = np.abs([offset_deg(t)[0] for t in times]) > 20.0
    step = np.diff(away.astype(int))
    lengths = (np.flatnonzero(step == -1) - np.flatnonzero(step == 1)) * 0.01
    assert len(lengths) == 2
    assert lengths[0] < 1.2
    assert 4.0 < lengths[1] < 5.0


def test_the_look_down_outlasts_the_rule_and_keeps_the_eyes_open() -> None:
    times = np.arange(17.0, 25.0, 0.01)
    down = np.array([offset_deg(t)[1] for t in times]) < -25.0
    assert down.sum() * 0.01 > 3.9
    assert max(closed(t) for t in times[down]) == 0.0
    assert offset_deg(21.0)[1] < -30.0


def test_lids_fall_in_nod_and_droop_and_blinks_are_short() -> None:
    for act in ACTS:
        middle = act.start_s + act.go_s + act.hold_s / 2
        assert closed(middle) == pytest.approx(act.lids, abs=0.01)
    ahead = [closed(t) > 0.5 for t in np.arange(0, 8, 0.01)]
    assert 0.1 < sum(ahead) * 0.01 / 3 < 0.25


def test_truth_is_the_portraits_pose_when_nothing_moves() -> None:
    np.testing.assert_allclose(euler_angles(truth_deg((0, 0, 0))), BASE_DEG, atol=0.1)


def test_turning_left_makes_yaw_smaller_and_nodding_makes_pitch_smaller() -> None:
    assert euler_angles(truth_deg((-45, 0, 0)))[0] == pytest.approx(-44.6, abs=1.5)
    assert euler_angles(truth_deg((0, -30, 0)))[1] == pytest.approx(BASE_DEG[1] - 30, abs=0.5)


def test_expectations_name_real_kinds_in_order_and_alternate_with_silence() -> None:
    rows = expected()
    assert [row[0] for row in rows[::2]] == ["silent"] * len(rows[::2])
    kinds = [AlertKind(kind) for kind, *_ in rows[1::2]]
    assert kinds == [
        AlertKind.GLANCE,
        AlertKind.DOWN,
        AlertKind.DROOP,
        AlertKind.MICROSLEEP,
    ]
    assert all(level in [one.label for one in AlertLevel] for *_, level in rows[1::2])
    spans = [(start, end) for _, start, end, _ in rows]
    assert all(start < end for start, end in spans)
    assert all(a[0] <= b[0] for a, b in pairwise(spans))


def test_the_mirror_glance_lies_in_a_silent_span() -> None:
    mirror = ACTS[0]
    assert any(
        kind == "silent" and start <= mirror.start_s and mirror.end_s + 1.0 <= end
        for kind, start, end, _ in expected()
    )


def test_the_committed_tables_are_those_of_the_script(tmp_path: Path) -> None:
    write_truth(tmp_path / "demo_truth.csv")
    write_expected(tmp_path / "demo_expected.csv")
    for name in ("demo_truth.csv", "demo_expected.csv"):
        assert (DEMO / name).read_text() == (tmp_path / name).read_text()


def test_the_clip_has_a_frame_for_each_row_of_truth() -> None:
    clip = DEMO / "demo.mp4"
    assert clip.stat().st_size <= 1_500_000
    capture = cv2.VideoCapture(str(clip))
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(FPS)
    frames = 0
    while True:
        read, image = capture.read()
        if not read:
            break
        frames += 1
        assert image.shape == (SIZE[1], SIZE[0], 3)
    capture.release()
    with (DEMO / "demo_truth.csv").open(encoding="utf-8") as text:
        assert frames == len(list(csv.DictReader(text))) == len(frame_times())


def test_closing_the_eyes_brings_upper_lids_to_lower_ones() -> None:
    points = np.random.default_rng(0).normal(size=(468, 3)) * 30
    mesh = HeadMesh(
        source=points[:, :2],
        points=points,
        follow=np.ones(468),
        triangles=np.zeros((0, 3), np.int32),
    )

    def gap(mesh: HeadMesh) -> float:
        upper, lower = np.array(_UPPER).ravel(), np.array(_LOWER).ravel()
        return float(np.linalg.norm(mesh.points[upper] - mesh.points[lower], axis=1).mean())

    assert gap(close_eyes(mesh, 1.0)) < 0.15 * gap(mesh)
    assert 0.4 < gap(close_eyes(mesh, 0.5)) / gap(mesh) < 0.6
    assert gap(close_eyes(mesh, 0.0)) == gap(mesh)


def test_measuring_a_trace_shows_its_errors_by_act(tmp_path: Path) -> None:
    rows = (DEMO / "demo_truth.csv").read_text().splitlines()
    trace = [rows[0], *(_shifted(row, yaw=3.0) for row in rows[1:])]
    trace[200] = ",".join([*trace[200].split(",")[:2], "", "", ""])
    path = tmp_path / "trace.csv"
    path.write_text("\n".join(trace), encoding="utf-8")
    lines = report(path).splitlines()
    assert "99.8% of 600" in lines[0]
    assert {line.split("  ")[0].strip() for line in lines[1:]} >= {"attentive", "nod", "droop"}
    assert all("median error    3.0    0.0    0.0" in line for line in lines[1:])


def _shifted(row: str, *, yaw: float) -> str:
    cells = row.split(",")
    return ",".join([*cells[:2], f"{float(cells[2]) + yaw:.2f}", *cells[3:]])
