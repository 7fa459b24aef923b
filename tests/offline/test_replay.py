"""Replay on the packaged demo clip: a real face, a known story, and files that repeat."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from edge_pose.capture import demo_clip
from edge_pose.cli import main
from edge_pose.commands.demo_verdict import EXPECTED, read_expected, verdict

TRUTH = EXPECTED.with_name("demo_truth.csv")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def events(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One replay of the demo clip with report, shared by the tests that only read it."""
    out = tmp_path_factory.mktemp("demo")
    assert main(["replay", str(demo_clip()), "--out", str(out), "--report"]) == 0
    return out


def test_every_frame_has_its_row_and_its_face(demo: Path) -> None:
    trace, truth = rows(demo / "trace.csv"), rows(TRUTH)
    assert [int(row["frame"]) for row in trace] == list(range(len(truth)))
    assert np.mean([row["face"] == "1" for row in trace]) >= 0.97
    times = [float(row["t_s"]) for row in trace]
    assert times == pytest.approx([float(row["t_s"]) for row in truth], abs=0.02)


@pytest.mark.parametrize("angle", ["yaw_deg", "pitch_deg", "roll_deg"])
def test_the_angles_are_the_rendered_ones(demo: Path, angle: str) -> None:
    difference = [
        abs(float(measured[angle]) - float(true[angle]))
        for measured, true in zip(rows(demo / "trace.csv"), rows(TRUTH), strict=True)
        if measured["face"] == "1"
    ]
    assert np.median(difference) <= 5.0


def test_the_story_is_told_at_the_right_seconds(demo: Path) -> None:
    raised = [(e["kind"], e["t_alert_s"]) for e in events(demo) if "monitor." not in e["kind"]]
    assert verdict(read_expected(), raised) == []


def test_two_replays_give_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    assert main(["replay", str(demo_clip()), "--out", str(tmp_path)]) == 0
    for name in ("trace.csv", "events.jsonl"):
        assert (tmp_path / name).read_bytes() == (demo / name).read_bytes()


def test_a_trace_replayed_gives_the_same_events(demo: Path, tmp_path: Path) -> None:
    assert main(["replay", str(demo / "trace.csv"), "--out", str(tmp_path)]) == 0
    assert [_to_hundredths(event) for event in events(tmp_path)] == [
        _to_hundredths(event) for event in events(demo)
    ]


def _to_hundredths(event: dict[str, Any]) -> dict[str, Any]:
    """Reasons, times and levels to the letter, the numbers behind them nearly so."""
    return event | {"values": {name: round(v, 2) for name, v in event["values"].items()}}


def test_the_report_opens_without_a_network(demo: Path) -> None:
    page = (demo / "report.html").read_text(encoding="utf-8")
    assert 'src="http' not in page
    assert "Looked away" in page


def short_clip(path: Path, frames: int = 12) -> Path:
    """The first frames of the demo clip, in a file of their own."""
    source = cv2.VideoCapture(str(demo_clip()))
    images = [source.read()[1] for _ in range(frames)]
    size = (images[0].shape[1], images[0].shape[0])
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 15.0, size)
    for image in images:
        writer.write(image)
    writer.release()
    return path


def test_the_overlay_video_has_every_frame(tmp_path: Path) -> None:
    clip = short_clip(tmp_path / "clip.mp4")
    assert main(["replay", str(clip), "--out", str(tmp_path / "out"), "--video"]) == 0
    (video,) = (tmp_path / "out").glob("overlay.*")
    film = cv2.VideoCapture(str(video))
    frames = 0
    while film.read()[0]:
        frames += 1
    assert frames == 12


def test_a_truncated_clip_is_replayed_as_far_as_it_goes(tmp_path: Path) -> None:
    clip = tmp_path / "cut.avi"
    clip.write_bytes(short_avi(tmp_path).read_bytes()[:-20_000])
    assert main(["replay", str(clip), "--out", str(tmp_path / "out")]) == 0
    assert 0 < len(rows(tmp_path / "out" / "trace.csv")) < 40


def short_avi(folder: Path) -> Path:
    """Forty frames as motion JPEG, which can be read up to where it is cut."""
    path = folder / "whole.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 15.0, (160, 120))
    noise = np.random.default_rng(0)
    for _ in range(40):
        writer.write(noise.integers(0, 255, (120, 160, 3), dtype=np.uint8))
    writer.release()
    return path


def test_a_known_neutral_is_used(tmp_path: Path) -> None:
    drive = tmp_path / "drive.csv"
    lines = [f"{i / 20:.2f},1,{-36.0 if i < 400 else 0.0},0,0" for i in range(600)]
    drive.write_text("t_s,face,yaw_deg,pitch_deg,roll_deg\n" + "\n".join(lines) + "\n")
    assert main(["replay", str(drive), "--out", str(tmp_path), "--neutral=-36,0"]) == 0
    (event,) = (e for e in events(tmp_path) if e["kind"] == "distraction.glance")
    assert event["t_start_s"] == pytest.approx(20.0, abs=0.3)
    assert event["t_alert_s"] == pytest.approx(23.0, abs=0.3)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["replay", "nowhere.mp4", "--out", "out"], 3, "no such file"),
        (["replay", "empty.mp4", "--out", "out"], 3, "empty.mp4"),
        (["replay", "text.csv", "--out", "out"], 2, "no column t_s"),
        (["replay", "text.csv", "--out", "out", "--neutral", "left"], 2, "YAW,PITCH"),
        (["replay", "text.csv", "--out", "out", "--config", "nowhere.toml"], 2, "no such file"),
        (["check", "--set", "camera.fps=fast"], 2, "camera.fps"),
        (["run", "--source", "file:nowhere.mp4"], 3, "no such file"),
        (["run", "--source", "ftp:x"], 2, "unknown source"),
        (["pose", "nowhere.csv", "--out", "x.csv"], 2, "nowhere.csv"),
        (["replay", "text.csv", "--out", "out", "--set", "pose.model=x.tflite"], 2, "t_s"),
    ],
)
def test_bad_input_is_one_clear_line_and_the_right_code(
    arguments: list[str],
    code: int,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "state"))
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.csv").write_text("time,yaw\n0,0\n")
    quiet = ["--set", "web.enabled=false"] if arguments[0] == "run" else []
    assert main([*arguments, *quiet]) == code
    complaints = [
        line for line in capsys.readouterr().err.splitlines() if line.startswith("edge-pose: ")
    ]
    assert any(words in line for line in complaints)
    assert "Traceback" not in "\n".join(complaints)


def test_a_damaged_model_is_code_4(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from edge_pose.models import HEAD_POSE, find

    good = find(HEAD_POSE.name)
    bad = tmp_path / good.name
    bad.write_bytes(good.read_bytes()[:-1] + b"\x00\x01")
    bad.with_suffix(".json").write_bytes(good.with_suffix(".json").read_bytes())
    clip = short_clip(tmp_path / "clip.mp4", 3)
    arguments = ["replay", str(clip), "--out", str(tmp_path), "--set", f"pose.model={bad}"]
    assert main(arguments) == 4
    assert "sha256" in capsys.readouterr().err


def test_the_summary_tells_where_the_driver_looked(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(demo / "trace.csv"), "--out", str(tmp_path)]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("sight: ")]
    assert line.startswith("sight: road ")
    assert "looks away, " in line
    (tmp_path / "empty.csv").write_text("t_s\n0.0\n0.1\n")
    assert main(["replay", str(tmp_path / "empty.csv"), "--out", str(tmp_path)]) == 0
    assert "sight:" not in capsys.readouterr().out
