"""Yawns: the mouth wide open for longer than speech, song or laughter hold it. A supporting cue.

A yawn opens the mouth slowly and narrows the eyes (Provine 1986): with that shape it is told
early, without it only when it has lasted as long as no vowel does.
"""

from __future__ import annotations

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.durations import SUM_S
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Finding
from edge_pose.values import AlertKind, AlertLevel


class Yawns:
    """Times a wide-open mouth."""

    def __init__(self, config: MonitorConfig) -> None:
        self._config = config.yawns
        self._since: float | None = None
        self._left: float | None = None
        """When the mouth was last nearly closed."""
        self._wide: float | None = None
        self._dip_s = 0.0
        self._narrow_s = self._eyes_s = 0.0

    def update(self, now: Situation) -> Finding | None:
        """The yawn that is under way; unmeasured mouths end one like closed ones do."""
        config, sample = self._config, now.sample
        mouth = sample.mouth
        if mouth is not None and mouth >= config.open_at:
            self._dip_s = 0.0
            if self._since is None:
                self._since, self._wide = sample.t_s, None
                self._narrow_s = self._eyes_s = 0.0
            if self._wide is None and mouth >= config.wide_at:
                self._wide = sample.t_s
        else:
            self._dip_s += sample.dt_s
            if self._dip_s >= config.dip_s - SUM_S:
                self._since = None
            if mouth is not None and mouth <= config.shut_at:
                self._left = sample.t_s
        if self._since is None:
            return None
        self._watch_eyes(now)
        wide_s = sample.t_s - self._since
        limit_s = config.shaped_s if self._has_shape() else config.hold_s
        if wide_s < limit_s - SUM_S:
            return None
        return Finding(
            kind=AlertKind.YAWN,
            level=AlertLevel.ADVISORY,
            t_start_s=self._since,
            reason=f"mouth wide open for {wide_s:.1f} s (limit {limit_s:g} s)",
            values={"wide_s": wide_s, "limit_s": limit_s},
        )

    def _has_shape(self) -> bool:
        """Opened slowly and wide, the eyes narrowed where they are measured."""
        config = self._config
        if self._left is None or self._wide is None:
            return False
        slow = self._wide - self._left >= config.rise_s - SUM_S
        return slow and (self._eyes_s == 0.0 or self._narrow_s >= 0.5 * self._eyes_s)

    def _watch_eyes(self, now: Situation) -> None:
        eyes = now.sample.eyes
        if eyes is not None:
            self._eyes_s += now.sample.dt_s
            if eyes <= self._config.eyes_at * now.lids.level:
                self._narrow_s += now.sample.dt_s
