"""A Source made of a driver: normalises, turns and numbers its images; closes from any thread."""

from __future__ import annotations

import threading

from edge_pose.capture.images import to_bgr
from edge_pose.capture.orientation import Orientation
from edge_pose.capture.source import Driver, SelfClosing
from edge_pose.errors import SourceError
from edge_pose.values import Frame


class Camera(SelfClosing):
    """Frames of one driver. Their times never go back, whatever the driver says."""

    def __init__(self, driver: Driver, orientation: Orientation) -> None:
        self._driver = driver
        self._orientation = orientation
        self._closing = threading.Event()
        # Held by whoever is inside the driver: freeing a device under a read would crash.
        self._inside = threading.Lock()
        self._opened = False
        self._index = 0
        self._last_t = float("-inf")
        self.name = driver.name
        self.live = driver.live

    @property
    def fps(self) -> float:
        return self._driver.fps

    @property
    def frame_count(self) -> int | None:
        return self._driver.frame_count

    def open(self) -> None:
        self._closing.clear()
        with self._inside:
            try:
                self._driver.open(self._closing)
            except BaseException:
                self._driver.close()
                raise
            self._opened = True
        self.name = self._driver.name
        if not self.live:
            self._index, self._last_t = 0, float("-inf")

    def read(self) -> Frame | None:
        frame = None
        with self._inside:
            if not self._opened:
                if self._closing.is_set():
                    return None
                raise SourceError(f"{self.name}: read before open")
            if not self._closing.is_set():
                frame = self._next()
        if self._closing.is_set():
            self._free()
            return None
        return frame

    def close(self) -> None:
        self._closing.set()
        self._free()

    def _next(self) -> Frame | None:
        grabbed = self._driver.grab()
        if grabbed is None:
            return None
        raw, t = grabbed
        image = self._orientation.apply(to_bgr(raw))
        image.flags.writeable = False
        self._last_t = max(t, self._last_t)
        self._index += 1
        return Frame(image=image, t=self._last_t, index=self._index - 1)

    def _free(self) -> None:
        """Close the driver, unless a read is inside it: that one frees it on its way out."""
        if self._inside.acquire(blocking=False):
            try:
                self._opened = False
                self._driver.close()
            finally:
                self._inside.release()
