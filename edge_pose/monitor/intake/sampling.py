"""From an observation to a sample: the driver's own face, smoothed angles, eyes, the car's word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.intake.driver_face import DriverFace
from edge_pose.monitor.intake.order import Step
from edge_pose.monitor.sample import Sample
from edge_pose.monitor.smoothing import OneEuro
from edge_pose.values import Gaze, HeadPose, NeutralPose, Observation, VehicleState
from edge_pose.values.vehicle import MOVING_KMH

_FORGET_S = 0.5  # a face unseen for so long comes back in a new pose
_STANDING_KMH = 0.5
_REVERSING_KMH = 25.0
"""Nobody reverses faster: the gear is read wrong."""


@dataclass(slots=True)
class _Angles:
    """Smoothed together, as long as they are seen often enough."""

    low_pass: OneEuro
    since_s: float = 0.0

    def update(self, *angles_deg: float) -> Sequence[float]:
        since, self.since_s = self.since_s, 0.0
        if since > _FORGET_S:
            self.low_pass.reset()
        return self.low_pass.update(angles_deg, since)


class Sampler:
    """Keeps the filters and the place of the driver's face."""

    def __init__(self, config: MonitorConfig) -> None:
        filters = config.pose_filter
        self._certain_std = filters.certain_std_deg
        self._clear_residual = filters.clear_residual
        self._sight = config.sight
        self._visible = config.lids.visible_probability
        self._slow_kmh = config.glances.least_kmh
        self._head, self._line = _Angles(OneEuro(filters)), _Angles(OneEuro(filters))
        self.driver = DriverFace(config.driver)
        self.pose: HeadPose | None = None
        """The latest smoothed pose; None while none is measured."""
        self.gaze: Gaze | None = None
        """The latest smoothed line of sight, where it is certain."""

    def sample(
        self,
        observation: Observation,
        step: Step,
        neutral: NeutralPose | None,
        road: NeutralPose | None,
        *,
        collapsed: bool = False,
    ) -> Sample:
        """The cleaned observation. Its angles are taken relative to ``neutral`` for the head and
        ``road`` for the eyes, where these are known. ``collapsed``: the driver was last known to
        be asleep."""
        stands = _stands(observation.vehicle)
        face = observation.face and self.driver.update(
            observation.box, step.dt_s, step.t_s, missed=collapsed and not stands
        )
        raw = (observation.pose_cam or observation.pose) if face else None
        certain = raw is not None and self._certain(raw, observation.fit_residual)
        self._head.since_s += step.dt_s if step.hole_s == 0.0 else step.hole_s
        self.pose = pose = raw if raw is None or not certain else self._smooth(raw)
        visible = observation.eyes_visible
        hidden = visible is not None and visible < self._visible
        eyes = observation.eyes if face else None
        off_yaw, off_pitch = _relative(pose, neutral)
        self.gaze = gaze = self._line_of_sight(observation, step, certain, off_yaw, hidden)
        sight_yaw, sight_pitch = _relative(gaze, road)
        vehicle = observation.vehicle
        return Sample(
            t_s=step.t_s,
            dt_s=step.dt_s,
            hole_s=step.hole_s,
            interval_s=step.interval_s,
            face=face,
            yaw_deg=pose.yaw_deg if pose else None,
            pitch_deg=pose.pitch_deg if pose else None,
            roll_deg=pose.roll_deg if pose else None,
            off_yaw_deg=off_yaw,
            off_pitch_deg=off_pitch,
            certain=certain,
            eyes=eyes.openness if eyes and not hidden else None,
            each_eye=eyes.each if eyes and not hidden else None,
            eyes_hidden=hidden,
            lids_closed=observation.lids_closed if face else None,
            gaze_yaw_deg=gaze.yaw_deg if gaze else None,
            gaze_pitch_deg=gaze.pitch_deg if gaze else None,
            sight_yaw_deg=sight_yaw,
            sight_pitch_deg=sight_pitch,
            mouth=eyes.mouth if eyes else None,
            lean=self.driver.lean if face else None,
            speed_kmh=vehicle.speed_kmh,
            standstill=stands,
            slow=stands or _is_slow(vehicle, self._slow_kmh),
            vehicle=vehicle,
        )

    def _certain(self, raw: HeadPose, residual: float | None) -> bool:
        """This pose may decide: a small expected error, and no face that the 3D fit misses."""
        clear = residual is None or residual <= self._clear_residual
        return clear and (raw.std_deg is None or raw.std_deg <= self._certain_std)

    def _smooth(self, raw: HeadPose) -> HeadPose:
        yaw, pitch, roll = self._head.update(raw.yaw_deg, raw.pitch_deg, raw.roll_deg)
        return HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, std_deg=raw.std_deg)

    def _line_of_sight(
        self, given: Observation, step: Step, certain: bool, off_yaw: float | None, hidden: bool
    ) -> Gaze | None:
        """The eyes' word, where it is certain enough to go by."""
        self._line.since_s += step.dt_s if step.hole_s == 0.0 else step.hole_s
        gaze, config = given.gaze, self._sight
        if gaze is None or not certain or hidden:
            return None
        if gaze.std_deg is not None and gaze.std_deg > config.certain_std_deg:
            return None
        if off_yaw is not None and abs(off_yaw) > config.head_limit_deg:
            return None
        yaw, pitch = self._line.update(gaze.yaw_deg, gaze.pitch_deg)
        return Gaze(yaw_deg=yaw, pitch_deg=pitch, std_deg=gaze.std_deg)


def _relative(
    direction: HeadPose | Gaze | None, zero: NeutralPose | None
) -> tuple[float | None, float | None]:
    if direction is None or zero is None:
        return None, None
    return direction.yaw_deg - zero.yaw_deg, direction.pitch_deg - zero.pitch_deg


def _stands(vehicle: VehicleState) -> bool:
    """Where words differ, the stricter one counts."""
    if vehicle.speed_kmh is not None and vehicle.speed_kmh >= MOVING_KMH:
        return False
    if vehicle.gear == "P":
        return vehicle.standstill is not False
    if vehicle.standstill is not None:
        return vehicle.standstill
    return vehicle.speed_kmh is not None and vehicle.speed_kmh < _STANDING_KMH


def _is_slow(vehicle: VehicleState, slow_kmh: float) -> bool:
    """Junctions, parking, reversing."""
    if vehicle.speed_kmh is None:
        return vehicle.gear == "R"
    return vehicle.speed_kmh < (_REVERSING_KMH if vehicle.gear == "R" else slow_kmh)
