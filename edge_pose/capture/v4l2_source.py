"""USB and other V4L2 cameras through OpenCV."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import cv2
from numpy.typing import NDArray

from edge_pose.capture.file_source import silence_opencv
from edge_pose.capture.stamps import Stamps
from edge_pose.clock import Clock
from edge_pose.config.capture import CaptureConfig
from edge_pose.errors import SourceError, SourceLost

_MJPG = cv2.VideoWriter.fourcc(*"MJPG")


class V4l2Driver:
    """``device``: ``/dev/videoN`` or an index. The camera's own timestamps where it has them."""

    live = True
    frame_count = None

    def __init__(
        self,
        device: str,
        config: CaptureConfig,
        clock: Clock,
        *,
        open_capture: Callable[..., Any] = cv2.VideoCapture,
    ) -> None:
        self._device = f"/dev/video{device}" if device.isdecimal() else device
        self._config = config
        self._clock = clock
        self._open_capture = open_capture
        self._capture: Any = None
        self._stamps = Stamps()
        self.name = f"v4l2:{self._device}"
        self.fps = config.fps

    def open(self, closing: threading.Event) -> None:
        del closing
        silence_opencv()
        # OpenCV reads this at the first capture; its default keeps a dead camera for 10 s.
        os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "1")
        self._capture = self._open_capture(self._device, cv2.CAP_V4L2)
        if not self._capture.isOpened():
            raise SourceError(f"{self._device}: {_why_not(self._device)}")
        for name, value in (
            # Raw YUYV fills a USB 2 bus at 640×480; JPEG leaves room.
            (cv2.CAP_PROP_FOURCC, _MJPG),
            (cv2.CAP_PROP_FRAME_WIDTH, self._config.width),
            (cv2.CAP_PROP_FRAME_HEIGHT, self._config.height),
            (cv2.CAP_PROP_FPS, self._config.fps),
            # One buffer would halve the rate; more would hold old frames.
            (cv2.CAP_PROP_BUFFERSIZE, 2),
        ):
            self._capture.set(name, value)
        self.fps = float(self._capture.get(cv2.CAP_PROP_FPS)) or self._config.fps

    def grab(self) -> tuple[NDArray[Any], float]:
        grabbed, image = self._capture.read()
        if not grabbed:
            raise SourceLost(f"{self._device}: the camera delivers no image; check its cable")
        picture = image if image.shape[0] > 1 else self._in_rows(image)
        if picture is None:
            raise SourceLost(
                f"{self._device}: its pictures come in a form that OpenCV does not decode; "
                "`v4l2-ctl --list-formats` lists the others that it may be set to"
            )
        stamp_s = float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1e3
        return picture, self._stamps.of(stamp_s, self._clock.now())

    def _in_rows(self, image: NDArray[Any]) -> NDArray[Any] | None:
        """A picture of one row is bytes as they came: OpenCV (4.11) hands over so what is BGR
        already (virtual cameras, vivid), and what it cannot decode. None for the latter."""
        size = (cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FRAME_WIDTH)
        height, width = (int(self._capture.get(name)) for name in size)
        return image.reshape(height, width, 3) if image.size == 3 * width * height else None

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def _why_not(device: str) -> str:
    if not os.path.exists(device):
        return "no such camera; `edge-pose doctor` lists those present"
    if not os.access(device, os.R_OK | os.W_OK):
        return "no permission; add the user to the group video and log in again"
    return "cannot be opened as a camera: another program uses it, or it is not a capture device"
