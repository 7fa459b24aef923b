"""The driver's state, as it is shown: attention and drowsiness never contradict the alarm."""

from __future__ import annotations

from typing import Literal

from edge_pose.monitor.attention import Attention
from edge_pose.monitor.intake.sampling import Sampler
from edge_pose.monitor.neutral.learning import Neutral
from edge_pose.monitor.rules.drowsiness import Drowsiness
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sight import regions
from edge_pose.monitor.sight.lids import Lids, Reading
from edge_pose.values import Alert, AlertKind, CameraCondition, DriverState

_ASLEEP = frozenset({AlertKind.SLEEP, AlertKind.UNRESPONSIVE})
_DOZING = frozenset({AlertKind.MICROSLEEP, AlertKind.DROOP})
_DOZING_ATTENTION = 0.3  # at a warning's level of the counter, or below


def state_of(
    now: Situation,
    attention: Attention,
    neutral: Neutral,
    episodes: tuple[Alert, ...],
    *,
    sampler: Sampler,
    drowsiness: Drowsiness,
    limits: tuple[str, ...],
    camera: CameraCondition,
    refused: int,
) -> DriverState:
    """Everything that is known of the driver at this moment."""
    sample, sight = now.sample, now.sight
    yaw, pitch = sample.off_yaw_deg, sample.off_pitch_deg
    off = None if yaw is None or pitch is None else (yaw, pitch)
    awake, score = _shown(attention.value, drowsiness.score, episodes)
    seeing = camera is CameraCondition.OK
    return DriverState(
        t_s=now.observation.t_s,
        face=sample.face,
        attention=awake,
        level=attention.level,
        distracted=attention.distracted,
        pose=sampler.pose,
        off_neutral_deg=off,
        eyes=now.observation.eyes,
        neutral=neutral.pose,
        calibration=neutral.progress,
        perclos=drowsiness.perclos if seeing else None,
        drowsiness=score if seeing else None,
        locked_out=attention.locked_out,
        camera=camera,
        episodes=episodes,
        gaze=sampler.gaze,
        sight_deg=_sight(now) or off,
        region=_region(now),
        movement=sight.movement,
        lids=_lids(now.lids),
        limits=limits,
        refused=refused,
    )


def _shown(attention: float, drowsiness: float, episodes: tuple[Alert, ...]) -> tuple[float, float]:
    """A sleeping driver has no attention left, whatever a counter says that is slower."""
    if not episodes:
        return attention, drowsiness
    kinds = {alert.kind for alert in episodes}
    if kinds & _ASLEEP:
        return 0.0, 1.0
    if kinds & _DOZING:
        return min(attention, _DOZING_ATTENTION), max(drowsiness, 1.0 - _DOZING_ATTENTION)
    return attention, drowsiness


def _sight(now: Situation) -> tuple[float, float] | None:
    yaw, pitch = now.sample.sight_yaw_deg, now.sample.sight_pitch_deg
    return None if yaw is None or pitch is None or now.lids.closed else (yaw, pitch)


def _region(now: Situation) -> str | None:
    """By name; of the head alone only whether it is the road."""
    sight = now.sight
    if sight.region is not None:
        return sight.region
    if not sight.seen or sight.eyes_closed or now.sample.off_yaw_deg is None:
        return None
    return None if sight.off_road else regions.ROAD


def _lids(lids: Lids) -> Literal["open", "closed", "lowered", "hidden"]:
    if lids.down:
        return "lowered"
    if lids.closed:
        return "closed"
    return "hidden" if lids.reading is Reading.UNKNOWN else "open"
