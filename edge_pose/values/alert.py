"""What the monitor tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from edge_pose.kinds import AlertKind


class AlertLevel(IntEnum):
    """How urgent; ordered."""

    ADVISORY = 1
    WARNING = 2
    CRITICAL = 3

    @property
    def label(self) -> str:
        return self.name.lower()


class AlertPhase(StrEnum):
    """Which turn of its episode an alert tells."""

    NEW = "new"
    UPDATE = "update"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeStep:
    """When an episode first reached this kind or level."""

    t_s: float
    kind: AlertKind
    level: AlertLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One transition of an episode, with the whole episode so far: enough to tell its story.

    ``t_start_s``: when the behaviour began; ``t_alert_s``: when the alert was raised;
    ``t_s``: when this transition happened; ``kinds``: every kind the episode went through.
    ``level`` is the highest reached. An episode that has ended may open again (``UPDATE`` with the
    same id): several criticals close together are one story.
    """

    id: int
    kind: AlertKind
    level: AlertLevel
    phase: AlertPhase
    t_s: float
    t_start_s: float
    t_alert_s: float
    t_end_s: float | None
    reason: str
    values: Mapping[str, float] = field(default_factory=dict)
    kinds: tuple[AlertKind, ...] = ()
    steps: tuple[EpisodeStep, ...] = ()
    """When each kind and level was reached, in order."""
    shadow: bool = False
    """Found by a rule on trial: stored and reported, and told to no one."""
