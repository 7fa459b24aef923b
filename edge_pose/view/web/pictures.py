"""The live picture: drawn and encoded once for all viewers, and only while somebody looks.

Lives on the web stage's event loop: between two awaits nothing else runs there, so the first
viewer that finds a newer scene encodes it and the others take the same bytes.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import cv2
import numpy as np

from edge_pose.errors import SinkError
from edge_pose.values import Scene
from edge_pose.view.drawing.brush import Canvas
from edge_pose.view.drawing.overlay import Overlay
from edge_pose.view.feed import SceneFeed
from edge_pose.view.screen import scaling as fitting

BOUNDARY = "edge_pose_picture"
_REPEAT_S = 1.0
"""A standing picture is sent again this often, so that a vanished viewer is noticed."""


@dataclass(slots=True)
class _Print:
    """The last picture made of one kind."""

    canvas: Canvas | None = None
    number: int = 0
    jpeg: bytes | None = None
    encoded_s: float = float("-inf")


class Pictures:
    """JPEG pictures of the newest scene at a limited rate, in two kinds: with banner and
    gauges, and bare for a page that shows these itself."""

    def __init__(
        self,
        feed: SceneFeed,
        overlay: Overlay,
        *,
        quality: int,
        fps_max: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._feed = feed
        self._overlay = overlay
        self._quality = quality
        self._every_s = 1.0 / fps_max
        self._now = now
        self._prints = {bare: _Print() for bare in (False, True)}
        self.encoded = 0
        """How many pictures were made since the start."""

    def newest(self, *, bare: bool = False) -> tuple[int, bytes | None]:
        """(scene number, JPEG); makes a new one only for a new scene and not above the rate."""
        number, scene = self._feed.latest
        last = self._prints[bare]
        due = self._now() - last.encoded_s >= self._every_s * 0.9
        if scene is not None and number != last.number and due:
            last.jpeg = self._encode(scene, last, bare)
            last.number, last.encoded_s = number, self._now()
        return last.number, last.jpeg

    async def stream(self, stopping: asyncio.Event, *, bare: bool = False) -> AsyncIterator[bytes]:
        """Parts of a multipart/x-mixed-replace body, until the server stops."""
        sent, sent_s = -1, float("-inf")
        with self._feed.watching():
            while not stopping.is_set():
                number, jpeg = self.newest(bare=bare)
                old = self._now() - sent_s > _REPEAT_S
                if jpeg is not None and (number != sent or old):
                    sent, sent_s = number, self._now()
                    yield part(jpeg)
                await pause(stopping, self._every_s)

    def _encode(self, scene: Scene, last: _Print, bare: bool) -> bytes:
        scene = fitting.scaled(scene, fitting.readable_size(scene.frame.size))
        if last.canvas is None or last.canvas.shape != scene.frame.image.shape:
            last.canvas = np.empty_like(scene.frame.image)
        canvas = self._overlay.draw(scene, last.canvas, notice=self._feed.notice, bare=bare)
        done, coded = cv2.imencode(".jpg", canvas, [cv2.IMWRITE_JPEG_QUALITY, self._quality])
        if not done:
            raise SinkError("web: OpenCV could not encode the picture as JPEG")
        self.encoded += 1
        return coded.tobytes()


def part(jpeg: bytes) -> bytes:
    """One picture of the multipart stream."""
    head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
    return head.encode() + jpeg + b"\r\n"


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Wait, or less if the server stops meanwhile."""
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
