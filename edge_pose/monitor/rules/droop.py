"""Droop and slump: the head has sagged forward or to a side and stays there.

With open eyes a lowered head is a look down, which is judged as distraction, also if they were
seen wide open on the way down and are hidden there. Where no eye is measured the speed decides: a
gaze shift is quick, a sagging head is slow.
"""

from __future__ import annotations

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.monitor.sight.lids import Lids, Reading
from edge_pose.values import AlertKind, AlertLevel

_OPEN = (Reading.OPEN, Reading.AJAR)


class _Fall:
    """One way of sinking: how far, since when, how quickly it came about."""

    def __init__(self, threshold_deg: float, release: float, leaving: float) -> None:
        self._threshold = threshold_deg
        self._release = release
        self._leaving = leaving
        self.since: float | None = None
        self.is_down = False
        """Lower than where a sagged head counts as up again."""
        self.speed_deg_s = 0.0
        self._left: tuple[float, float] | None = None
        """Time and depth of the last sample that was not yet falling."""

    def update(self, t_s: float, depth_deg: float) -> None:
        if depth_deg <= self._leaving * self._threshold or self._left is None:
            self._left = (t_s, depth_deg)
        self.is_down = depth_deg >= self._release * self._threshold
        if not self.is_down:
            self.since = None
        elif self.since is None and depth_deg >= self._threshold:
            began_s, from_deg = self._left
            self.since = t_s
            self.speed_deg_s = (depth_deg - from_deg) / max(t_s - began_s, 1e-3)

    @property
    def began_s(self) -> float:
        """When the head left its place."""
        return self._left[0] if self._left else 0.0

    def lose(self) -> None:
        self.since = self._left = None
        self.is_down = False


class Droop:
    """Judges pitch below neutral and roll off the usual tilt."""

    def __init__(self, config: MonitorConfig) -> None:
        self._config = droop = config.droop
        self._misread_s, self._blink_s = config.lids.reopen_s, config.lids.blink_s
        self._forward = _Fall(droop.pitch_deg, droop.release, droop.leaving)
        self._sideways = _Fall(droop.roll_deg, droop.release, droop.leaving)
        self._tilt: float | None = None
        self._unseen_s = 0.0
        self._open_s = 0.0
        self._opened_at = float("-inf")
        """When wide open eyes were last seen under a sunk head, for long enough to believe it."""
        self._shut_s: float | None = None
        """Since when no open eye has been seen."""

    def update(self, now: Situation) -> Finding | None:
        """The droop or slump that is being held."""
        sample = now.sample
        if sample.off_pitch_deg is None or sample.roll_deg is None or not sample.certain:
            self._unseen_s += sample.dt_s
            if self._unseen_s > self._config.bridge_s:
                self._forward.lose()
                self._sideways.lose()
            return None
        self._unseen_s = 0.0
        lean = self._lean(sample, sample.roll_deg)
        self._forward.update(sample.t_s, -sample.off_pitch_deg)
        self._sideways.update(sample.t_s, lean)
        self._watch_eyes(now.lids, sample)
        if now.lids.reading in _OPEN or (now.lids.explained and not self._slow(self._forward)):
            return None
        shut = now.lids.reading is Reading.SHUT
        measured = shut and now.lids.shut_s >= self._blink_s
        forward = self._held(sample, measured, self._forward, "forward", -sample.off_pitch_deg)
        return forward or self._held(sample, measured, self._sideways, "to a side", lean)

    def _held(
        self, sample: Sample, measured: bool, fall: _Fall, way: str, depth_deg: float
    ) -> Finding | None:
        if fall.since is None or self._shut_s is None:
            return None
        held_s = sample.t_s - max(fall.since, self._shut_s)
        if held_s < self._config.hold_s:
            return None
        if not measured and (not self._slow(fall) or self._opened_at > fall.began_s):
            return None
        eyes = "eyes closed" if measured else "eyes not measured"
        return Finding(
            kind=AlertKind.DROOP,
            level=AlertLevel.WARNING,
            t_start_s=fall.began_s,
            reason=f"head sunk {way} by {depth_deg:.0f}° for {held_s:.1f} s, {eyes}",
            values={"depth_deg": depth_deg, "held_s": held_s, "speed_deg_s": fall.speed_deg_s},
        )

    def _watch_eyes(self, lids: Lids, sample: Sample) -> None:
        """Open eyes start the wait anew: a blink while looking down is no droop, and one misread
        frame does not wake a sleeper."""
        if lids.reading in _OPEN:
            self._open_s += sample.dt_s
            if self._open_s > self._misread_s:
                self._shut_s = None
                if self._is_sunk and self._is_wide(lids, sample):
                    self._opened_at = sample.t_s
            return
        self._open_s = 0.0
        if self._shut_s is None:
            self._shut_s = sample.t_s

    @property
    def _is_sunk(self) -> bool:
        """Before that, lids that sink with the head are still up: no sign of a look."""
        return self._forward.is_down or self._sideways.is_down

    def _is_wide(self, lids: Lids, sample: Sample) -> bool:
        return sample.eyes is None or sample.eyes >= self._config.wide * lids.level

    def _slow(self, fall: _Fall) -> bool:
        return fall.since is not None and fall.speed_deg_s <= self._config.slow_deg_s

    def _lean(self, sample: Sample, roll_deg: float) -> float:
        """How far the head is tilted from its usual tilt, which is learned slowly."""
        if self._tilt is None:
            self._tilt = roll_deg
        lean = abs(roll_deg - self._tilt)
        if lean < self._config.roll_deg / 2.0:
            self._tilt += min(1.0, sample.dt_s / self._config.tilt_memory_s) * (
                roll_deg - self._tilt
            )
        return lean
