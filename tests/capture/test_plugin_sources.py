"""Sources by the name of a file, and of another package."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from edge_pose.capture import demo_clip, open_source
from edge_pose.clock import Clock, SystemClock
from edge_pose.config.capture import CaptureConfig
from edge_pose.testing.sources import ScriptedSource


def scripted(rest: str, config: CaptureConfig, clock: Clock) -> ScriptedSource:
    """What another package could register."""
    return ScriptedSource([int(rest)], clock, fps=config.fps, live=False)


def test_an_existing_file_needs_no_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = tmp_path / "drive.mp4"
    clip.write_bytes(demo_clip().read_bytes())
    monkeypatch.chdir(tmp_path)
    for name in ("drive.mp4", str(clip)):
        config = CaptureConfig(source=name)
        assert config.source == f"file:{name}"
        with open_source(config, SystemClock()) as source:
            assert source.frame_count


def test_a_source_of_another_package(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "edge_pose.sources"
    entry = EntryPoint(name="script", group=group, value=f"{__name__}:scripted")
    monkeypatch.setattr("edge_pose.plugins.entry_points", lambda **_: (entry,))
    config = CaptureConfig(source="script:3")
    with open_source(config, SystemClock()) as source:
        frames = iter(source.read, None)
        assert len(list(frames)) == 3
