"""Settings tried on drives: counts, labels, bounds, the same on every kind of worker."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge_pose.cli import main
from edge_pose.errors import ConfigError
from edge_pose.offline.tune.grid import settings
from edge_pose.offline.tune.poisson import bounds
from edge_pose.offline.tune.trial import Job, judge
from edge_pose.offline.tune.workers import on_cores, on_ray
from edge_pose.tables import TraceWriter
from edge_pose.testing.drive import attentive, distracted, drive, watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two drives, each with a look of 3.4 s at 80 s; of one of them a label tells."""
    story = [(80.0, attentive()), (3.4, distracted()), (20.0, attentive())]
    for name in ("one", "two"):
        record = watch(drive(story, hz=10, blinks_s=4.0), neutral=None)
        with TraceWriter(tmp_path / f"{name}.csv") as trace:
            for observation, state in zip(
                drive(story, hz=10, blinks_s=4.0), record.states, strict=True
            ):
                trace.write(observation, state)
    (tmp_path / "labels.csv").write_text(
        "drive,kind,t_start_s,t_end_s\none,distraction.glance,80.0,83.4\n", encoding="utf-8"
    )
    return tmp_path


def test_a_grid_is_every_combination_after_the_settings_as_they_are() -> None:
    assert settings(["a=1,2", "b=3,4"], ["a=9 b=8"]) == (
        (), ("a=1", "b=3"), ("a=1", "b=4"), ("a=2", "b=3"), ("a=2", "b=4"), ("a=9", "b=8"),
    )  # fmt: skip
    with pytest.raises(ConfigError, match="key=value"):
        settings(["a"], [])


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39)]
)
def test_bounds_are_those_of_the_tables(count: int, low: float, high: float) -> None:
    assert bounds(count) == pytest.approx((low, high), rel=0.002)


def test_labels_are_found_or_missed_and_the_rest_is_false(folder: Path) -> None:
    from edge_pose.offline.tune.drives import labels

    tried = settings(["monitor.glances.long_s=3.3,5.0"], [])
    known = labels(folder)
    (as_is, still, late) = judge(
        Job(drive=folder / "one.csv", config=None, base=(), settings=tried,
            labels=tuple(known["one"]))
    )  # fmt: skip
    assert (as_is.found.total(), as_is.false.total()) == (1, 0)
    assert still.found.total() == 1
    assert late.found.total() == 0
    (unlabelled, *_) = judge(
        Job(drive=folder / "two.csv", config=None, base=(), settings=tried)
    )  # fmt: skip
    assert unlabelled.false == {"distraction.glance": 1}
    assert unlabelled.seconds == pytest.approx(103.4, abs=0.1)


def test_the_verb_prints_and_writes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "out"
    status = main(
        ["tune", str(folder), "--grid", "monitor.glances.long_s=2.0,5.0", "--out", str(out)]
    )
    assert status == 0
    told = capsys.readouterr().out
    assert "as configured" in told
    assert "found 1 of 1" in told
    assert "95 %" in told
    assert (out / "tune.csv").read_text(encoding="utf-8").count("\n") == 4
    assert (out / "tradeoff.svg").read_text(encoding="utf-8").startswith("<svg")


def test_a_wrong_key_is_told_before_any_work(folder: Path) -> None:
    assert main(["tune", str(folder), "--grid", "monitor.glances.longest=1"]) == 2


def test_labels_that_cannot_be_read_name_their_line(folder: Path) -> None:
    (folder / "labels.csv").write_text("drive,kind,t_start_s,t_end_s\none,tea,1,2\n")
    assert main(["tune", str(folder)]) == 2


@pytest.mark.skipif("EDGE_POSE_RAY" not in os.environ, reason="needs Ray: EDGE_POSE_RAY=1")
def test_a_local_ray_gives_the_same(folder: Path) -> None:
    jobs = [
        Job(drive=folder / f"{name}.csv", config=None, base=(), settings=((),))
        for name in ("one", "two")
    ]
    assert on_ray(jobs, "local") == on_cores(jobs, 1)
