"""A camera that shows the demo clip for ever, for long runs of the real program."""

from __future__ import annotations

import threading
from dataclasses import replace

from edge_pose.capture import open_source
from edge_pose.capture.source import SelfClosing
from edge_pose.clock import Clock, SystemClock
from edge_pose.config.capture import CaptureConfig
from edge_pose.values import Frame


class EndlessDemo(SelfClosing):
    """The demo clip's file over and over, at a camera's 30 frames a second: each of its pictures
    is shown as often as its own slower rate leaves time for."""

    live = True
    frame_count = None
    fps = 30.0

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock: Clock = clock or SystemClock()
        self._clip = open_source(CaptureConfig(source="demo:", fast=True), self._clock)
        self._closing = threading.Event()
        self._picture: Frame | None = None
        self._index = 0
        self._began_s = 0.0
        self._next: Frame | None = None
        self.round_starts_s: list[float] = []
        self.name = "endless demo"

    def open(self) -> None:
        self._closing.clear()
        self._clip.open()
        self._index, self._began_s = 0, self._clock.now()
        self._begin_round(self._began_s)

    def read(self) -> Frame | None:
        due_s = self._began_s + self._index / self.fps
        while (following := self._next) is not None and self._start_s + following.t <= due_s:
            self._picture, self._next = following, self._clip.read()
        if self._next is None and due_s >= self._start_s + self._length_s:
            self._clip.close()
            self._clip.open()
            self._begin_round(self._start_s + self._length_s)
        if self._closing.is_set() or self._picture is None:
            return None
        self._clock.wait(self._closing, due_s - self._clock.now())
        self._index += 1
        return replace(self._picture, t=due_s, index=self._index)

    def close(self) -> None:
        self._closing.set()
        self._clip.close()

    @property
    def frames_in_round(self) -> int:
        return round(self._length_s * self.fps)

    def _begin_round(self, start_s: float) -> None:
        self._start_s = start_s
        self._length_s = (self._clip.frame_count or 0) / self._clip.fps
        self._picture, self._next = self._clip.read(), self._clip.read()
        self.round_starts_s.append(start_s)
