"""Where the head points: on the road, away, down; or, with the face lost, where it was going.

A face that is lost while the head turns away or down belongs to a driver who looks away, until
the absence timer says otherwise. Hysteresis keeps noise at a threshold from chattering.
"""

from __future__ import annotations

from edge_pose.config.monitor import GazeConfig
from edge_pose.monitor.sample import Sample
from edge_pose.monitor.sight.heading import Heading
from edge_pose.monitor.sight.sight import Sight, make_sight


class HeadJudge:
    """Turns samples into ``Sight`` by the head alone."""

    def __init__(self, config: GazeConfig, hold_s: float) -> None:
        self._config = config
        self._hold_s = hold_s
        self._away = self._down = False
        self._unseen_s = 0.0
        self._heading = Heading()

    def update(self, sample: Sample, *, confirmed: bool, closed: bool, eyes_down: bool) -> Sight:
        """``closed``: the eyes are shut; ``eyes_down``: the lids are down because the driver
        looks down."""
        yaw, pitch = sample.off_yaw_deg, sample.off_pitch_deg
        if not sample.face or yaw is None or pitch is None:
            known = sample.face and sample.certain and sample.yaw_deg is not None
            return self._unseen(sample, closed) if not known else self._unjudged(closed)
        if not sample.certain:
            return self._unseen(sample, closed)
        self._unseen_s = 0.0
        self._heading.follow(sample.t_s, yaw, pitch)
        self._judge(yaw, pitch, confirmed)
        down = self._down or eyes_down
        return make_sight(seen=True, away=self._away, down=down, eyes_closed=closed)

    def _unjudged(self, closed: bool) -> Sight:
        """The head is seen, but no neutral pose is known to judge it by."""
        self._away = self._down = False
        return make_sight(seen=True, eyes_closed=closed)

    def _judge(self, yaw: float, pitch: float, confirmed: bool) -> None:
        """Aside and down add up: half of each limit and more at once is off the road, too."""
        config = self._config
        low_deg = config.down_deg if confirmed else config.down_uncalibrated_deg
        aside = abs(yaw) / config.yaw_deg
        low = max(0.0, -pitch) / low_deg
        limit = config.hysteresis if self._away or self._down else 1.0
        up = pitch > config.up_deg * (config.hysteresis if self._away else 1.0)
        off = aside * aside + low * low > limit * limit
        self._down = off and (low > limit or low > aside)
        self._away = up or (off and (aside > limit or not self._down))

    def _unseen(self, sample: Sample, closed: bool) -> Sight:
        if self._unseen_s == 0.0:
            self._project()
        self._unseen_s += sample.dt_s
        held = (self._away or self._down) and self._unseen_s < self._hold_s
        if not held:
            self._away = self._down = False
        return make_sight(
            seen=False, away=self._away, down=self._down, held=held, eyes_closed=closed
        )

    def _project(self) -> None:
        """At the moment of loss: would the head, turning on, have left the road?"""
        ahead = self._heading.ahead(self._config.projection_s)
        if ahead is None:
            return
        self._away |= abs(ahead[0]) > self._config.yaw_deg
        self._down |= ahead[1] < -self._config.down_deg
        self._heading.forget()
