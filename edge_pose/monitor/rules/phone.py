"""The pattern of a phone: long and repeated looks at one low place. No hand need be seen."""

from __future__ import annotations

from collections import deque

from edge_pose.config.attention import GlanceConfig
from edge_pose.monitor.rules.situation import Situation


class LowPlaces:
    """Remembers the last looks at something low: when, where, how long."""

    def __init__(self, config: GlanceConfig) -> None:
        self._config = config
        self._looks: deque[tuple[float, float, float]] = deque(maxlen=16)
        self._yaw = self._pitch = self._seconds = 0.0

    def update(self, now: Situation) -> bool:
        """True while the present look goes where several long ones went before."""
        sample = now.sample
        by_eyes = now.sight.by_eyes
        yaw = sample.sight_yaw_deg if by_eyes else sample.off_yaw_deg
        pitch = sample.sight_pitch_deg if by_eyes else sample.off_pitch_deg
        if not now.sight.down:
            self._end(sample.t_s)
            return False
        if yaw is None or pitch is None:
            return self._is_usual(sample.t_s)
        self._seconds += sample.dt_s
        share = min(1.0, sample.dt_s / max(self._seconds, 1e-3))
        self._yaw += share * (yaw - self._yaw)
        self._pitch += share * (pitch - self._pitch)
        return self._is_usual(sample.t_s)

    def _is_usual(self, t_s: float) -> bool:
        config = self._config
        same = sum(
            t_s - ended <= config.phone_within_s
            and max(abs(yaw - self._yaw), abs(pitch - self._pitch)) <= config.phone_place_deg
            for ended, yaw, pitch in self._looks
        )
        return same >= config.phone_looks

    def _end(self, t_s: float) -> None:
        if self._seconds >= self._config.phone_look_s:
            self._looks.append((t_s, self._yaw, self._pitch))
        self._seconds = self._yaw = self._pitch = 0.0
