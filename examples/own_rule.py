"""A rule of your own, as a plugin: a head held far to one side in a moving car is advised against.
Register it in your package's pyproject.toml:

    [project.entry-points."edge_pose.rules"]
    tilted = "own_rule:TiltedHead"

and switch it on in the config:

    [monitor]
    extra_rules = ["tilted"]
"""

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Finding
from edge_pose.values import AlertKind, AlertLevel

LIMIT_DEG, HELD_S = 20.0, 5.0


class TiltedHead:
    """Counts how long the head has been tilted; seconds, never frames."""

    def __init__(self, _config: MonitorConfig) -> None:
        self._since_s: float | None = None

    def update(self, now: Situation) -> Finding | None:
        roll_deg = now.sample.roll_deg
        if roll_deg is None or abs(roll_deg) < LIMIT_DEG or now.sample.standstill:
            self._since_s = None
            return None
        self._since_s = now.sample.t_s if self._since_s is None else self._since_s
        held_s = now.sample.t_s - self._since_s
        if held_s < HELD_S:
            return None
        return Finding(
            kind=AlertKind.DROOP,
            level=AlertLevel.ADVISORY,
            t_start_s=self._since_s,
            reason=f"head tilted by {abs(roll_deg):.0f}° for {held_s:.0f} s",
        )
