"""Presence: nobody in view."""

from __future__ import annotations

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.durations import STAMP_S
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Finding
from edge_pose.values import AlertKind, AlertLevel


class Absent:
    """No face of the driver in view. One lost while looking away counts from its loss, too."""

    def __init__(self, config: MonitorConfig) -> None:
        self._limit_s = config.presence.absent_s
        self._since = 0.0
        self._gone_s: float | None = None

    @property
    def elapsed(self) -> bool:
        return self._gone_s is not None and self._gone_s >= self._limit_s - STAMP_S

    def update(self, now: Situation) -> Finding | None:
        """The absence that has lasted long enough to tell; not while the camera is to blame."""
        sample = now.sample
        if sample.face:
            self._gone_s = None
            return None
        if self._gone_s is None:
            self._since, self._gone_s = sample.t_s, 0.0
        else:
            self._gone_s += sample.dt_s
        if not self.elapsed or now.camera_bad:
            return None
        return Finding(
            kind=AlertKind.ABSENT,
            level=AlertLevel.ADVISORY,
            t_start_s=self._since,
            reason=f"no driver in view for {self._gone_s:.0f} s (limit {self._limit_s:g} s)",
            values={"unseen_s": self._gone_s, "limit_s": self._limit_s},
        )
