"""Raspberry Pi cameras through picamera2 (apt: python3-picamera2)."""

from __future__ import annotations

import contextlib
import logging
import threading
from typing import Any

from numpy.typing import NDArray

from edge_pose.capture.images import from_yuv420
from edge_pose.capture.stamps import Stamps
from edge_pose.clock import Clock
from edge_pose.config.capture import SENSORS, CaptureConfig
from edge_pose.errors import SourceError, SourceLost

log = logging.getLogger(__name__)

_WAIT_S = 1.0


class Picamera2Driver:
    """A small ``lores`` YUV stream, no queue: what is read is the newest finished frame."""

    live = True
    frame_count = None

    def __init__(self, number: str, config: CaptureConfig, clock: Clock) -> None:
        self._number = int(number) if number.isdecimal() else 0
        self._config = config
        self._clock = clock
        self._camera: Any = None
        self._stamps = Stamps()
        self._size = (config.width, config.height)
        self.name = f"picamera2:{self._number}"
        self.fps = config.fps

    def open(self, closing: threading.Event) -> None:
        del closing
        library = load_picamera2()
        found = library.global_camera_info()
        if self._number >= len(found):
            raise SourceError(
                f"{self.name}: {len(found)} camera(s) found; check the ribbon cable, and "
                "camera_auto_detect=1 in /boot/firmware/config.txt"
            )
        try:
            self._camera = library(self._number)
            self._camera.configure(self._configuration())
            self._camera.start()
        except (RuntimeError, OSError, IndexError) as error:
            raise SourceError(f"{self.name}: cannot be started ({error})") from error
        self._size = tuple(self._camera.camera_configuration()["lores"]["size"])
        self._hint_module(str(found[self._number].get("Model", "")))

    def grab(self) -> tuple[NDArray[Any], float]:
        try:
            # A job, not a plain wait: a camera whose cable came loose never answers.
            job = self._camera.capture_request(wait=False)
            request = job.get_result(timeout=_WAIT_S)
        except (TimeoutError, RuntimeError, OSError) as error:
            raise SourceLost(f"{self.name}: no frame for {_WAIT_S:g} s; check the cable") from error
        try:
            planes = request.make_array("lores")
            stamp_s = request.get_metadata().get("SensorTimestamp", 0) / 1e9
        finally:
            request.release()
        return from_yuv420(planes, self._size), self._stamps.of(stamp_s, self._clock.now())

    def close(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None:
            with contextlib.suppress(RuntimeError, OSError):
                camera.stop()
            with contextlib.suppress(RuntimeError, OSError):
                camera.close()

    def _configuration(self) -> Any:
        size = (self._config.width, self._config.height)
        frame_us = int(1e6 / self._config.fps)
        more = {}
        mode = widest_mode(_modes(self._camera), size, self._config.fps)
        if mode is not None:
            more["sensor"] = {"output_size": mode["size"], "bit_depth": mode["bit_depth"]}
        return self._camera.create_video_configuration(
            main={"size": size, "format": "YUV420"},
            lores={"size": size, "format": "YUV420"},
            display=None,
            encode=None,
            queue=False,
            buffer_count=3,
            controls={"FrameDurationLimits": (frame_us, frame_us)},
            **more,
        )

    def _hint_module(self, sensor: str) -> None:
        module = SENSORS.get(sensor)
        if module and self._config.hfov_deg is None and self._config.module not in ("auto", module):
            log.warning(
                '%s is an %s: set camera.module = "%s" (or auto) for its field of view',
                self.name,
                sensor,
                module,
            )


def load_picamera2() -> Any:
    """The Picamera2 class; raises SourceError where the library is missing."""
    try:
        from picamera2 import Picamera2
    except ImportError as error:
        raise SourceError(
            f"picamera2 cannot be imported ({error}); on Pi OS: sudo apt install "
            "python3-picamera2, and a venv made with --system-site-packages"
        ) from error
    return Picamera2


def pi_cameras() -> list[str]:
    """The sensors of the Pi cameras here, in their order; empty where there are none.

    USB cameras, which libcamera lists too, are read through V4L2 and left out.
    """
    try:
        found = load_picamera2().global_camera_info()
    except (SourceError, RuntimeError, OSError):
        return []
    return [
        str(camera.get("Model", "")) for camera in found if "/usb" not in str(camera.get("Id", ""))
    ]


def widest_mode(
    modes: list[dict[str, Any]], size: tuple[int, int], fps: float
) -> dict[str, Any] | None:
    """The sensor mode that sees most, is fast and large enough, and moves the fewest pixels.

    Left to itself picamera2 takes for a small image a mode that sees a small part of the scene.
    """
    fitting = [
        m
        for m in modes
        if m["fps"] >= fps * 0.99 and m["size"][0] >= size[0] and m["size"][1] >= size[1]
    ]
    return max(
        fitting,
        key=lambda m: (m["crop_limits"][2] * m["crop_limits"][3], -m["size"][0] * m["size"][1]),
        default=None,
    )


def _modes(camera: Any) -> list[dict[str, Any]]:
    """What the sensor offers; a USB camera behind libcamera has no such list."""
    try:
        return list(camera.sensor_modes)
    except (RuntimeError, AttributeError, KeyError, TypeError):
        return []
