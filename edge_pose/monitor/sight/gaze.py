"""Where the head points: on the road, away, down; or, with the face lost, where it was going.

A face that is lost while the head turns away or down belongs to a driver who looks away, until
the absence timer says otherwise. Hysteresis keeps noise at a threshold from chattering.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import lru_cache

from edge_pose.config.monitor import GazeConfig
from edge_pose.monitor.sample import Sample

_TREND_S = 0.15  # speed is taken over at least so long, or noise would be speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaze:
    """The head's direction now."""

    seen: bool
    """Told by a certain pose of the driver's face; else held over from before, or unknown."""
    away: bool = False
    """Turned to a side or up."""
    down: bool = False
    eyes_closed: bool = False
    held: bool = False
    """The face was lost while the head was away or on its way there."""

    @property
    def off_road(self) -> bool:
        return self.away or self.down

    @property
    def attentive(self) -> bool:
        """Seen, on the road, eyes not closed."""
        return self.seen and not (self.away or self.down or self.eyes_closed)


# There are few of them and one is needed at every observation: each is made once.
_gaze = lru_cache(maxsize=32)(Gaze)


class GazeJudge:
    """Turns samples into ``Gaze``."""

    def __init__(self, config: GazeConfig, hold_s: float) -> None:
        self._config = config
        self._hold_s = hold_s
        self._away = self._down = False
        self._unseen_s = 0.0
        self._track: deque[tuple[float, float, float]] = deque(maxlen=16)

    def update(self, sample: Sample, *, confirmed: bool, eyes_down: bool = False) -> Gaze:
        """``eyes_down``: the lids are down because the driver looks down."""
        closed = sample.eyes is not None and sample.eyes <= self._config.closed_at
        yaw, pitch = sample.off_yaw_deg, sample.off_pitch_deg
        if not sample.face or yaw is None or pitch is None:
            known = sample.face and sample.certain and sample.yaw_deg is not None
            return self._unseen(sample, closed) if not known else self._unjudged(closed)
        if not sample.certain:
            return self._unseen(sample, closed)
        self._unseen_s = 0.0
        self._track.append((sample.t_s, yaw, pitch))
        self._judge(yaw, pitch, confirmed)
        down = self._down or eyes_down
        return _gaze(seen=True, away=self._away, down=down, eyes_closed=closed and not eyes_down)

    def _unjudged(self, closed: bool) -> Gaze:
        """The head is seen, but no neutral pose is known to judge it by."""
        self._away = self._down = False
        return _gaze(seen=True, eyes_closed=closed)

    def _judge(self, yaw: float, pitch: float, confirmed: bool) -> None:
        config = self._config
        back = config.hysteresis
        side = config.yaw_deg * (back if self._away else 1.0)
        up = config.up_deg * (back if self._away else 1.0)
        limit = config.down_deg if confirmed else config.down_uncalibrated_deg
        self._away = abs(yaw) > side or pitch > up
        self._down = pitch < -limit * (back if self._down else 1.0)

    def _unseen(self, sample: Sample, closed: bool) -> Gaze:
        if self._unseen_s == 0.0:
            self._project()
        self._unseen_s += sample.dt_s
        held = (self._away or self._down) and self._unseen_s < self._hold_s
        if not held:
            self._away = self._down = False
        return _gaze(
            seen=False, away=self._away, down=self._down, held=held, eyes_closed=closed and not held
        )

    def _project(self) -> None:
        """At the moment of loss: would the head, turning on, have left the road?"""
        if not self._track:
            return
        t, yaw, pitch = self._track[-1]
        for then, then_yaw, then_pitch in reversed(self._track):
            if t - then >= _TREND_S:
                ahead = self._config.projection_s / (t - then)
                self._away |= abs(yaw + ahead * (yaw - then_yaw)) > self._config.yaw_deg
                self._down |= pitch + ahead * (pitch - then_pitch) < -self._config.down_deg
                break
        self._track.clear()
