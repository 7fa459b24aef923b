"""A cv2.VideoCapture for a camera that can be unplugged."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from edge_pose.testing.clock import FakeClock


class UsbCamera:
    """Call it like ``cv2.VideoCapture``; it remembers how it was set up."""

    def __init__(self, clock: FakeClock, *, size: tuple[int, int] = (64, 48)) -> None:
        self.clock = clock
        self.size = size
        self.plugged = True
        self.stamped = True
        self.bytes_in_row: int | None = None
        """A picture is one row of so many of its bytes, as OpenCV gives what it does not decode."""
        self.arguments: tuple[Any, ...] = ()
        self.settings: dict[int, float] = {}
        self.openings = self.releases = 0

    def __call__(self, *arguments: Any) -> UsbCamera:
        self.arguments = arguments
        self.openings += self.plugged
        return self

    def isOpened(self) -> bool:  # noqa: N802
        return self.plugged

    def set(self, key: int, value: float) -> bool:
        self.settings[key] = value
        return True

    def get(self, key: int) -> float:
        if key == cv2.CAP_PROP_POS_MSEC:
            return (self.clock.now() - 0.010) * 1e3 if self.stamped else 0.0
        return self.settings.get(key, 0.0)

    def read(self) -> tuple[bool, np.ndarray | None]:
        self.clock.advance(1 / 30)
        if not self.plugged:
            return False, None
        picture = np.full((self.size[1], self.size[0], 3), (200, 60, 30), np.uint8)
        if self.bytes_in_row is not None:
            picture = picture.reshape(1, -1)[:, : self.bytes_in_row]
        return True, picture

    def release(self) -> None:
        self.releases += 1
