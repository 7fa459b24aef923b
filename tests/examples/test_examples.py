"""The example programs do what their first line says, run as a user runs them."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from edge_pose.capture import demo_clip

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


def run(*words: str | Path, path: Path | None = None) -> str:
    folders = [str(folder) for folder in (path, ROOT) if folder]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(folders)}
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    reader = cv2.VideoCapture(str(demo_clip()))
    _, image = reader.read()
    reader.release()
    path = tmp_path_factory.mktemp("photo") / "photo.png"
    cv2.imwrite(str(path), image)
    return path


def test_still_photo(photo: Path, tmp_path: Path) -> None:
    said = run(EXAMPLES / "still_photo.py", photo, tmp_path / "drawn.png")
    assert said.startswith("yaw ")
    assert said.count("yaw") == 1
    assert (cv2.imread(str(tmp_path / "drawn.png")) != cv2.imread(str(photo))).any()


def test_video_to_csv(tmp_path: Path) -> None:
    run(EXAMPLES / "video_to_csv.py", demo_clip(), tmp_path / "out.csv")
    with (tmp_path / "out.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 600
    assert any(row["alerts"].startswith("distraction.glance:new") for row in rows)


@pytest.mark.parametrize("name", ["still_photo.py", "video_to_csv.py"])
def test_without_arguments_an_example_says_how_it_is_used(name: str) -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name)],
        capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 1
    assert f"python examples/{name}" in done.stderr
    assert "Traceback" not in done.stderr


def test_own_sink(tmp_path: Path) -> None:
    """As installed by pip: the module beside its entry point."""
    (tmp_path / "own_sink.py").write_text((EXAMPLES / "own_sink.py").read_text())
    about = tmp_path / "own_sink-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: own-sink\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[edge_pose.sinks]\nlines = own_sink:LineSink\n")
    config = tmp_path / "config.toml"
    config.write_text(
        f'[plugins.lines]\npath = "{tmp_path / "alerts.txt"}"\n'
        f'[runtime]\nstate_dir = "{tmp_path}"\n[web]\nenabled = false\n'
        '[camera]\nsource = "demo:"\nfast = true\n'
    )
    run("-m", "edge_pose", "run", "--config", config, path=tmp_path)
    lines = (tmp_path / "alerts.txt").read_text().splitlines()
    assert any(line.startswith("advisory distraction.glance new: looking away") for line in lines)


def test_own_rule(tmp_path: Path) -> None:
    """Told in a drive that no rule of the program minds."""
    (tmp_path / "own_rule.py").write_text((EXAMPLES / "own_rule.py").read_text())
    about = tmp_path / "own_rule-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: own-rule\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[edge_pose.rules]\ntilted = own_rule:TiltedHead\n")
    rows = [f"{t / 10},1,0,0,{22 if 40 <= t < 110 else 0}" for t in range(200)]
    drive = tmp_path / "drive.csv"
    drive.write_text("t_s,face,yaw_deg,pitch_deg,roll_deg\n" + "\n".join(rows) + "\n")
    words = ("-m", "edge_pose", "replay", drive, "--neutral=0,0", "--out")
    run(*words, tmp_path / "plain")
    assert "tilted" not in (tmp_path / "plain" / "events.jsonl").read_text()
    setting = ("--set", 'monitor.extra_rules=["tilted"]')
    run(*words, tmp_path / "own", *setting, path=tmp_path)
    (event,) = (tmp_path / "own" / "events.jsonl").read_text().splitlines()
    assert "head tilted by 2" in event
