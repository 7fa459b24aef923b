"""The driver's road-ahead pose: learned from what is held still, confirmed, then kept up slowly.

Nothing here asks whether the driver is "distracted": before a neutral pose is known there is no
zero to be distracted from. The pose held still most is the road ahead, wherever the camera stands.
"""

from __future__ import annotations

from edge_pose.config.monitor import NeutralConfig
from edge_pose.monitor.neutral.candidates import Candidate, Candidates
from edge_pose.monitor.smoothing import share
from edge_pose.values import NeutralPose

_ROUNDING = 1e-6
_EVERY_S = 0.1  # a pose held for seconds needs no closer look
_GUESS_S = 0.3  # the first pose held so long is the guess …
_DOUBT_S = 3.5  # … until another one was held so much longer
_BEFORE_S = 1.0  # memory of where the head just was: what comes from far off is a step


class Neutral:
    """Learns from smoothed, certain poses of the driver while driving."""

    def __init__(self, config: NeutralConfig, known: NeutralPose | None = None) -> None:
        self._config = config
        self._candidates = Candidates(config)
        self._base = self.pose = known
        self._near_s = config.confirmed_s if known is not None and known.confirmed else 0.0
        self._unsettled = False
        self._guess: Candidate | None = None
        self._before: tuple[float, float] | None = None
        self._due_s = 0.0

    @property
    def reference(self) -> NeutralPose | None:
        """The neutral pose; while none is known, a guess for advisory use."""
        guess = self._guess
        if self.pose is not None or guess is None:
            return self.pose
        return NeutralPose(yaw_deg=guess.yaw_deg, pitch_deg=guess.pitch_deg, confirmed=False)

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
        self._base = self.pose = self._guess = None
        self._near_s = 0.0
        self._unsettled = False

    def unsettle(self) -> None:
        """Perhaps another driver: the next pose held still may replace the neutral one."""
        self._candidates.clear()
        self._unsettled = True

    def update(self, yaw_deg: float, pitch_deg: float, dt_s: float) -> None:
        """Take in one pose."""
        self._due_s += dt_s
        if self._due_s < _EVERY_S - _ROUNDING:
            return
        dt_s, self._due_s = self._due_s, 0.0
        if not self._in_range(yaw_deg, pitch_deg):
            return
        candidate = self._candidates.add(yaw_deg, pitch_deg, dt_s, self._is_far(yaw_deg, pitch_deg))
        self._trail(yaw_deg, pitch_deg, dt_s)
        if self.pose is None:
            self._search(candidate)
        elif not self._step(self.pose, candidate):
            self._follow(self.pose, yaw_deg, pitch_deg, dt_s)

    def _search(self, candidate: Candidate) -> None:
        """No neutral pose is known: take the one held most, once its direction was held enough."""
        config, guess = self._config, self._guess
        if guess is None:
            if candidate.seconds >= _GUESS_S:
                self._guess = candidate
        elif candidate.seconds >= guess.seconds + _DOUBT_S:
            self._guess = candidate
        best = self._candidates.best or candidate
        held_s = self._candidates.support_s(best, config.outlier_deg)
        if held_s >= config.provisional_s - _ROUNDING:
            self._adopt(best, confirmed=False)

    def _is_far(self, yaw_deg: float, pitch_deg: float) -> bool:
        """The head came here by a turn, not by creeping."""
        if self._before is None:
            return True
        yaw, pitch = self._before
        return max(abs(yaw_deg - yaw), abs(pitch_deg - pitch)) > self._config.still_deg / 2.0

    def _trail(self, yaw_deg: float, pitch_deg: float, dt_s: float) -> None:
        moved = share(dt_s, _BEFORE_S)
        yaw, pitch = self._before or (yaw_deg, pitch_deg)
        self._before = (yaw + moved * (yaw_deg - yaw), pitch + moved * (pitch_deg - pitch))

    def _in_range(self, yaw_deg: float, pitch_deg: float) -> bool:
        config = self._config
        return (
            abs(yaw_deg) <= config.yaw_limit_deg
            and config.pitch_lowest_deg <= pitch_deg <= config.pitch_highest_deg
        )

    def _adopt(self, candidate: Candidate, *, confirmed: bool) -> None:
        """A new neutral pose, provisional until it has lasted; or a moved seat of the same driver,
        whose pose stays tied to the first one, so that many small steps are no way around it."""
        self.pose = NeutralPose(
            yaw_deg=candidate.yaw_deg, pitch_deg=candidate.pitch_deg, confirmed=confirmed
        )
        if not confirmed:
            self._base, self._near_s = self.pose, candidate.seconds
        self._candidates.clear()
        self._unsettled = False
        self._guess = None

    def _step(self, pose: NeutralPose, candidate: Candidate) -> bool:
        """Another pose has taken the place of the neutral one: adopt it."""
        config = self._config
        if candidate.is_near(pose.yaw_deg, pitch_deg=pose.pitch_deg, within_deg=config.still_deg):
            if candidate.seconds >= config.provisional_s:
                self._unsettled = False
                self._candidates.clear()
            return False
        limit_s, moved = self._patience(pose, candidate)
        enough = candidate.seconds >= limit_s - _ROUNDING
        if enough:
            self._adopt(candidate, confirmed=moved)
        return enough

    def _patience(self, pose: NeutralPose, candidate: Candidate) -> tuple[float, bool]:
        """How long another pose must be held, and whether it is a moved seat: then the driver is
        known. Only a new driver, a lasting one, or a step that is no distraction can be neutral."""
        config = self._config
        if not pose.confirmed:
            return config.provisional_s, False
        if self._unsettled:
            return config.driver_s, False
        if candidate.stepped and self._is_plausible(candidate):
            return config.step_s, True
        return (config.lasting_s, False) if candidate.stepped else (float("inf"), False)

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
            yaw = _clamp(yaw, pose.yaw_deg, self._base.yaw_deg, config.drift_yaw_deg)
            pitch = _clamp(pitch, pose.pitch_deg, self._base.pitch_deg, config.drift_pitch_deg)
        self.pose = NeutralPose(yaw_deg=yaw, pitch_deg=pitch, confirmed=confirmed)
        if confirmed and not pose.confirmed:
            self._base = self.pose


def _clamp(value: float, now: float, centre: float, reach: float) -> float:
    """Within reach of the centre, or at least no further from it than now."""
    reach = max(reach, abs(now - centre))
    return max(centre - reach, min(centre + reach, value))
