"""How rules on trial compare with what was really told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from edge_pose.kinds import FACTS
from edge_pose.values import Alert

_NEAR_S = 2.0  # told so shortly before or after, it is the same


@dataclass(slots=True)
class Agreement:
    """Episodes of one kind on trial."""

    both: int = 0
    """Something of the same family was really told at that time."""
    alone: int = 0

    def __str__(self) -> str:
        return f"{self.both} beside an alert of its family, {self.alone} alone"


def agreement(episodes: Iterable[Alert]) -> dict[str, Agreement]:
    """By kind; ``episodes``: the last word on each, real ones and trials together."""
    listed = list(episodes)
    real = [alert for alert in listed if not alert.shadow]
    found: dict[str, Agreement] = {}
    for trial in (alert for alert in listed if alert.shadow):
        counts = found.setdefault(str(trial.kind), Agreement())
        if any(_same(trial, alert) for alert in real):
            counts.both += 1
        else:
            counts.alone += 1
    return found


def _same(trial: Alert, alert: Alert) -> bool:
    if FACTS[trial.kind].family is not FACTS[alert.kind].family:
        return False
    trial_end, alert_end = (a.t_end_s if a.t_end_s is not None else a.t_s for a in (trial, alert))
    return alert.t_start_s <= trial_end + _NEAR_S and trial.t_start_s <= alert_end + _NEAR_S
