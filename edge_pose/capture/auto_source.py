"""``auto``: the first camera that delivers a picture."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from edge_pose.capture.picamera2_source import Picamera2Driver, pi_cameras
from edge_pose.capture.source import Driver
from edge_pose.capture.v4l2_source import V4l2Driver
from edge_pose.clock import Clock
from edge_pose.config.capture import CaptureConfig
from edge_pose.errors import SourceError
from edge_pose.plugins import told

log = logging.getLogger(__name__)

_SYSFS = Path("/sys/class/video4linux")
# Names of V4L2 nodes on a Pi that are codecs or raw parts of the camera pipeline.
_NOT_A_CAMERA = ("codec", "isp", "unicam", "rp1-cfe", "rpivid", "hevc")


class AutoDriver:
    """Tries each candidate when opened; afterwards it is the one that worked."""

    live = True
    frame_count = None

    def __init__(self, candidates: Callable[[], Iterator[Driver]], fps: float) -> None:
        self._candidates = candidates
        self._chosen: Driver | None = None
        self._first: tuple[NDArray[Any], float] | None = None
        self.name = "auto"
        self.fps = fps

    def open(self, closing: threading.Event) -> None:
        reasons: list[str] = []
        for driver in self._candidates():
            if closing.is_set():
                break
            try:
                driver.open(closing)
                self._first = driver.grab()
            except Exception as error:  # one that fails by anything keeps no other from being tried
                reasons.append(str(error) if isinstance(error, SourceError) else told(error))
                driver.close()
                continue
            self._chosen = driver
            self.name, self.fps = driver.name, driver.fps
            log.info("camera: %s", self.name)
            return
        tried = "\n".join(f"  {reason}" for reason in reasons)
        raise SourceError(
            "no camera found; plug one in, or choose with --source (demo: needs none)"
            + (f"\n{tried}" if tried else "")
        )

    def grab(self) -> tuple[NDArray[Any], float] | None:
        first, self._first = self._first, None
        if first is not None:
            return first
        assert self._chosen is not None
        return self._chosen.grab()

    def close(self) -> None:
        self._first = None
        if self._chosen is not None:
            self._chosen.close()
            self._chosen = None


def cameras(config: CaptureConfig, clock: Clock) -> Iterator[Driver]:
    """A driver for each camera that may be there: Pi cameras first, then V4L2 devices."""
    for number in range(len(pi_cameras())):
        yield Picamera2Driver(str(number), config, clock)
    for device in video_devices():
        yield V4l2Driver(device, config, clock)


def video_devices(sysfs: Path = _SYSFS) -> Sequence[str]:
    """``/dev/videoN`` of the nodes that can be cameras, by number."""
    found = []
    for node in sysfs.glob("video*"):
        number = node.name.removeprefix("video")
        if number.isdecimal() and not _is_part_of_a_pipeline(node):
            found.append(int(number))
    return [f"/dev/video{number}" for number in sorted(found)]


def _is_part_of_a_pipeline(node: Path) -> bool:
    try:
        name = (node / "name").read_text().lower()
    except OSError:
        return False
    return any(word in name for word in _NOT_A_CAMERA)
