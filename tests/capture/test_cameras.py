"""What is asked of each kind of camera, and what it sees."""

from __future__ import annotations

import contextlib
import http.server
import itertools
import logging
import os
import socket
import threading
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

import cv2
import fake_picamera2
import numpy as np
import pytest
from fake_videocapture import UsbCamera
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from edge_pose.capture import open_source
from edge_pose.capture.auto_source import AutoDriver, video_devices
from edge_pose.capture.camera import Camera
from edge_pose.capture.orientation import Orientation
from edge_pose.capture.picamera2_source import widest_mode
from edge_pose.capture.reconnect import Reconnecting
from edge_pose.capture.stamps import Stamps, plausible_stamp
from edge_pose.capture.stream_source import StreamDriver
from edge_pose.capture.v4l2_source import V4l2Driver
from edge_pose.clock import SystemClock
from edge_pose.config.capture import MODULES, SENSORS, CaptureConfig
from edge_pose.errors import SourceError, SourceLost
from edge_pose.testing.clock import FakeClock
from edge_pose.testing.sources import ScriptedSource


def test_a_usb_camera_is_asked_for_mjpeg_a_small_image_and_few_buffers() -> None:
    clock = FakeClock(10.0)
    camera = UsbCamera(clock)
    driver = V4l2Driver("2", CaptureConfig(), clock, open_capture=camera)
    with Camera(driver, Orientation()) as source:
        assert source.read() is not None
    assert camera.arguments == ("/dev/video2", cv2.CAP_V4L2)
    assert camera.settings[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")
    assert camera.settings[cv2.CAP_PROP_FRAME_WIDTH] == 640
    assert camera.settings[cv2.CAP_PROP_BUFFERSIZE] == 2
    assert next(iter(camera.settings)) == cv2.CAP_PROP_FOURCC
    assert camera.releases >= 1


def test_pictures_that_come_as_one_row_of_bytes_have_their_rows_again() -> None:
    """OpenCV 4.11 on a camera whose own format is BGR; as they come, nobody is ever seen."""
    clock = FakeClock(10.0)
    camera = UsbCamera(clock, size=(80, 64))
    camera.bytes_in_row = 80 * 64 * 3
    config = CaptureConfig(width=80, height=64)
    with Camera(V4l2Driver("0", config, clock, open_capture=camera), Orientation()) as source:
        frame = source.read()
    assert frame is not None
    assert frame.image.shape == (64, 80, 3)
    assert frame.image[10, 10].tolist() == [200, 60, 30]


def test_pictures_that_nobody_decodes_count_as_none() -> None:
    clock = FakeClock(10.0)
    camera = UsbCamera(clock, size=(80, 64))
    camera.bytes_in_row = 5_000
    config = CaptureConfig(width=80, height=64)
    source = Camera(V4l2Driver("0", config, clock, open_capture=camera), Orientation())
    with source, pytest.raises(SourceLost, match="list-formats"):
        source.read()


def test_a_camera_without_timestamps_gets_the_arrival_time() -> None:
    clock = FakeClock(10.0)
    camera = UsbCamera(clock)
    camera.stamped = False
    driver = V4l2Driver("0", CaptureConfig(), clock, open_capture=camera)
    with Camera(driver, Orientation()) as source:
        frame = source.read()
    assert frame is not None
    assert frame.t == clock.now()


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_a_stamp_is_never_in_the_future_nor_old(stamp_s: float, now_s: float) -> None:
    assert now_s - 2.0 <= plausible_stamp(stamp_s, now_s) <= now_s


def test_a_camera_that_gives_the_same_frame_again_still_gives_frames() -> None:
    """Its picture is then judged as frozen; else each would be dropped as a repetition."""
    stamps = Stamps()
    times = [stamps.of(100.0, 100.02 + number / 30) for number in range(90)]
    assert times[0] == 100.0
    assert all(later > earlier for earlier, later in pairwise(times))


def test_the_pi_camera_sees_its_whole_field_through_a_small_stream(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fake = fake_picamera2.install(monkeypatch)
    picamera2 = next(fake)
    config = CaptureConfig(source="picamera2:0", module="pi-v3", width=64, height=64)
    with caplog.at_level(logging.INFO), open_source(config, picamera2.clock) as source:
        frame = source.read()
        asked = picamera2.made[0].config
    assert frame is not None
    assert frame.size == (64, 64)
    assert frame.image[10, 10].tolist() == pytest.approx([200, 60, 30], abs=4)
    assert picamera2.clock.now() - frame.t == pytest.approx(0.020, abs=1e-6)
    assert asked["queue"] is False
    assert asked["buffer_count"] >= 2
    assert asked["lores"] == {"size": (64, 64), "format": "YUV420"}
    assert asked["sensor"]["output_size"] == (1640, 1232)
    assert asked["controls"]["FrameDurationLimits"] == (33333, 33333)
    assert 'camera.module = "pi-v2"' in caplog.text
    next(fake, None)


def test_no_mode_is_better_than_one_that_is_too_slow() -> None:
    mode = {"size": (3280, 2464), "bit_depth": 10, "fps": 21.0, "crop_limits": (0, 0, 3280, 2464)}
    assert widest_mode([mode], (640, 480), 30.0) is None
    assert widest_mode([mode], (640, 480), 20.0) is mode


def test_a_stream_is_opened_with_time_limits_and_named_without_its_password() -> None:
    clock = FakeClock()
    camera = UsbCamera(clock)
    uri = "rtsp://user:secret@cam.local:554/live?token=abc"
    driver = StreamDriver(uri, CaptureConfig(), clock, open_capture=camera)
    with Camera(driver, Orientation()) as source:
        assert source.name == "rtsp://cam.local:554/live"
    address, backend, limits = camera.arguments
    assert (address, backend) == (uri, cv2.CAP_FFMPEG)
    assert dict(zip(limits[::2], limits[1::2], strict=True)) == {
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: 1300,
        cv2.CAP_PROP_READ_TIMEOUT_MSEC: 1000,
    }


def test_a_stream_leaves_no_options_behind_for_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """With them a GIF has no frame and every other file lacks its first."""
    monkeypatch.delenv("OPENCV_FFMPEG_CAPTURE_OPTIONS", raising=False)
    seen = []

    class Opening(UsbCamera):
        def __call__(self, *arguments: object) -> UsbCamera:
            seen.append(os.environ["OPENCV_FFMPEG_CAPTURE_OPTIONS"])
            return super().__call__(*arguments)

    clock = FakeClock()
    driver = StreamDriver("rtsp://h/x", CaptureConfig(), clock, open_capture=Opening(clock))
    with Camera(driver, Orientation()):
        assert "rtsp_transport;tcp" in seen[0]
        assert "OPENCV_FFMPEG_CAPTURE_OPTIONS" not in os.environ


def test_auto_takes_the_first_that_delivers_and_says_which(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = FakeClock()
    dead, good = UsbCamera(clock), UsbCamera(clock)
    dead.plugged = False
    drivers = [
        V4l2Driver("0", CaptureConfig(), clock, open_capture=dead),
        V4l2Driver("1", CaptureConfig(), clock, open_capture=good),
    ]
    camera = Camera(AutoDriver(lambda: iter(drivers), 30.0), Orientation())
    with caplog.at_level(logging.INFO), camera as source:
        assert source.name == "v4l2:/dev/video1"
    assert "camera: v4l2:/dev/video1" in caplog.text


def test_auto_goes_on_after_a_camera_that_fails_by_anything() -> None:
    def broken(*_: object) -> NoReturn:
        raise cv2.error("assertion failed")

    clock = FakeClock()
    drivers = [
        V4l2Driver("0", CaptureConfig(), clock, open_capture=broken),
        V4l2Driver("1", CaptureConfig(), clock, open_capture=UsbCamera(clock)),
    ]
    with Camera(AutoDriver(lambda: iter(drivers), 30.0), Orientation()) as source:
        assert source.name == "v4l2:/dev/video1"


def test_auto_without_any_camera_says_what_it_tried() -> None:
    clock = FakeClock()
    dead = UsbCamera(clock)
    dead.plugged = False
    driver = V4l2Driver("9", CaptureConfig(), clock, open_capture=dead)
    camera = Camera(AutoDriver(lambda: iter([driver]), 30.0), Orientation())
    with pytest.raises(SourceError, match=r"(?s)no camera found.*/dev/video9"):
        camera.open()


def test_codec_nodes_of_a_pi_are_not_taken_for_cameras(tmp_path: Path) -> None:
    names = {"video0": "HD Webcam", "video10": "bcm2835-codec-decode", "video14": "bcm2835-isp",
             "video2": "HD Webcam", "video19": "rpi-hevc-dec", "videox": "odd"}  # fmt: skip
    for node, name in names.items():
        (tmp_path / node).mkdir()
        (tmp_path / node / "name").write_text(name + "\n")
    assert video_devices(tmp_path) == ["/dev/video0", "/dev/video2"]


def test_a_camera_lost_twenty_times_comes_back_twenty_times() -> None:
    clock = FakeClock()
    script: list[int | Exception] = []
    for _ in range(20):
        script += [5, SourceLost("gone")]
    source = Reconnecting(ScriptedSource([*script, 5], clock), clock)
    got = 0
    with source:
        while got < 105:
            try:
                got += source.read() is not None
            except SourceLost:
                continue
    assert source.losses == 20


def test_tries_get_rarer_and_the_wait_is_bounded() -> None:
    clock = FakeClock()
    inner = ScriptedSource([1, SourceLost("gone"), 5], clock, fail_opens=8)
    source = Reconnecting(inner, clock, first_s=0.5, longest_s=4.0)
    tries = []
    with source:
        assert source.read() is not None
        while True:
            before = inner.fail_opens
            try:
                if source.read() is not None:
                    break
            except SourceLost:
                if inner.fail_opens < before:
                    tries.append(clock.now())
    gaps = [b - a for a, b in itertools.pairwise(tries)]
    assert gaps == pytest.approx([1.0, 2.0, 4.0, 4.0, 4.0, 4.0, 4.0], abs=0.1)


@pytest.mark.parametrize(
    "error",
    [SourceError("an image of shape (0, 0, 3)"), cv2.error("bad"), OSError(5, "EIO"), ValueError()],
)
def test_whatever_a_driver_raises_in_the_midst_is_a_loss_and_it_comes_back(
    error: Exception,
) -> None:
    """One picture that was none ended the whole program."""
    clock = FakeClock()
    source = Reconnecting(ScriptedSource([2, error, 2], clock, name="usb"), clock)
    with source:
        for _ in range(2):
            assert source.read() is not None
        with pytest.raises(SourceLost):
            source.read()
        frame = None
        while frame is None:
            with contextlib.suppress(SourceLost):
                frame = source.read()
    assert source.losses == 1


@pytest.mark.parametrize("error", [cv2.error("busy"), OSError(5, "EIO"), RuntimeError("camera")])
def test_one_that_cannot_be_opened_for_a_while_by_anything_is_waited_for(error: Exception) -> None:
    class Busy(ScriptedSource):
        def open(self) -> None:
            if clock.now() < 3.0:
                raise error
            super().open()

    clock = FakeClock()
    with Reconnecting(Busy([2], clock), clock, patient=True) as source:
        frame = None
        while frame is None:
            with contextlib.suppress(SourceLost):
                frame = source.read()
    assert clock.now() >= 3.0


def test_a_camera_that_is_not_there_at_the_start_is_an_error() -> None:
    clock = FakeClock()
    inner = ScriptedSource([1], clock)
    inner.opened, inner.fail_opens = 1, 1
    with pytest.raises(SourceError, match="no such camera"):
        Reconnecting(inner, clock).open()


def test_a_patient_one_waits_for_a_camera_that_is_not_there_at_the_start() -> None:
    clock = FakeClock()
    inner = ScriptedSource([1], clock)
    inner.opened, inner.fail_opens = 1, 3
    with Reconnecting(inner, clock, patient=True) as source:
        frame = None
        while frame is None:
            with contextlib.suppress(SourceLost):
                frame = source.read()
    assert inner.fail_opens == 0


@pytest.mark.parametrize("module", sorted(MODULES))
def test_each_module_has_a_field_of_view(module: str) -> None:
    wide = CaptureConfig(module=module, width=1920, height=1080)
    assert 40 < wide.field_of_view_deg <= 102
    assert set(SENSORS.values()) <= set(MODULES)


def test_the_field_of_view_follows_crop_rotation_and_override() -> None:
    v3 = CaptureConfig(module="pi-v3", width=1280, height=720)
    assert v3.field_of_view_deg == pytest.approx(66.0)
    assert CaptureConfig(module="pi-v3").field_of_view_deg == pytest.approx(51.9, abs=0.1)
    # Raspberry Pi gives 41° for its vertical field: what a portrait mount sees across.
    portrait = CaptureConfig(module="pi-v3", width=1280, height=720, rotate=90)
    assert portrait.field_of_view_deg == pytest.approx(41.0, abs=1.0)
    assert CaptureConfig(hfov_deg=80.0).field_of_view_deg == pytest.approx(80.0)


@pytest.mark.parametrize(
    "wrong", [{"source": "webcam"}, {"module": "pi-v9"}, {"rotate": 45}, {"flip": "left"},
              {"fps": 0}, {"hfov_deg": 200}],
)  # fmt: skip
def test_settings_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CaptureConfig(**wrong)


class Webcam(http.server.BaseHTTPRequestHandler):
    """A network camera: thirty JPEGs in one answer that never ends by itself, then it dies."""

    def do_GET(self) -> None:
        jpeg = cv2.imencode(".jpg", np.full((48, 64, 3), 120, np.uint8))[1].tobytes()
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        head = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
        for _ in range(30):
            self.wfile.write(head + jpeg + b"\r\n")

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def test_a_real_network_camera_is_read_lost_and_found_again() -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webcam) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        uri = f"http://127.0.0.1:{server.server_port}/live.mjpg"
        config = CaptureConfig(source=uri, retry_delay_s=0.01, retry_delay_max_s=0.01)
        got = losses = 0
        with open_source(config, SystemClock()) as source:
            while got < 40:
                try:
                    frame = source.read()
                except SourceLost:
                    losses += 1
                    continue
                assert frame is not None
                assert frame.size == (64, 48)
                got += 1
        server.shutdown()
    assert losses >= 1


def test_a_network_camera_that_accepts_and_says_nothing_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"rtsp://127.0.0.1:{silent.getsockname()[1]}/live"
        source = open_source(CaptureConfig(source=uri, connect_s=0.3), SystemClock())
        with pytest.raises(SourceError, match="no stream there"):
            source.open()
        source.close()
