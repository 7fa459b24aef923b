"""Where a driver looked, in one line."""

from __future__ import annotations

from edge_pose.plural import counted
from edge_pose.values import SightStatistics

_MOST_REGIONS = 5


def looks(told: SightStatistics) -> str:
    """The regions looked at most, and the looks away from the road; empty where none was seen."""
    if not told.shares:
        return ""
    most = sorted(told.shares.items(), key=lambda item: (-item[1], item[0]))[:_MOST_REGIONS]
    regions = ", ".join(f"{name} {100.0 * share:.0f} %" for name, share in most)
    away = counted(told.glances, "look away", "looks away")
    if told.mean_glance_s is not None:
        away += (
            f", {told.mean_glance_s:.1f} s on average, {told.longest_glance_s:.1f} s the longest"
        )
    return f"sight: {regions}; {away}"
