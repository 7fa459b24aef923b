"""Clips: nothing is kept unasked, and what is asked for is complete, private and bounded."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from sink_examples import WALL_S, a_clock, a_health, a_state, a_wall, an_alert

from edge_pose.config.sinks import ClipsConfig
from edge_pose.errors import SinkError
from edge_pose.sinks import Filming, Sink
from edge_pose.sinks.clips.sink import ClipsSink
from edge_pose.values import AlertLevel, AlertPhase, Frame


class Camera:
    """Feeds a sink from second to second; grey tells the time."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.clock = a_clock()
        config = ClipsConfig.model_validate({"enabled": True, **settings})
        self.folder = folder / "clips"
        self.sink = ClipsSink(
            config, state_dir=folder, vehicle_id="v", wall=a_wall(self.clock)
        )  # fmt: skip
        self.sink.open()
        self.index = 0

    def film(self, seconds: float, fps: float = 20.0, size: tuple[int, int] = (1280, 720)) -> None:
        for _ in range(round(seconds * fps)):
            self.clock.advance(1.0 / fps)
            grey = self.index % 250
            image = np.full((size[1], size[0], 3), grey, dtype=np.uint8)
            self.sink.frame(Frame(image=image, t=self.clock.now(), index=self.index))
            self.index += 1

    def clips(self) -> list[Path]:
        return sorted(self.folder.glob("*.zip"))

    def alert(self, number: int = 1, **more: Any) -> None:
        self.sink.alert(an_alert(number, t_s=self.clock.now(), **more))


def story(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return json.loads(archive.read("clip.json"))  # type: ignore[no-any-return]


def test_a_clip_shows_five_seconds_before_and_after(tmp_path: Path) -> None:
    camera = Camera(tmp_path)
    assert isinstance(camera.sink, Sink)
    assert isinstance(camera.sink, Filming)
    camera.film(8.0)
    camera.alert()
    camera.film(4.8)
    assert camera.clips() == []
    camera.film(0.5)
    [clip] = camera.clips()
    told = story(clip)
    times = [image["at_s"] for image in told["images"]]
    assert times[0] == pytest.approx(-5.0, abs=0.11)
    assert times[-1] == pytest.approx(5.0, abs=0.11)
    assert np.diff(times).max() == pytest.approx(0.1, abs=0.01)
    assert told["alerts"][0]["kind"] == "distraction.glance"
    assert told["utc"] == "2026-09-21T14:13:28.000Z"
    with zipfile.ZipFile(clip) as archive:
        jpeg = np.frombuffer(archive.read(told["images"][0]["file"]), np.uint8)
    image = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape == (360, 640, 3)
    assert clip.stat().st_mode & 0o077 == 0
    assert camera.folder.stat().st_mode & 0o077 == 0


def test_without_an_alert_nothing_is_written(tmp_path: Path) -> None:
    camera = Camera(tmp_path)
    camera.film(10.0)
    camera.alert(level=AlertLevel.ADVISORY)
    camera.alert(phase=AlertPhase.END)
    camera.film(10.0)
    camera.sink.close()
    assert list(camera.folder.iterdir()) == []


def test_another_alert_meanwhile_lengthens_the_clip_within_bounds(tmp_path: Path) -> None:
    camera = Camera(tmp_path, fps=2.0)
    camera.film(6.0, fps=2.0)
    for number in range(20):
        camera.alert(number)
        camera.film(4.0, fps=2.0)
    camera.sink.close()
    lengths = [story(clip)["images"][-1]["at_s"] for clip in camera.clips()]
    assert max(lengths) <= 60.5
    assert sum(len(story(clip)["alerts"]) for clip in camera.clips()) == 20


def test_a_camera_that_stops_ends_the_clip(tmp_path: Path) -> None:
    camera = Camera(tmp_path)
    camera.film(2.0)
    camera.alert()
    camera.sink.state(a_state(camera.clock.now() + 6.0), a_health())
    [clip] = camera.clips()
    assert story(clip)["images"][-1]["at_s"] <= 0.0


def test_closing_keeps_the_clip_in_the_making(tmp_path: Path) -> None:
    camera = Camera(tmp_path)
    camera.film(2.0)
    camera.alert()
    camera.film(1.0)
    camera.sink.close()
    camera.sink.close()
    assert len(camera.clips()) == 1


def test_clips_go_by_age_and_by_size_but_never_the_newest(tmp_path: Path) -> None:
    camera = Camera(tmp_path, max_mb=1, days=7)
    old = camera.folder / "20200101T000000.000000Z-x.zip"
    old.write_bytes(b"x")
    os.utime(old, (WALL_S - 8 * 86400, WALL_S - 8 * 86400))
    for number in range(3):
        big = camera.folder / f"2026010{number}T000000.000000Z-x.zip"
        big.write_bytes(b"x" * 600_000)
        os.utime(big, (WALL_S, WALL_S))
    (camera.folder / "cut.part").write_bytes(b"half")
    camera.sink.open()
    assert [clip.name[:8] for clip in camera.clips()] == ["20260102"]
    assert not list(camera.folder.glob("*.part"))


def test_a_clip_that_cannot_be_written_leaves_no_half_file(tmp_path: Path) -> None:
    camera = Camera(tmp_path)
    camera.film(1.0)
    camera.alert()
    os.rename(camera.folder, tmp_path / "gone")
    with pytest.raises(SinkError, match="clips"):
        camera.sink.close()
    camera.sink.close()
