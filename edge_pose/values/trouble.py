"""What is wrong with the camera or the program itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from edge_pose.kinds import AlertKind
from edge_pose.values.alert import AlertLevel


class CameraCondition(StrEnum):
    """Whether the camera lets anything be judged."""

    OK = "ok"
    LOST = "lost"
    """It delivers no frames."""
    FROZEN = "frozen"
    """It delivers the same frame again and again."""
    BLOCKED = "blocked"
    """Covered, dark or blinded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that the program finds wrong with itself: the monitor tells it as an episode of
    ``kind`` while it is listed. ``lasted_s``: for how long it has been so. ``topic``: which of
    several causes of one kind is the newest; ``beside``: those that were there before it."""

    kind: AlertKind
    reason: str
    lasted_s: float = 0.0
    level: AlertLevel = AlertLevel.ADVISORY
    values: Mapping[str, float] = field(default_factory=dict)
    topic: str = ""
    beside: tuple[str, ...] = ()
