"""Episodes that were open when the measuring part failed: they stay open until the new one has had
time to judge, and then end once, so that no alarm stops just because the program restarted.

What was wrong with the driver ends only with a driver who is seen to be well again: of one who has
slumped out of view the new part knows nothing, and its first seconds are no proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from edge_pose.kinds import FACTS, urgency
from edge_pose.values import Alert, AlertPhase, CameraCondition, DriverState

JUDGING_S = 5.0
"""Sleep is told after 3 s; by then the new one has found what it will find."""
UNSEEN_S = 10.0
"""… where the eyes cannot be seen (as ``episodes.unseen_attention_s``)."""
_LONGEST_S = 1.0
"""One state stands for no more."""


class CarriedEpisodes:
    """Follows every alert; ``restart`` when a new monitor begins."""

    def __init__(self) -> None:
        self._open: dict[int, Alert] = {}
        self._carried: dict[int, Alert] = {}
        self._start_over()

    def _start_over(self) -> None:
        self._last_s: float | None = None
        self._judged_s = self._attentive_s = self._awake_s = 0.0

    @property
    def open(self) -> tuple[Alert, ...]:
        """The latest word on all that stand now."""
        return (*self._carried.values(), *self._open.values())

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
        self._start_over()

    def due(self, state: DriverState) -> list[Alert]:
        """The ends to tell at this state."""
        if not self._carried:
            return []
        self._count(state)
        over = [alert for alert in self._carried.values() if self._is_over(alert, state)]
        for alert in over:
            del self._carried[alert.id]
        t_s = state.t_s
        return [replace(alert, phase=AlertPhase.END, t_s=t_s, t_end_s=t_s) for alert in over]

    def _count(self, state: DriverState) -> None:
        last_s, self._last_s = self._last_s, state.t_s
        passed_s = 0.0 if last_s is None else min(_LONGEST_S, max(0.0, state.t_s - last_s))
        self._judged_s += passed_s
        seen = state.face and state.camera is CameraCondition.OK
        if seen and not state.distracted and state.lids != "closed":
            self._attentive_s += passed_s
            self._awake_s += passed_s if state.lids == "open" else 0.0

    def _is_over(self, alert: Alert, state: DriverState) -> bool:
        facts = FACTS[alert.kind]
        if not facts.story or not state.enabled:
            return self._judged_s >= JUDGING_S or not state.enabled
        if facts.closure:
            return self._awake_s >= JUDGING_S or self._attentive_s >= UNSEEN_S
        return self._attentive_s >= JUDGING_S

    def shown(self, state: DriverState) -> DriverState:
        """The state with the carried episodes still among its open ones."""
        if not self._carried:
            return state
        both = [*state.episodes, *self._carried.values()]
        return replace(
            state,
            episodes=tuple(sorted(both, key=lambda a: urgency(a.kind, a.level), reverse=True)),
        )
