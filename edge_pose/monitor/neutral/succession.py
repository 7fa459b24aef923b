"""Whether a pose held elsewhere takes the place of the neutral one: a moved seat, another driver,
the road above something low that was learned first; never a distraction."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from edge_pose.config.monitor import NeutralConfig
from edge_pose.monitor.durations import SUM_S
from edge_pose.monitor.neutral.candidates import Candidate, Candidates
from edge_pose.values import NeutralPose


class Succession(Enum):
    """What another pose is to the neutral one."""

    SAME = auto()
    OTHER = auto()
    """Held elsewhere: a look, or not held for long enough."""
    SEAT_MOVED = auto()
    """The same driver sits otherwise: the new pose is confirmed at once."""
    REPLACED = auto()
    """Another driver or road: the new pose has yet to be confirmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neutrality:
    """The neutral pose with what is known of it. ``base``: where it was when confirmed; ``eyes``:
    how far open they are there; ``unsettled``: perhaps the driver is another; ``young``: learned in
    this drive, not long ago."""

    pose: NeutralPose
    base: NeutralPose | None
    eyes: float | None
    unsettled: bool
    young: bool


def succession(
    old: Neutrality, candidate: Candidate, candidates: Candidates, config: NeutralConfig
) -> Succession:
    """Only a new driver, a lasting pose, or a step that is no distraction can be neutral."""
    if candidate.is_near(old.pose.yaw_deg, old.pose.pitch_deg, config.same_deg):
        return Succession.SAME
    if _is_road_above(old, candidate, config) and candidate is candidates.best:
        return Succession.REPLACED
    limit_s, seat = _patience(old, candidate, config)
    if candidate.total_s < limit_s - SUM_S or not _has_replaced(old, candidate, candidates, config):
        return Succession.OTHER
    return Succession.SEAT_MOVED if seat else Succession.REPLACED


def _is_road_above(old: Neutrality, candidate: Candidate, config: NeutralConfig) -> bool:
    """What was learned first was something low: the road is held now, above it."""
    return (
        old.young
        and candidate.pitch_deg - old.pose.pitch_deg >= config.above_deg
        and abs(candidate.yaw_deg - old.pose.yaw_deg) <= config.above_yaw_deg
        and candidate.seconds >= config.above_s
    )


def _patience(old: Neutrality, candidate: Candidate, config: NeutralConfig) -> tuple[float, bool]:
    """How long another pose must be held, and whether it is a moved seat: then the driver is
    known."""
    if not old.pose.confirmed:
        return config.provisional_s, False
    if old.unsettled:
        return config.driver_s, False
    if candidate.stepped and _is_plausible(old, candidate, config):
        return config.step_s, True
    if candidate.stepped and not _is_low(old, candidate, config):
        return config.lasting_s, False
    return float("inf"), False


def _has_replaced(
    old: Neutrality, candidate: Candidate, candidates: Candidates, config: NeutralConfig
) -> bool:
    """Held nearly all of the time of late, the old one hardly: in bends neither side is, and a
    look that comes and goes is not. Where it is no moved seat, the old one is not at all."""
    new_share, old_share = candidates.shares(candidate, old.pose)
    seat = not old.pose.confirmed or old.unsettled or _is_plausible(old, candidate, config)
    most = 1.0 - config.replaced if seat else config.old_share
    return new_share >= config.replaced and old_share <= most


def _is_plausible(old: Neutrality, candidate: Candidate, config: NeutralConfig) -> bool:
    """Small enough for a moved seat: a larger step may be a distracted driver."""
    base = old.base
    if base is None:
        return False
    lower = candidate.pitch_deg < base.pitch_deg - config.still_deg
    if lower and _is_lowered(old, candidate, config):
        return False
    return (
        abs(candidate.yaw_deg - base.yaw_deg) <= config.step_yaw_deg
        and abs(candidate.pitch_deg - base.pitch_deg) <= config.step_pitch_deg
    )


def _is_low(old: Neutrality, candidate: Candidate, config: NeutralConfig) -> bool:
    """So much lower than the road that it may be a phone: with lids that are lowered or not
    measured, it stays one however long it is held."""
    if old.pose.pitch_deg - candidate.pitch_deg <= config.step_pitch_deg:
        return False
    unmeasured = candidate.eyes is None or old.eyes is None
    return unmeasured or _is_lowered(old, candidate, config)


def _is_lowered(old: Neutrality, candidate: Candidate, config: NeutralConfig) -> bool:
    """Eyes measured to be less open there than on the road."""
    if candidate.eyes is None or old.eyes is None:
        return False
    return candidate.eyes <= config.lowered * old.eyes
