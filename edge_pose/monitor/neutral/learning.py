"""The driver's road-ahead direction: learned from what is held still, confirmed, then kept up.

Used twice: for the head, and for the line of sight. Nothing here asks whether the driver is
"distracted": before a neutral pose is known there is no zero to be distracted from. The pose held
most is the road ahead, wherever the camera stands; but never the lower one of two that take turns,
never one held with lowered lids beside one with open eyes, and in bends the middle of them. What
stays in doubt stays provisional.
"""

from __future__ import annotations

from edge_pose.config.monitor import NeutralConfig
from edge_pose.monitor.durations import SUM_S
from edge_pose.monitor.neutral.candidates import Candidate, Candidates
from edge_pose.monitor.neutral.succession import Neutrality, Succession, succession
from edge_pose.monitor.neutral.turns import Turns
from edge_pose.monitor.smoothing import share
from edge_pose.values import NeutralPose

_EVERY_S = 0.2  # a pose held for seconds needs no closer look
_GUESS_S = 0.3  # the first pose held this long is the guess …
_DOUBT_S = 3.5  # … until another one was held so much longer
_RECENT_S = 20.0  # memory of the share of time spent near the neutral pose


class Neutral:
    """Learns from smoothed, certain poses of the driver while driving."""

    def __init__(self, config: NeutralConfig, known: NeutralPose | None = None) -> None:
        self._config = config
        self._candidates = Candidates(config)
        self._base = self.pose = known
        self._near_s = config.confirmed_s if known is not None and known.confirmed else 0.0
        self._near_share = 1.0
        self._unsettled = False
        self._guess: Candidate | None = None
        self._turns = Turns(config)
        self._due_s = 0.0
        self._eyes: float | None = None
        self._here = False
        """Learned in this drive."""
        self.knocked = False
        """The camera was moved; its new zero is being confirmed."""

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
        self._near_s, self._near_share = 0.0, 1.0
        self._unsettled = self.knocked = False

    def unsettle(self) -> None:
        """Perhaps another driver: the next pose held still may replace the neutral one."""
        self._candidates.clear()
        self._unsettled = True

    def shift(self, yaw_deg: float, pitch_deg: float) -> None:
        """The camera was knocked: the zero goes along, and is provisional until confirmed."""
        self._candidates.shift(yaw_deg, pitch_deg)
        self._turns = Turns(self._config)
        if self.pose is None:
            return
        self.pose = self._base = NeutralPose(
            yaw_deg=self.pose.yaw_deg + yaw_deg,
            pitch_deg=self.pose.pitch_deg + pitch_deg,
            confirmed=False,
        )
        self._near_s = self._config.confirmed_s - self._config.knock_again_s
        self.knocked = True

    def update(
        self, yaw_deg: float, pitch_deg: float, dt_s: float, eyes: float | None = None
    ) -> None:
        """Take in one pose. ``eyes``: how far open they are, where that is measured."""
        self._due_s += dt_s
        if self._due_s < _EVERY_S - SUM_S:
            return
        dt_s, self._due_s = self._due_s, 0.0
        if not self._in_range(yaw_deg, pitch_deg):
            return
        stepped = self._turns.is_far(yaw_deg, pitch_deg)
        candidate = self._candidates.add(yaw_deg, pitch_deg, eyes, dt_s, stepped)
        if self._turns.follow(candidate, yaw_deg, pitch_deg, dt_s):
            candidate.quick_s += dt_s
        if self.pose is None:
            self._search(candidate)
        elif not self._give_way(self.pose, candidate):
            self._follow(self.pose, yaw_deg, pitch_deg, eyes, dt_s)

    def _search(self, candidate: Candidate) -> None:
        """No neutral pose is known: take the one held most, once its direction was held enough."""
        config, guess = self._config, self._guess
        if guess is None:
            if candidate.seconds >= _GUESS_S:
                self._guess = candidate
        elif candidate.seconds >= guess.seconds + _DOUBT_S:
            self._guess = candidate
        best = self._candidates.best or candidate
        around = self._candidates.around(best, config.outlier_deg, 90.0)
        held_s = sum(other.total_s for other in around)
        if held_s >= config.provisional_s - SUM_S:
            self._adopt(best, confirmed=False)

    def _in_range(self, yaw_deg: float, pitch_deg: float) -> bool:
        config = self._config
        return (
            abs(yaw_deg) <= config.yaw_limit_deg
            and config.pitch_lowest_deg <= pitch_deg <= config.pitch_highest_deg
        )

    def _adopt(self, candidate: Candidate, *, confirmed: bool) -> None:
        """A new neutral pose, provisional until it has lasted; or a moved seat of the same driver,
        whose pose stays tied to the first one, so that many small steps are no way around it."""
        yaw_deg = candidate.yaw_deg if confirmed else self._candidates.middle(candidate)
        self.pose = NeutralPose(yaw_deg=yaw_deg, pitch_deg=candidate.pitch_deg, confirmed=confirmed)
        if not confirmed:
            self._base, self._near_s = self.pose, min(candidate.total_s, self._config.provisional_s)
            self._eyes, self._near_share, self._here = candidate.eyes, 1.0, True
        self._unsettled = self.knocked = False
        self._guess = None

    def _give_way(self, pose: NeutralPose, candidate: Candidate) -> bool:
        """Another pose has taken the place of the neutral one: adopt it."""
        config = self._config
        old = Neutrality(
            pose=pose,
            base=self._base,
            eyes=self._eyes,
            unsettled=self._unsettled,
            young=self._here and self._near_s < config.trusted_s,
        )
        found = succession(old, candidate, self._candidates, config)
        if found is Succession.SAME and candidate.seconds >= config.provisional_s:
            self._unsettled = False
        if found in (Succession.SAME, Succession.OTHER):
            return False
        self._adopt(candidate, confirmed=found is Succession.SEAT_MOVED)
        return True

    def _follow(
        self, pose: NeutralPose, yaw_deg: float, pitch_deg: float, eyes: float | None, dt_s: float
    ) -> None:
        """A running mean without outliers: quick while provisional, then slow and clamped."""
        config = self._config
        if not pose.confirmed:
            pose = self._between_bends(pose)
        off_yaw, off_pitch = yaw_deg - pose.yaw_deg, pitch_deg - pose.pitch_deg
        near = max(abs(off_yaw), abs(off_pitch)) <= config.outlier_deg
        self._near_share += share(dt_s, _RECENT_S) * (near - self._near_share)
        if not near:
            return
        self._near_s += dt_s
        if eyes is not None:
            self._eyes = eyes if self._eyes is None else self._eyes
            self._eyes += share(dt_s, _RECENT_S) * (eyes - self._eyes)
        quick_s = min(self._near_s, config.memory_s)
        moved = share(dt_s, config.memory_s if pose.confirmed else quick_s)
        yaw, pitch = pose.yaw_deg + moved * off_yaw, pose.pitch_deg + moved * off_pitch
        confirmed = pose.confirmed or self._is_confirmed(pose)
        if pose.confirmed and self._base is not None:
            yaw = _clamp(yaw, pose.yaw_deg, self._base.yaw_deg, config.drift_yaw_deg)
            pitch = _clamp(pitch, pose.pitch_deg, self._base.pitch_deg, config.drift_pitch_deg)
        self.pose = NeutralPose(yaw_deg=yaw, pitch_deg=pitch, confirmed=confirmed)
        if confirmed and not pose.confirmed:
            self._base, self.knocked = self.pose, False

    def _between_bends(self, pose: NeutralPose) -> NeutralPose:
        """Moved to the middle of a winding road; elsewhere as it is."""
        best = self._candidates.best
        if best is None or not self._candidates.bends(best):
            return pose
        middle = self._candidates.middle(best)
        self.pose = self._base = NeutralPose(
            yaw_deg=middle, pitch_deg=pose.pitch_deg, confirmed=False
        )
        return self.pose

    def _is_confirmed(self, pose: NeutralPose) -> bool:
        """Held long enough and most of the time; longer if it is low and no eyes say otherwise."""
        config = self._config
        if self._near_share < config.confirming_share:
            return False
        open_eyes = self._eyes is not None and self._eyes >= config.open_eyes
        doubtful = pose.pitch_deg < config.doubtful_deg and not open_eyes
        needed_s = config.doubtful_s if doubtful else config.confirmed_s
        return self._near_s >= needed_s - SUM_S


def _clamp(value: float, now: float, centre: float, reach: float) -> float:
    """Within reach of the centre, or at least no further from it than now."""
    reach = max(reach, abs(now - centre))
    return max(centre - reach, min(centre + reach, value))
