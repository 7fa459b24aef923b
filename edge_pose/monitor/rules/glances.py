"""One long glance, and a look down.

A short look at the road does not reset a glance: its timer runs on, as EU 2023/2590 asks. Each
timer keeps the moment at which its glance began.
"""

from __future__ import annotations

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.rules.phone import LowPlaces
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.rules.timer import Timer
from edge_pose.monitor.rules.wording import angles, where
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.values import AlertKind, AlertLevel

_STALE_S = 2.0  # after a hole so long a glance begins anew


class LongGlance:
    """One glance to a side or up, perhaps down in between, that lasts too long."""

    def __init__(self, config: MonitorConfig) -> None:
        self._config = config.glances
        self._timer = Timer(config.glances.road_s)
        self._aside_s = 0.0

    def update(self, now: Situation) -> Finding | None:
        """The glance that is too long by now; one that only goes down has its own rule."""
        timer, limit, sample = self._timer, self._config.long_s, now.sample
        if sample.slow or sample.hole_s >= _STALE_S:
            timer.reset()
            return None
        timer.update(now.sight.off_road, sample.t_s, sample.dt_s)
        if timer.seconds == 0.0:
            self._aside_s = 0.0
        elif now.sight.away:
            self._aside_s += sample.dt_s
        if not timer.reached(limit) or self._aside_s < self._config.aside_s:
            return None
        return Finding(
            kind=AlertKind.GLANCE,
            level=AlertLevel.WARNING,
            t_start_s=timer.since,
            reason=f"looking away for {timer.seconds:.1f} s (limit {limit:g} s): {where(now)}",
            values={"away_s": timer.seconds, "limit_s": limit, **angles(now)},
        )


class LookDown:
    """Looking at something low for too long; how long is too long depends on the speed."""

    def __init__(self, config: MonitorConfig) -> None:
        self._config = config.glances
        self._timer = Timer(config.glances.road_s)
        self._places = LowPlaces(config.glances)

    def update(self, now: Situation) -> Finding | None:
        """The look down that is too long by now."""
        timer, sample = self._timer, now.sample
        if sample.slow or sample.hole_s >= _STALE_S:
            timer.reset()
            return None
        timer.update(now.sight.down, sample.t_s, sample.dt_s)
        phone = self._places.update(now)
        limit = self._limit_s(sample)
        if not timer.reached(limit):
            return None
        like = ", again and again at one place, as at a phone" if phone else ""
        return Finding(
            kind=AlertKind.DOWN,
            level=AlertLevel.WARNING,
            t_start_s=timer.since,
            reason=f"looking down for {timer.seconds:.1f} s (limit {limit:g} s): "
            f"{where(now)}{like}",
            values={"down_s": timer.seconds, "limit_s": limit, **angles(now)},
        )

    def _limit_s(self, sample: Sample) -> float:
        config = self._config
        slow = sample.speed_kmh is not None and sample.speed_kmh < config.speed_kmh
        return config.down_slow_s if slow else config.down_s
