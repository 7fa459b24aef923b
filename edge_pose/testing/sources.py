"""A scripted camera: frames, losses and an end in the order a test wants them."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import numpy as np

from edge_pose.capture.source import SelfClosing
from edge_pose.clock import Clock
from edge_pose.errors import SourceError, SourceLost
from edge_pose.values import Frame


class ScriptedSource(SelfClosing):
    """Plays ``script``: a number = that many frames, an exception = raised by one ``read``.

    After a SourceLost it must be closed and opened again; ``fail_opens`` of its next openings
    fail first. ``live`` = False makes it end with None like a file.
    """

    def __init__(
        self,
        script: Iterable[int | Exception],
        clock: Clock,
        *,
        fps: float = 30.0,
        size: tuple[int, int] = (64, 48),
        live: bool = True,
        fail_opens: int = 0,
        name: str = "scripted",
    ) -> None:
        self.name = name
        self.live = live
        self.fps = fps
        self.frame_count: int | None = None
        self.opened = 0
        self.closed = 0
        self.fail_opens = fail_opens
        self._script = [*script]
        self._clock = clock
        self._image = np.zeros((size[1], size[0], 3), dtype=np.uint8)
        self._image.flags.writeable = False
        self._closing = threading.Event()
        self._broken = True
        self._index = 0

    def open(self) -> None:
        self._closing.clear()
        if self.opened > 0 and self.fail_opens > 0:
            self.fail_opens -= 1
            raise SourceError(f"{self.name}: no such camera")
        self.opened += 1
        self._broken = False

    def read(self) -> Frame | None:
        if self._closing.is_set():
            return None
        if self._broken:
            raise SourceError(f"{self.name}: read before open")
        self._clock.wait(self._closing, 1.0 / self.fps)
        step = self._next_step()
        if isinstance(step, Exception):
            self._broken = True
            raise step
        if step is None:
            return None
        self._index += 1
        return Frame(image=self._image, t=self._clock.now(), index=self._index - 1)

    def close(self) -> None:
        self._closing.set()
        self.closed += 1
        self._broken = True

    def _next_step(self) -> int | Exception | None:
        while self._script:
            step = self._script[0]
            if isinstance(step, Exception):
                return self._script.pop(0)
            if step > 0:
                self._script[0] = step - 1
                return step
            self._script.pop(0)
        return SourceLost(f"{self.name}: the script is over") if self.live else None
