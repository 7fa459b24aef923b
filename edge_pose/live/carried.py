"""Episodes that were open when the measuring part failed: they stay open until the new one has had
time to judge, and then end once, so that no alarm stops just because the program restarted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from edge_pose.values import Alert, AlertPhase, DriverState

JUDGING_S = 5.0
"""Sleep is told after 3 s; by then the new one has found what it will find."""


class CarriedEpisodes:
    """Follows every alert; ``restart`` when a new monitor begins."""

    def __init__(self) -> None:
        self._open: dict[int, Alert] = {}
        self._carried: dict[int, Alert] = {}
        self._since_s: float | None = None

    def follow(self, alerts: Sequence[Alert]) -> None:
        for alert in alerts:
            if alert.phase is AlertPhase.END:
                self._open.pop(alert.id, None)
            else:
                self._open[alert.id] = alert

    def restart(self) -> None:
        """What is open now was another monitor's."""
        self._carried.update(self._open)
        self._open.clear()
        self._since_s = None

    def due(self, t_s: float) -> list[Alert]:
        """The ends to tell at this moment of the frame clock."""
        if not self._carried:
            return []
        if self._since_s is None or t_s < self._since_s:
            self._since_s = t_s
        if t_s - self._since_s < JUDGING_S:
            return []
        ended = [
            replace(alert, phase=AlertPhase.END, t_s=t_s, t_end_s=t_s)
            for alert in self._carried.values()
        ]
        self._carried.clear()
        return ended

    def shown(self, state: DriverState) -> DriverState:
        """The state with the carried episodes still among its open ones."""
        if not self._carried:
            return state
        both = [*state.episodes, *self._carried.values()]
        return replace(state, episodes=tuple(sorted(both, key=lambda a: -a.level)))
