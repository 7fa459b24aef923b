"""Which findings belong to one story, and which word of it is the stronger.

What a driver does is one story at a time: a glance that becomes an absence, a microsleep that
becomes sleep. Nods, yawns and the drowsiness score are told beside it, and so is what concerns
the camera and the monitor itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from edge_pose.config.monitor import EpisodeConfig
from edge_pose.values import AlertKind, AlertLevel

STORY: Mapping[AlertKind, int] = {
    AlertKind.REPEATED: 1,
    AlertKind.GLANCE: 2,
    AlertKind.DOWN: 2,
    AlertKind.ABSENT: 3,
    AlertKind.MICROSLEEP: 4,
    AlertKind.DROOP: 5,
    AlertKind.SLEEP: 6,
    AlertKind.UNRESPONSIVE: 7,
}
"""The driver's story, each kind with its rank: a higher one takes the episode over."""

COLLAPSE = frozenset(
    {AlertKind.MICROSLEEP, AlertKind.DROOP, AlertKind.SLEEP, AlertKind.UNRESPONSIVE}
)
"""Faces of one collapse: each one reached is named in the episode, the strongest leads."""

FROM_ANGLES = frozenset(
    {AlertKind.GLANCE, AlertKind.REPEATED, AlertKind.DOWN, AlertKind.DROOP, AlertKind.NOD}
)
"""Kinds that are only as good as the neutral pose they are judged by."""

DISTRACTION = frozenset({AlertKind.GLANCE, AlertKind.REPEATED, AlertKind.DOWN})
"""Kinds that a standing car ends."""

CONDITIONS = frozenset({AlertKind.BLOCKED, AlertKind.CALIBRATING, AlertKind.LIMITED})
"""Kinds about the monitor, not the driver: they end with their cause."""

_URGENCY = {
    AlertKind.UNRESPONSIVE: 9,
    AlertKind.SLEEP: 8,
    AlertKind.MICROSLEEP: 7,
    AlertKind.DROOP: 6,
    AlertKind.DROWSY: 5,
    AlertKind.ABSENT: 4,
}


def slot(kind: AlertKind) -> AlertKind | None:
    """Findings with the same slot share an episode; None is the driver's one story."""
    return None if kind in STORY else kind


def rank(kind: AlertKind) -> int:
    """How strong a word this is within its story."""
    return STORY.get(kind, 0)


def urgency(kind: AlertKind, level: AlertLevel) -> tuple[int, int]:
    """Sorts open episodes: level first, then sleep before distraction before the rest."""
    return int(level), _URGENCY.get(kind, 3 if kind in DISTRACTION else 1)


def refractory_s(config: EpisodeConfig) -> Mapping[AlertKind, float]:
    """For how long after its end each kind is not told again."""
    return {
        AlertKind.NOD: config.nod_again_s,
        AlertKind.YAWN: config.yawn_again_s,
        AlertKind.DROWSY: config.drowsy_again_s,
        AlertKind.LIMITED: config.limited_again_s,
        AlertKind.BLOCKED: config.blocked_again_s,
    }
