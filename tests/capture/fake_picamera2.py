"""A picamera2 module with the documented behaviour that the driver relies on."""

from __future__ import annotations

import types
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any, ClassVar

import cv2
import numpy as np

from edge_pose.testing.clock import FakeClock

STRIDE = 128


class Request:
    def __init__(self, camera: Picamera2) -> None:
        self.camera = camera
        self.released = False

    def make_array(self, name: str) -> np.ndarray:
        assert not self.released
        width, height = self.camera.config[name]["size"]
        bgr = np.full((height, width, 3), (200, 60, 30), np.uint8)
        planes = cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420)
        return self._padded(planes, width)

    def get_metadata(self) -> dict[str, Any]:
        return {"SensorTimestamp": int((self.camera.clock.now() - 0.020) * 1e9)}

    def release(self) -> None:
        assert not self.released
        self.released = True

    def _padded(self, planes: np.ndarray, width: int) -> np.ndarray:
        """Rows at the stride of the buffer, as libcamera delivers them."""
        height = planes.shape[0] * 2 // 3
        padded = np.zeros((height * 3 // 2, STRIDE), np.uint8)
        padded[:height, :width] = planes[:height]
        chroma = planes[height:].reshape(2, height // 2, width // 2)
        view = padded[height:].reshape(2, height // 2, STRIDE // 2)
        view[:, :, : width // 2] = chroma
        return padded


class Job:
    def __init__(self, request: Request | None) -> None:
        self._future: Future[Request] = Future()
        if request is not None:
            self._future.set_result(request)

    def get_result(self, timeout: float | None = None) -> Request:
        # A camera that is gone: no waiting in a test.
        return self._future.result(timeout=0.0 if timeout is not None else None)


class Picamera2:
    clock = FakeClock(100.0)
    cameras: ClassVar[list[dict[str, Any]]] = [
        {"Model": "imx219", "Id": "/base/soc/i2c0/imx219@10"}
    ]
    made: ClassVar[list[Picamera2]] = []
    unplugged = False

    def __init__(self, number: int = 0) -> None:
        if type(self).unplugged:
            raise RuntimeError("Camera __init__ sequence did not complete.")
        self.number = number
        self.config: dict[str, Any] = {}
        self.running = False
        self.closed = False
        self.requests: list[Request] = []
        self.sensor_modes = [
            {
                "size": (640, 480),
                "bit_depth": 10,
                "fps": 103.0,
                "crop_limits": (1000, 752, 1280, 960),
            },
            {"size": (1640, 1232), "bit_depth": 10, "fps": 41.0, "crop_limits": (0, 0, 3280, 2464)},
            {"size": (3280, 2464), "bit_depth": 10, "fps": 21.0, "crop_limits": (0, 0, 3280, 2464)},
        ]
        type(self).made.append(self)

    @classmethod
    def global_camera_info(cls) -> list[dict[str, Any]]:
        return [] if cls.unplugged else cls.cameras

    def create_video_configuration(self, **words: Any) -> dict[str, Any]:
        return words

    def configure(self, config: dict[str, Any]) -> None:
        self.config = config

    def camera_configuration(self) -> dict[str, Any]:
        return self.config

    def start(self) -> None:
        self.running = True

    def stop(self) -> None:
        self.running = False

    def close(self) -> None:
        assert not self.running
        self.closed = True

    def capture_request(self, wait: bool = True) -> Job:
        assert self.running
        assert wait is False, "a plain wait hangs when the cable is loose"
        self.clock.advance(1 / 30)
        if type(self).unplugged:
            return Job(None)
        self.requests.append(Request(self))
        return Job(self.requests[-1])


def install(monkeypatch: Any) -> Iterator[type[Picamera2]]:
    """Put the fake where ``import picamera2`` finds it, fresh for each test."""
    module = types.ModuleType("picamera2")
    module.Picamera2 = Picamera2  # type: ignore[attr-defined]
    monkeypatch.setitem(__import__("sys").modules, "picamera2", module)
    Picamera2.clock = FakeClock(100.0)
    Picamera2.made = []
    Picamera2.unplugged = False
    yield Picamera2
    for camera in Picamera2.made:
        assert camera.closed
        assert all(request.released for request in camera.requests)
