"""Where a head or a line of sight was going when it was lost from view."""

from __future__ import annotations

import math
from collections import deque

_TREND_S = 0.15  # speed is taken over at least so long, or noise would be speed
_TRACK_S = 0.6  # … and at most


class Heading:
    """Follows a direction, in degrees off the road."""

    def __init__(self) -> None:
        self._track: deque[tuple[float, float, float]] = deque(maxlen=64)

    def follow(self, t_s: float, yaw_deg: float, pitch_deg: float) -> None:
        """It is here now."""
        track = self._track
        track.append((t_s, yaw_deg, pitch_deg))
        while t_s - track[0][0] > _TRACK_S:
            track.popleft()

    def forget(self) -> None:
        """What comes next is a new movement."""
        self._track.clear()

    def ahead(self, seconds: float, least_deg_s: float = 0.0) -> tuple[float, float] | None:
        """(yaw, pitch) where it would be so much later, going on as it did, if it was so quick; on
        its way back it goes no further than to the road. None if it was never seen."""
        if not self._track:
            return None
        t_s, yaw, pitch = self._track[-1]
        for then_s, then_yaw, then_pitch in reversed(self._track):
            if t_s - then_s < _TREND_S:
                continue
            moved = math.hypot(yaw - then_yaw, pitch - then_pitch)
            if moved < least_deg_s * (t_s - then_s):
                break
            share = seconds / (t_s - then_s)
            if math.hypot(then_yaw, then_pitch) > math.hypot(yaw, pitch):
                share = min(share, _way_left(yaw, pitch, then_yaw, then_pitch))
            return yaw + share * (yaw - then_yaw), pitch + share * (pitch - then_pitch)
        return yaw, pitch


def _way_left(yaw: float, pitch: float, then_yaw: float, then_pitch: float) -> float:
    """How many such steps it is to where the movement comes nearest to the road's middle."""
    step_yaw, step_pitch = yaw - then_yaw, pitch - then_pitch
    square = step_yaw * step_yaw + step_pitch * step_pitch
    return max(0.0, -(yaw * step_yaw + pitch * step_pitch) / square) if square > 0.0 else 0.0
