"""What every source promises, fakes and real ones alike."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import fake_picamera2
import numpy as np
import pytest
from fake_videocapture import UsbCamera

from edge_pose.capture import open_source
from edge_pose.capture.auto_source import AutoDriver
from edge_pose.capture.camera import Camera
from edge_pose.capture.orientation import Orientation
from edge_pose.capture.reconnect import Reconnecting
from edge_pose.capture.source import Source
from edge_pose.capture.stream_source import StreamDriver
from edge_pose.capture.v4l2_source import V4l2Driver
from edge_pose.config.capture import CaptureConfig
from edge_pose.errors import SourceError, SourceLost
from edge_pose.testing.clock import FakeClock
from edge_pose.testing.sources import ScriptedSource


@dataclass
class Rig:
    """A source on its clock; ``unplug``/``plug`` for those that can be lost."""

    source: Source
    clock: FakeClock
    unplug: Callable[[], None] | None = None
    plug: Callable[[], None] | None = None


def video(path: Path, frames: int = 12) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (64, 48))
    for _ in range(frames):
        writer.write(np.full((48, 64, 3), (200, 60, 30), np.uint8))
    writer.release()
    return path


def usb(wrap: Callable[[UsbCamera, FakeClock], object]) -> Rig:
    clock = FakeClock(100.0)
    camera = UsbCamera(clock)
    source = Reconnecting(Camera(wrap(camera, clock), Orientation()), clock)  # type: ignore[arg-type]
    return Rig(
        source,
        clock,
        lambda: setattr(camera, "plugged", False),
        lambda: setattr(camera, "plugged", True),
    )


CONFIG = CaptureConfig(width=64, height=64)


def v4l2(camera: UsbCamera, clock: FakeClock) -> V4l2Driver:
    return V4l2Driver("0", CONFIG, clock, open_capture=camera)


def stream(camera: UsbCamera, clock: FakeClock) -> StreamDriver:
    return StreamDriver("rtsp://u:p@host/x", CONFIG, clock, open_capture=camera)


def auto(camera: UsbCamera, clock: FakeClock) -> AutoDriver:
    def candidates() -> Iterator[V4l2Driver]:
        absent = UsbCamera(clock)
        absent.plugged = False
        yield V4l2Driver("7", CONFIG, clock, open_capture=absent)
        yield v4l2(camera, clock)

    return AutoDriver(candidates, 30.0)


CAMERAS = ["v4l2", "stream", "auto", "picamera2"]


@pytest.fixture(params=[*CAMERAS, "file", "fast", "scripted"])
def rig(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rig]:
    kind = request.param
    clock = FakeClock(100.0)
    if kind in ("v4l2", "stream", "auto"):
        yield usb({"v4l2": v4l2, "stream": stream, "auto": auto}[kind])
    elif kind == "picamera2":
        fake = fake_picamera2.install(monkeypatch)
        camera = next(fake)
        source = open_source(CONFIG.model_copy(update={"source": "picamera2:0"}), camera.clock)
        yield Rig(
            source,
            camera.clock,
            lambda: setattr(camera, "unplugged", True),
            lambda: setattr(camera, "unplugged", False),
        )
        source.close()
        next(fake, None)
    elif kind == "scripted":
        script = [10, SourceLost("scripted: lost"), 100]
        yield Rig(Reconnecting(ScriptedSource(script, clock), clock), clock)
    else:
        path = video(tmp_path / "clip.avi")
        config = CaptureConfig(source=f"file:{path}", fast=kind == "fast")
        yield Rig(open_source(config, clock), clock)


def test_frames_are_bgr_numbered_and_never_go_back_in_time(rig: Rig) -> None:
    with rig.source as source:
        frames = [source.read() for _ in range(10)]
    assert [frame.index for frame in frames if frame] == list(range(10))
    times = [frame.t for frame in frames if frame]
    assert times == sorted(times)
    assert times[-1] - times[0] == pytest.approx(9 / 30, abs=0.02)
    for frame in frames:
        assert frame is not None
        assert frame.image.dtype == np.uint8
        assert frame.image.shape[2] == 3
        assert frame.image.flags.c_contiguous
        assert not frame.image.flags.writeable


@pytest.mark.parametrize("rig", [*CAMERAS, "scripted"], indirect=True)
def test_a_live_frame_is_stamped_in_the_recent_past_of_the_clock(rig: Rig) -> None:
    with rig.source as source:
        for _ in range(5):
            frame = source.read()
            assert frame is not None
            assert 0.0 <= rig.clock.now() - frame.t < 0.1


def test_it_says_its_name_rate_and_kind(rig: Rig) -> None:
    with rig.source as source:
        assert source.name
        assert source.fps == pytest.approx(30.0, abs=0.5)
        assert source.frame_count in (None, 12)


def test_close_is_idempotent_and_ends_the_reading(rig: Rig) -> None:
    rig.source.open()
    assert rig.source.read() is not None
    rig.source.close()
    rig.source.close()
    assert rig.source.read() is None


def test_it_can_be_opened_again(rig: Rig) -> None:
    for _ in range(2):
        with rig.source as source:
            assert source.read() is not None


def test_closing_from_another_thread_ends_the_reader(rig: Rig) -> None:
    rig.source.open()
    reading = threading.Event()

    def read() -> None:
        try:
            while rig.source.read() is not None:
                reading.set()
        except SourceError:
            reading.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(5.0)
    rig.source.close()
    reader.join(2.0)
    assert not reader.is_alive()


@pytest.mark.parametrize("rig", CAMERAS, indirect=True)
def test_a_lost_camera_is_told_and_comes_back(rig: Rig) -> None:
    assert rig.unplug
    assert rig.plug
    with rig.source as source:
        before = source.read()
        assert before is not None
        rig.unplug()
        for _ in range(20):
            with pytest.raises(SourceLost):
                source.read()
        rig.plug()
        after = next(frame for frame in iter(lambda: attempt(source), "never") if frame)
        assert after.index > before.index
        assert after.t > before.t


def attempt(source: Source) -> object:
    """A frame, or None while the camera is still away."""
    try:
        return source.read()
    except SourceLost:
        return None


@pytest.mark.parametrize("rig", CAMERAS, indirect=True)
def test_no_source_waits_longer_than_about_a_second_at_a_time(rig: Rig) -> None:
    assert rig.unplug
    with rig.source as source:
        source.read()
        rig.unplug()
        for _ in range(30):
            began = rig.clock.now()
            with pytest.raises(SourceLost):
                source.read()
            assert rig.clock.now() - began <= 1.1


def test_a_source_that_is_not_there_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("edge_pose.capture.auto_source.video_devices", list)
    for uri, word in (
        ("file:" + str(tmp_path / "none.mp4"), "no such file"),
        ("v4l2:/dev/video99", "doctor"),
        ("picamera2:0", "apt install"),
        ("gst:videotestsrc ! appsink", "GStreamer"),
        ("auto", "demo:"),
    ):
        source = open_source(CaptureConfig(source=uri), FakeClock())
        with pytest.raises(SourceError, match=word):
            source.open()
        source.close()
