"""Which findings belong to one story, and which word of it is the stronger.

What a driver does is one story at a time: a glance that becomes an absence, a microsleep that
becomes sleep. Nods, yawns and the drowsiness score are told beside it, and so is what concerns
the camera and the monitor itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from edge_pose.config.monitor import EpisodeConfig
from edge_pose.kinds import FACTS, AlertKind, kinds_where

STORY = frozenset(kind for kind, facts in FACTS.items() if facts.story)
"""The driver's one story."""

COLLAPSE = kinds_where("collapse")
"""Faces of one collapse: each one reached is named in the episode, the strongest leads."""

CLOSURES = kinds_where("closure")
"""Eyes that are shut: attention is believed only from eyes seen open (Euro NCAP: 2 s)."""

FROM_ANGLES = kinds_where("from_angles")
"""Kinds that are only as good as the neutral pose they are judged by."""

ENDS_AT_STANDSTILL = kinds_where("ends_at_standstill")

CONDITIONS = kinds_where("condition")
"""Kinds about the monitor, not the driver: they end with their cause."""


def slot(kind: AlertKind) -> AlertKind | None:
    """Findings with the same slot share an episode; None is the driver's one story."""
    return None if kind in STORY else kind


def rank(kind: AlertKind) -> int:
    """How strong a word this is within its story."""
    return FACTS[kind].story


def refractory_s(config: EpisodeConfig) -> Mapping[AlertKind, float]:
    """For how long after its end each kind is not told again."""
    return {
        AlertKind.NOD: config.nod_again_s,
        AlertKind.YAWN: config.yawn_again_s,
        AlertKind.DROWSY: config.drowsy_again_s,
        AlertKind.LIMITED: config.limited_again_s,
        AlertKind.BLOCKED: config.blocked_again_s,
    }
