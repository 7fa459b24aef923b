"""The stage that reads frames."""

from __future__ import annotations

import logging
from dataclasses import replace

from edge_pose.capture import Source
from edge_pose.capture.stamps import Stamps
from edge_pose.clock import Clock
from edge_pose.errors import ConfigError, SourceError, SourceLost
from edge_pose.runtime.latest import Latest
from edge_pose.runtime.stage import Stage
from edge_pose.values import Frame

log = logging.getLogger(__name__)


class CaptureStage(Stage):
    """Reads the source. A camera never waits for the loop: frames nobody took are dropped and
    counted. ``lossless`` (files played fast) waits for the loop instead. Whatever a live source
    says, its frames have times of this clock that go on: others would be dropped as old, one by
    one, and nobody would hear of it."""

    # A source that cannot be opened at all ends the program; a camera lost later reconnects.
    permanent = (ConfigError, SourceError)

    def __init__(
        self, source: Source, frames: Latest[Frame], *, clock: Clock, lossless: bool = False
    ) -> None:
        super().__init__("capture", clock=clock)
        self._source = source
        self._frames = frames
        self._lossless = lossless
        self._held: Frame | None = None
        self._stamps = Stamps()

    def setup(self) -> None:
        self._source.open()
        log.info("camera: %s", self._source.name)

    def step(self) -> None:
        try:
            frame = self._held or self._source.read()
        except SourceLost as error:
            log.debug("%s", error)
            return
        if frame is None:
            self._frames.close()
            self.finish()
        elif not self._lossless:
            self._frames.put(self._stamped(frame) if self._source.live else frame)
        else:
            self._held = None if self._frames.hand_over(frame, 0.2) else frame

    def _stamped(self, frame: Frame) -> Frame:
        t_s = self._stamps.of(frame.t, self.clock.now())
        return frame if t_s == frame.t else replace(frame, t=t_s)

    def teardown(self) -> None:
        self._source.close()

    def wake(self) -> None:
        self._source.close()
