"""The driver's road-ahead pose: learned from what is held still, confirmed, then kept up slowly.

Nothing here asks whether the driver is "distracted": before a neutral pose is known there is no
zero to be distracted from. The pose held still most is the road ahead, wherever the camera stands.
"""

from __future__ import annotations

from edge_pose.config.monitor import NeutralConfig
from edge_pose.monitor.candidates import Candidate, Candidates
from edge_pose.monitor.smoothing import share
from edge_pose.values import NeutralPose

_ROUNDING = 1e-6


class Neutral:
    """Learns from smoothed, certain poses of the driver while driving."""

    def __init__(self, config: NeutralConfig, known: NeutralPose | None = None) -> None:
        self._config = config
        self._candidates = Candidates(config)
        self._base = self.pose = known
        self._near_s = config.confirmed_s if known is not None and known.confirmed else 0.0
        self._unsettled = False

    @property
    def confirmed(self) -> bool:
        return self.pose is not None and self.pose.confirmed

    @property
    def progress(self) -> float:
        """Of the learning, in [0, 1]."""
        if self.confirmed:
            return 1.0
        config = self._config
        most = self._candidates.best
        still = min(most.seconds if most else 0.0, config.provisional_s)
        done = max(still, min(self._near_s, config.confirmed_s)) if self.pose else still
        return min(0.99, done / config.confirmed_s)

    def forget(self) -> None:
        """Learn again from nothing, as a command asks."""
        self._candidates.clear()
        self._base = self.pose = None
        self._near_s = 0.0
        self._unsettled = False

    def unsettle(self) -> None:
        """Perhaps another driver: the next pose held still may replace the neutral one."""
        self._candidates.clear()
        self._unsettled = True

    def update(self, yaw_deg: float, pitch_deg: float, dt_s: float) -> None:
        """Take in one pose."""
        if not self._in_range(yaw_deg, pitch_deg):
            return
        candidate = self._candidates.add(yaw_deg, pitch_deg, dt_s)
        if self.pose is None:
            if candidate.seconds >= self._config.provisional_s - _ROUNDING:
                self._adopt(candidate)
        elif not self._step(self.pose, candidate):
            self._follow(self.pose, yaw_deg, pitch_deg, dt_s)

    def _in_range(self, yaw_deg: float, pitch_deg: float) -> bool:
        config = self._config
        return (
            abs(yaw_deg) <= config.yaw_limit_deg
            and config.pitch_lowest_deg <= pitch_deg <= config.pitch_highest_deg
        )

    def _adopt(self, candidate: Candidate) -> None:
        """The new neutral pose, provisional until it has lasted."""
        self._base = self.pose = NeutralPose(
            yaw_deg=candidate.yaw_deg, pitch_deg=candidate.pitch_deg, confirmed=False
        )
        self._near_s = candidate.seconds
        self._candidates.clear()
        self._unsettled = False

    def _step(self, pose: NeutralPose, candidate: Candidate) -> bool:
        """Another pose has taken the place of the neutral one: adopt it."""
        config = self._config
        if candidate.is_near(pose.yaw_deg, pitch_deg=pose.pitch_deg, within_deg=config.still_deg):
            if candidate.seconds >= config.provisional_s:
                self._unsettled = False
                self._candidates.clear()
            return False
        if self._unsettled or not pose.confirmed:
            enough = candidate.seconds >= config.provisional_s - _ROUNDING
        else:
            enough = candidate.seconds >= config.step_s and self._is_plausible(candidate)
        if enough:
            self._adopt(candidate)
        return enough

    def _is_plausible(self, candidate: Candidate) -> bool:
        """Small enough for a moved seat: a larger step may be a distracted driver."""
        base, config = self._base, self._config
        return (
            base is not None
            and abs(candidate.yaw_deg - base.yaw_deg) <= config.step_yaw_deg
            and abs(candidate.pitch_deg - base.pitch_deg) <= config.step_pitch_deg
        )

    def _follow(self, pose: NeutralPose, yaw_deg: float, pitch_deg: float, dt_s: float) -> None:
        """A running mean without outliers: quick while provisional, then slow and clamped."""
        config = self._config
        off_yaw, off_pitch = yaw_deg - pose.yaw_deg, pitch_deg - pose.pitch_deg
        if max(abs(off_yaw), abs(off_pitch)) > config.outlier_deg:
            return
        if not pose.confirmed:
            self._near_s += dt_s
        moved = share(
            dt_s, min(self._near_s, config.memory_s) if not pose.confirmed else config.memory_s
        )
        yaw, pitch = pose.yaw_deg + moved * off_yaw, pose.pitch_deg + moved * off_pitch
        confirmed = pose.confirmed or self._near_s >= config.confirmed_s - _ROUNDING
        if pose.confirmed and self._base is not None:
            yaw = _clamp(yaw, self._base.yaw_deg, config.drift_yaw_deg)
            pitch = _clamp(pitch, self._base.pitch_deg, config.drift_pitch_deg)
        self.pose = NeutralPose(yaw_deg=yaw, pitch_deg=pitch, confirmed=confirmed)
        if confirmed and not pose.confirmed:
            self._base = self.pose


def _clamp(value: float, centre: float, reach: float) -> float:
    return max(centre - reach, min(centre + reach, value))
