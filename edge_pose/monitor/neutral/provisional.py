"""While the neutral pose is not confirmed: that is told, and head angles advise at most."""

from __future__ import annotations

from dataclasses import replace

from edge_pose.monitor.episodes.stories import FROM_ANGLES
from edge_pose.monitor.neutral.learning import Neutral
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.values import AlertKind, AlertLevel


def calibrating(neutral: Neutral, sample: Sample) -> Finding:
    """That the neutral pose is still being learned, and how far that has come."""
    return Finding(
        kind=AlertKind.CALIBRATING,
        level=AlertLevel.ADVISORY,
        t_start_s=sample.t_s,
        reason=_words(neutral),
        values={"progress": neutral.progress},
        topic="knocked" if neutral.knocked else "",
    )


def _words(neutral: Neutral) -> str:
    if neutral.knocked:
        return "the camera was moved: its new place is being learned"
    if neutral.pose is not None:
        return "neutral pose provisional, being confirmed"
    return "learning the neutral pose: look at the road"


def capped(finding: Finding) -> Finding:
    """What a head angle off an unconfirmed neutral pose may be told as."""
    if finding.kind in FROM_ANGLES and finding.level > AlertLevel.ADVISORY:
        return replace(finding, level=AlertLevel.ADVISORY)
    return finding
