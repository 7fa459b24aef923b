"""Long eye closures: one closure grows from microsleep over sleep to an unresponsive driver.

Source: Euro NCAP Driver Engagement v1.1 (microsleep 1–2 s, sleep ≥ 3 s, unresponsive ≥ 6 s).
"""

from __future__ import annotations

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.durations import SUM_S
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Finding
from edge_pose.values import AlertKind, AlertLevel


class Closures:
    """Names the closure under way by how long it has lasted."""

    def __init__(self, config: MonitorConfig) -> None:
        closures = config.closures
        self._steps = (
            (closures.unresponsive_s, AlertKind.UNRESPONSIVE, AlertLevel.CRITICAL),
            (closures.sleep_s, AlertKind.SLEEP, AlertLevel.CRITICAL),
            (closures.microsleep_s, AlertKind.MICROSLEEP, AlertLevel.WARNING),
        )

    def update(self, now: Situation) -> Finding | None:
        """What the present closure has become; a look down is none."""
        lids = now.lids
        if lids.since is None or lids.explained:
            return None
        for limit_s, kind, level in self._steps:
            if lids.shut_s >= limit_s - SUM_S:
                return Finding(
                    kind=kind,
                    level=level,
                    t_start_s=lids.since,
                    reason=f"eyes closed for {lids.shut_s:.1f} s (limit {limit_s:g} s)",
                    values={"closed_s": lids.shut_s, "limit_s": limit_s},
                )
        return None
