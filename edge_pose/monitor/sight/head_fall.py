"""What the head did as the lids fell: it explains them, follows them, or went before them.

Who looks down or aside moves the head of his own accord: quickly with the lids, or before them,
with open eyes. Who falls asleep shuts the lids first, and the neck follows.
"""

from __future__ import annotations

from collections import deque

from edge_pose.config.lids import LidsConfig
from edge_pose.monitor.sample import Sample
from edge_pose.monitor.smoothing import share

_TURN_S = 0.35  # a fast drop of the head is looked for over so long
_BEFORE_S = 0.75  # memory of where the head just was
_ASIDE_DEG = 35.0  # a head turned so far has not sunk
_LOST_SHARE = 0.6  # of the sinking shows before a face is lost altogether
_NEVER = float("-inf")


class HeadFall:
    """Follows the pitch; told when a closure begins and while it lasts."""

    def __init__(self, config: LidsConfig) -> None:
        self._config = config
        self._track: deque[tuple[float, float]] = deque(maxlen=24)
        self._before: float | None = None
        self._now: float | None = None
        self.dropped_at = _NEVER
        """When the head last went down as quickly as in a look."""
        self.led = False
        """It was on its way down before the lids fell: that was no sleep."""

    def forget(self) -> None:
        """Monitoring was off."""
        self._track.clear()
        self.dropped_at = _NEVER
        self.led = False

    def begin(self) -> None:
        """The lids have fallen."""
        self.led = self._depth_deg >= self._config.led_deg

    def follow(self, sample: Sample, *, closing: bool) -> None:
        """Where the head is, where it was before the closure under way, and its quick drops."""
        pitch = sample.pitch_deg
        if pitch is None or not sample.certain:
            return
        if not closing:
            last = pitch if self._before is None else self._before
            self._before = last + share(sample.dt_s, _BEFORE_S) * (pitch - last)
        self._now = pitch
        track, config = self._track, self._config
        while track and sample.t_s - track[0][0] > _TURN_S:
            track.popleft()
        if track and self._depth_deg >= config.glance_deg / 2.0:
            then, was = max(track, key=lambda place: place[1])
            drop = was - pitch
            if drop >= config.glance_deg and drop >= config.glance_deg_s * (sample.t_s - then):
                self.dropped_at = sample.t_s
        track.append((sample.t_s, pitch))

    @property
    def _depth_deg(self) -> float:
        """How far the head is below where it was before the lids fell."""
        return 0.0 if self._before is None or self._now is None else self._before - self._now

    @property
    def is_up(self) -> bool:
        """Not down, or up again."""
        return self._depth_deg < self._config.glance_deg / 2.0

    def is_sunk(self, sample: Sample) -> bool:
        """Lower than when the lids fell; a lost face counts as it was last seen."""
        if sample.off_yaw_deg is not None and abs(sample.off_yaw_deg) > _ASIDE_DEG:
            return False
        return self._depth_deg >= self._config.sunk_deg * (1.0 if sample.face else _LOST_SHARE)
