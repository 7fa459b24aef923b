"""Video files: paced like a camera, or as fast as they are read, on their own media time."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path
from typing import Any

import cv2
from numpy.typing import NDArray

from edge_pose.clock import Clock
from edge_pose.errors import SourceError

log = logging.getLogger(__name__)

_DEFAULT_FPS = 25.0
_SILENT = 0  # OpenCV's LOG_LEVEL_SILENT
_TRUNCATED_SHARE = 0.05  # containers miscount by a frame or two; more is worth a word


class FileDriver:
    """Frame times are media time: from 0 when ``fast``, else counted from when it was opened,
    so that they stand on the clock as a camera's do."""

    live = False

    def __init__(self, path: Path, clock: Clock, *, fast: bool = False, name: str = "") -> None:
        self._path = path
        self._clock = clock
        self._fast = fast
        self._capture: Any = None
        self._closing = threading.Event()
        self._first: tuple[NDArray[Any], float] | None = None
        self._media_s = 0.0
        self._began_s = 0.0
        self._read = 0
        self.name = name or f"file:{path}"
        self.fps = _DEFAULT_FPS
        self.frame_count: int | None = None

    def open(self, closing: threading.Event) -> None:
        if not self._path.is_file():
            raise SourceError(f"{self._path}: no such file")
        self._closing = closing
        silence_opencv()
        self._capture = cv2.VideoCapture(str(self._path))
        self._read, self._media_s = 0, 0.0
        if not self._capture.isOpened():
            raise SourceError(f"{self._path}: not a video that OpenCV can read")
        self._first = self._decode()
        if self._first is None:
            raise SourceError(f"{self._path}: no readable frame in it")
        self.fps = _plausible_fps(self._capture.get(cv2.CAP_PROP_FPS))
        count = int(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        self.frame_count = count if count > 0 else None
        self._began_s = self._clock.now()

    def grab(self) -> tuple[NDArray[Any], float] | None:
        decoded = self._first or self._decode()
        self._first = None
        if decoded is None:
            self._warn_if_truncated()
            return None
        image, media_s = decoded
        if self._fast:
            return image, media_s
        due_s = self._began_s + media_s
        self._clock.wait(self._closing, due_s - self._clock.now())
        return image, due_s

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None
        self._first = None

    def _decode(self) -> tuple[NDArray[Any], float] | None:
        """The next image and its media time; a container without times gets the nominal rate."""
        decoded, image = self._capture.read()
        if not decoded:
            return None
        stamp_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1e3
        if self._read > 0:
            last_s = self._media_s
            self._media_s = stamp_s if stamp_s > last_s else last_s + 1.0 / self.fps
        self._read += 1
        return image, self._media_s

    def _warn_if_truncated(self) -> None:
        expected = self.frame_count or 0
        missing = expected - self._read
        if missing > max(2, _TRUNCATED_SHARE * expected):
            log.warning(
                "%s: the video is cut short: %d of %d frames could be read",
                self._path,
                self._read,
                expected,
            )


def silence_opencv() -> None:
    """Keep OpenCV's and FFmpeg's own complaints off stderr: our error says it in one line."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    # OpenCV 4.12 moved it; Pi OS bookworm's stack needs an older one.
    logging_of = getattr(cv2.utils, "logging", cv2)
    logging_of.setLogLevel(_SILENT)


def _plausible_fps(fps: float) -> float:
    return fps if 0.1 <= fps <= 1000.0 else _DEFAULT_FPS
