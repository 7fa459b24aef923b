"""Video files: pace, media time, and everything that can be wrong with them."""

from __future__ import annotations

import logging
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_pose.capture import open_source
from edge_pose.config.capture import CaptureConfig
from edge_pose.errors import SourceError
from edge_pose.testing.clock import FakeClock
from edge_pose.values import Frame


def write_video(path: Path, frames: int, fps: float = 25.0) -> Path:
    codec = cv2.VideoWriter.fourcc(*("mp4v" if path.suffix == ".mp4" else "MJPG"))
    writer = cv2.VideoWriter(str(path), codec, fps, (96, 64))
    rng = np.random.default_rng(1)
    for _ in range(frames):
        writer.write(rng.integers(0, 255, (64, 96, 3), dtype=np.uint8))
    writer.release()
    return path


def frames_of(path: Path, clock: FakeClock, *, fast: bool) -> list[Frame]:
    frames = []
    with open_source(CaptureConfig(source=f"file:{path}", fast=fast), clock) as source:
        while (frame := source.read()) is not None:
            frames.append(frame)
    return frames


def test_fast_frames_carry_media_time_and_cost_no_waiting(tmp_path: Path) -> None:
    clock = FakeClock(50.0)
    frames = frames_of(write_video(tmp_path / "a.mp4", 30), clock, fast=True)
    assert [frame.t for frame in frames] == pytest.approx([i / 25.0 for i in range(30)], abs=1e-3)
    assert clock.now() == 50.0


def test_paced_frames_come_when_a_camera_would_deliver_them(tmp_path: Path) -> None:
    clock = FakeClock(50.0)
    path = write_video(tmp_path / "a.avi", 30)
    with open_source(CaptureConfig(source=f"file:{path}"), clock) as source:
        for i in range(30):
            frame = source.read()
            assert frame is not None
            assert frame.t == pytest.approx(50.0 + i / 25.0, abs=2e-3)
            assert clock.now() == pytest.approx(frame.t, abs=2e-3)
        assert source.read() is None


def test_a_slow_reader_gets_the_rest_without_waiting(tmp_path: Path) -> None:
    clock = FakeClock()
    path = write_video(tmp_path / "a.avi", 10)
    with open_source(CaptureConfig(source=f"file:{path}"), clock) as source:
        source.read()
        clock.advance(100.0)
        while source.read() is not None:
            pass
    assert clock.now() == 100.0


def test_variable_frame_times_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_video(tmp_path / "a.avi", 4)
    stamps = iter([0.0, 40.0, 240.0, 280.0])

    class Variable:
        """The real reader, with a phone's uneven times."""

        def __init__(self, *arguments: object) -> None:
            self.inner = cv2_capture(*arguments)

        def get(self, key: int) -> float:
            return next(stamps) if key == cv2.CAP_PROP_POS_MSEC else float(self.inner.get(key))

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

    cv2_capture = cv2.VideoCapture
    monkeypatch.setattr("cv2.VideoCapture", Variable)
    times = [frame.t for frame in frames_of(path, FakeClock(), fast=True)]
    assert times == pytest.approx([0.0, 0.04, 0.24, 0.28])


def test_a_truncated_video_is_read_to_its_end_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_video(tmp_path / "a.avi", 60)
    packed = path.read_bytes()
    path.write_bytes(packed[: len(packed) // 2])
    with caplog.at_level(logging.WARNING):
        frames = frames_of(path, FakeClock(), fast=True)
    assert 10 < len(frames) < 50
    assert "cut short" in caplog.text


@pytest.mark.parametrize("content", [b"", b"not a video at all" * 100, bytes(10_000)])
def test_a_file_without_a_frame_is_an_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.mp4"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"bad\.mp4"):
        frames_of(path, FakeClock(), fast=True)


def test_an_mp4_without_its_index_is_an_error(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", 30)
    packed = path.read_bytes()
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(SourceError):
        frames_of(path, FakeClock(), fast=True)


def test_a_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such file"):
        frames_of(tmp_path, FakeClock(), fast=True)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "frames", "seconds"),
    [("intel_both.gif", 56, 4.58), ("yawdd_dash_1.avi", 429, 14.28)],
)
def test_real_clips_are_read_with_their_times(
    shared_dir: Path, name: str, frames: int, seconds: float
) -> None:
    got = frames_of(shared_dir / "clips" / name, FakeClock(), fast=True)
    assert len(got) == frames
    assert got[-1].t == pytest.approx(seconds, abs=0.02)
