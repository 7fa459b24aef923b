"""What systemd and the log hear of a running program: ready, a status line, a summary."""

from __future__ import annotations

import logging

from edge_pose.clock import Clock
from edge_pose.installation import CAMERA_LOST
from edge_pose.live.health import HealthMeter
from edge_pose.live.stages import InferenceStage
from edge_pose.runtime.journal import Summary, summary_line
from edge_pose.runtime.notify import Notifier

log = logging.getLogger(__name__)

_REFRESH_S = 0.5


class StatusReport:
    """Says once that the program watches, and from then on how it does."""

    def __init__(
        self,
        notifier: Notifier,
        inference: InferenceStage,
        health_meter: HealthMeter,
        *,
        clock: Clock,
        summary_every_s: float,
    ) -> None:
        self._notifier = notifier
        self._inference = inference
        self._health_meter = health_meter
        self._clock = clock
        self._summary = Summary(log, clock, summary_every_s)
        self._ready = False
        self._refreshed_s = float("-inf")

    def tick(self) -> None:
        """Call several times a second, from the thread that supervises."""
        if not self._ready and self._inference.telling:
            self._notifier.ready()
            self._ready = True
        if self._clock.now() - self._refreshed_s < _REFRESH_S:
            return
        self._refreshed_s = self._clock.now()
        health = self._health_meter.refresh()
        line = summary_line(health, self._inference.level)
        self._notifier.status(f"{CAMERA_LOST}, {line}" if self._inference.blind else line)
        self._summary.tick(health, self._inference.level)
