"""Yawns: the mouth wide open for longer than speech or laughter hold it. A supporting cue."""

from __future__ import annotations

from edge_pose.config.fatigue import YawnConfig
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.values import AlertKind, AlertLevel


class Yawns:
    """Times a wide-open mouth."""

    def __init__(self, config: YawnConfig) -> None:
        self._config = config
        self._since: float | None = None
        self._dip_s = 0.0

    def update(self, sample: Sample) -> Finding | None:
        """The yawn that is under way; unmeasured mouths end one like closed ones do."""
        config = self._config
        if sample.mouth is not None and sample.mouth >= config.open_at:
            self._dip_s = 0.0
            if self._since is None:
                self._since = sample.t_s
        else:
            self._dip_s += sample.dt_s
            if self._dip_s >= config.dip_s - 1e-6:
                self._since = None
        if self._since is None or sample.t_s - self._since < config.hold_s:
            return None
        wide_s = sample.t_s - self._since
        return Finding(
            kind=AlertKind.YAWN,
            level=AlertLevel.ADVISORY,
            t_start_s=self._since,
            reason=f"mouth wide open for {wide_s:.1f} s (limit {config.hold_s:g} s)",
            values={"wide_s": wide_s, "limit_s": config.hold_s},
        )
