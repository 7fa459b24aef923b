"""From an observation to a sample: the driver's own face, smoothed angles, eyes, the car's word."""

from __future__ import annotations

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.intake.driver_face import DriverFace
from edge_pose.monitor.intake.order import Step
from edge_pose.monitor.sample import Sample
from edge_pose.monitor.smoothing import OneEuro
from edge_pose.values import HeadPose, NeutralPose, Observation, VehicleState

_FORGET_S = 0.5  # a face unseen for so long comes back in a new pose
_STANDING_KMH = 0.5


class Sampler:
    """Keeps the filters and the place of the driver's face."""

    def __init__(self, config: MonitorConfig) -> None:
        self._certain_std = config.pose_filter.certain_std_deg
        self._clear_residual = config.pose_filter.clear_residual
        self._yaw = OneEuro(config.pose_filter)
        self._pitch = OneEuro(config.pose_filter)
        self._roll = OneEuro(config.pose_filter)
        self._since_pose_s = 0.0
        self.driver = DriverFace(config.driver)
        self.pose: HeadPose | None = None
        """The latest smoothed pose; None while none is measured."""

    def sample(self, observation: Observation, step: Step, neutral: NeutralPose | None) -> Sample:
        """The cleaned observation. Its angles off neutral are filled in from ``neutral``."""
        face = observation.face and self.driver.update(observation.box, step.dt_s)
        raw = (observation.pose_cam or observation.pose) if face else None
        certain = raw is not None and self._certain(raw, observation.fit_residual)
        self._since_pose_s += step.dt_s
        self.pose = raw if raw is None or not certain else self._smooth(raw)
        eyes = observation.eyes if face else None
        off = (
            None
            if self.pose is None or neutral is None
            else (self.pose.yaw_deg - neutral.yaw_deg, self.pose.pitch_deg - neutral.pitch_deg)
        )
        vehicle = observation.vehicle
        return Sample(
            t_s=step.t_s,
            dt_s=step.dt_s,
            face=face,
            yaw_deg=self.pose.yaw_deg if self.pose else None,
            pitch_deg=self.pose.pitch_deg if self.pose else None,
            roll_deg=self.pose.roll_deg if self.pose else None,
            off_yaw_deg=off[0] if off else None,
            off_pitch_deg=off[1] if off else None,
            certain=certain,
            eyes=eyes.openness if eyes else None,
            mouth=eyes.mouth if eyes else None,
            speed_kmh=vehicle.speed_kmh,
            standstill=_stands(vehicle),
            vehicle=vehicle,
        )

    def _certain(self, raw: HeadPose, residual: float | None) -> bool:
        """This pose may decide: a small expected error, and no face that the 3D fit misses."""
        clear = residual is None or residual <= self._clear_residual
        return clear and (raw.std_deg is None or raw.std_deg <= self._certain_std)

    def _smooth(self, raw: HeadPose) -> HeadPose:
        since = self._since_pose_s
        self._since_pose_s = 0.0
        if since > _FORGET_S:
            for angle in (self._yaw, self._pitch, self._roll):
                angle.reset()
        return HeadPose(
            yaw_deg=self._yaw.update(raw.yaw_deg, since),
            pitch_deg=self._pitch.update(raw.pitch_deg, since),
            roll_deg=self._roll.update(raw.roll_deg, since),
            std_deg=raw.std_deg,
        )


def _stands(vehicle: VehicleState) -> bool:
    if vehicle.standstill is not None:
        return vehicle.standstill
    return vehicle.speed_kmh is not None and vehicle.speed_kmh < _STANDING_KMH
