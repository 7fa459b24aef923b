"""A live source that comes back: after a loss it is tried again, less often each time."""

from __future__ import annotations

import logging
import threading

from edge_pose.capture.source import SelfClosing, Source
from edge_pose.clock import Clock
from edge_pose.errors import ConfigError, SourceError, SourceLost
from edge_pose.plugins import told
from edge_pose.values import Frame

log = logging.getLogger(__name__)

_SLICE_S = 1.0


class Reconnecting(SelfClosing):
    """While the camera is away every ``read`` raises SourceLost, after at most a second or one
    try to open it: the reader's loop goes on, and ends a blind period by reading again. Whatever
    a driver raises once it has run, as of a picture that is none, is a loss: the program goes on.

    ``patient``: one that is not there at the first ``open`` is waited for as if it had been lost;
    else that raises SourceError."""

    live = True

    def __init__(
        self,
        source: Source,
        clock: Clock,
        *,
        first_s: float = 0.5,
        longest_s: float = 5.0,
        patient: bool = False,
    ) -> None:
        self._source = source
        self._clock = clock
        self._first_s = first_s
        self._longest_s = longest_s
        self._patient = patient
        self._closing = threading.Event()
        self._lost_s: float | None = None
        self._delay_s = first_s
        self._due_s = 0.0
        self.losses = 0

    @property
    def name(self) -> str:
        return self._source.name

    @property
    def fps(self) -> float:
        return self._source.fps

    @property
    def frame_count(self) -> int | None:
        return None

    def open(self) -> None:
        self._closing.clear()
        self._lost_s = None
        try:
            self._source.open()
        except Exception as error:  # of a driver or a library, or of another package
            if not self._patient or isinstance(error, ConfigError):
                raise
            self._lose(error)

    def read(self) -> Frame | None:
        if self._lost_s is not None and not self._closing.is_set():
            self._come_back(self._lost_s)
        if self._closing.is_set():
            self._source.close()
            return None
        try:
            return self._source.read()
        except SourceLost as error:
            self._lose(error)
            raise
        except Exception as error:
            self._lose(error)
            raise SourceLost(self._words(error)) from error

    def close(self) -> None:
        self._closing.set()
        self._source.close()

    def _lose(self, error: Exception) -> None:
        self._source.close()
        self.losses += 1
        self._lost_s = self._clock.now()
        self._delay_s = self._first_s
        self._due_s = self._lost_s + self._delay_s
        log.warning("%s; trying to get it back", self._words(error))

    def _words(self, error: Exception) -> str:
        return str(error) if isinstance(error, SourceError) else f"{self.name}: {told(error)}"

    def _come_back(self, lost_s: float) -> None:
        """Wait a slice and, when due, try; returns when the camera is back or closing."""
        now = self._clock.now()
        if self._clock.wait(self._closing, min(_SLICE_S, self._due_s - now)):
            return
        now = self._clock.now()
        if now < self._due_s:
            raise SourceLost(f"{self.name}: away for {now - lost_s:.0f} s")
        try:
            self._source.open()
        except Exception as error:
            self._delay_s = min(self._delay_s * 2.0, self._longest_s)
            self._due_s = self._clock.now() + self._delay_s
            raise SourceLost(f"{self.name}: still away ({self._words(error)})") from error
        self._lost_s = None
        log.warning("%s is back after %.1f s", self.name, self._clock.now() - lost_s)
