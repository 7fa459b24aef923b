"""How the head came to the pose that it holds: by a turn or creeping, with a look or the road."""

from __future__ import annotations

from edge_pose.config.monitor import NeutralConfig
from edge_pose.monitor.neutral.candidates import Candidate
from edge_pose.monitor.smoothing import share

_BEFORE_S = 1.0  # memory of where the head just was: what comes from far off is a step


class Turns:
    """Follows one direction."""

    def __init__(self, config: NeutralConfig) -> None:
        self._config = config
        self._before: tuple[float, float] | None = None
        self._last: tuple[float, float] | None = None
        self._at: Candidate | None = None
        self._quick = False

    def is_far(self, yaw_deg: float, pitch_deg: float) -> bool:
        """The head came here by a turn, not by creeping."""
        if self._before is None:
            return True
        yaw, pitch = self._before
        return max(abs(yaw_deg - yaw), abs(pitch_deg - pitch)) > self._config.still_deg / 2.0

    def follow(self, at: Candidate, yaw_deg: float, pitch_deg: float, dt_s: float) -> bool:
        """Whether the head came to the pose that this belongs to quickly, as in a look, and not
        with the road."""
        last_yaw, last_pitch = self._last or (yaw_deg, pitch_deg)
        moved = max(abs(yaw_deg - last_yaw), abs(pitch_deg - last_pitch))
        if moved > self._config.turn_deg_s * dt_s:
            self._quick = True
        elif at is not self._at:
            self._quick = False
        self._last, self._at = (yaw_deg, pitch_deg), at
        yaw, pitch = self._before or (yaw_deg, pitch_deg)
        part = share(dt_s, _BEFORE_S)
        self._before = (yaw + part * (yaw_deg - yaw), pitch + part * (pitch_deg - pitch))
        return self._quick
