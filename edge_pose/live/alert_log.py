"""Each alert as a line of the log, at the priority that its level deserves."""

from __future__ import annotations

import logging

from edge_pose.kinds import FACTS
from edge_pose.values import Alert, AlertLevel, AlertPhase, Scene

log = logging.getLogger("edge_pose.alert")

_PRIORITY = {
    AlertLevel.ADVISORY: logging.INFO,
    AlertLevel.WARNING: logging.WARNING,
    AlertLevel.CRITICAL: logging.CRITICAL,
}


class AlertLog:
    """An outlet of the inference stage. An end is told with how long it lasted; silent kinds (the
    monitor is learning) as mere information; rules on trial not at all."""

    def scene(self, scene: Scene) -> None:
        """Alerts alone are told."""

    def alert(self, alert: Alert) -> None:
        if alert.shadow:
            return
        told = f"{alert.level.label} {alert.kind}: {alert.reason}"
        if alert.phase is AlertPhase.END:
            lasted_s = (alert.t_end_s or alert.t_s) - alert.t_start_s
            log.info("ended after %.1f s: %s", lasted_s, told)
        else:
            silent = FACTS[alert.kind].silent
            log.log(logging.INFO if silent else _PRIORITY[alert.level], "ALERT %s", told)
