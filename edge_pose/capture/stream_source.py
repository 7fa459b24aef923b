"""Network cameras (rtsp, http) through FFmpeg, and GStreamer pipelines, by way of OpenCV."""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import cv2
from numpy.typing import NDArray

from edge_pose.capture.file_source import silence_opencv
from edge_pose.clock import Clock
from edge_pose.config.camera_address import PIPELINE, without_secrets
from edge_pose.config.capture import CaptureConfig
from edge_pose.errors import SourceError, SourceLost

_READ_MS = 1000
_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"


class StreamDriver:
    """``uri``: rtsp://, rtsps://, http://, https:// or gst:PIPELINE (ending in appsink).

    Such streams carry no time of ours: a frame's time is its arrival.
    """

    live = True
    frame_count = None

    def __init__(
        self,
        uri: str,
        config: CaptureConfig,
        clock: Clock,
        *,
        open_capture: Callable[..., Any] = cv2.VideoCapture,
    ) -> None:
        self._uri = uri
        self._connect_s = config.connect_s
        self._clock = clock
        self._open_capture = open_capture
        self._capture: Any = None
        self.name = without_secrets(uri)
        self.fps = config.fps

    def open(self, closing: threading.Event) -> None:
        del closing
        silence_opencv()
        timeouts = [
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
            int(self._connect_s * 1e3),
            cv2.CAP_PROP_READ_TIMEOUT_MSEC,
            _READ_MS,
        ]
        if self._uri.startswith(PIPELINE):
            _require_gstreamer()
            pipeline = self._uri.removeprefix(PIPELINE)
            self._capture = self._open_capture(pipeline, cv2.CAP_GSTREAMER, timeouts)
        else:
            with _ffmpeg_options():
                self._capture = self._open_capture(self._uri, cv2.CAP_FFMPEG, timeouts)
        if not self._capture.isOpened():
            raise SourceError(f"{self.name}: no stream there; check address, user and network")

    def grab(self) -> tuple[NDArray[Any], float]:
        grabbed, image = self._capture.read()
        if not grabbed:
            raise SourceLost(f"{self.name}: the stream has stopped")
        return image, self._clock.now()

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


@contextlib.contextmanager
def _ffmpeg_options() -> Iterator[None]:
    """TCP loses no packets, and a small buffer keeps the newest frame new.

    OpenCV takes these from the environment at each opening; left there they would make it lose
    the first frame of every file opened later.
    """
    if _OPTIONS in os.environ:
        yield
        return
    os.environ[_OPTIONS] = "rtsp_transport;tcp|fflags;nobuffer"
    try:
        yield
    finally:
        os.environ.pop(_OPTIONS, None)


def _require_gstreamer() -> None:
    backends = {cv2.videoio_registry.getBackendName(b) for b in cv2.videoio_registry.getBackends()}
    built_in = re.search(r"GStreamer:\s+YES", cv2.getBuildInformation())
    if "GSTREAMER" not in backends or not built_in:
        raise SourceError(
            "gst: this OpenCV has no GStreamer; use v4l2:/dev/videoN, "
            "or a system OpenCV built with it (apt: python3-opencv)"
        )
