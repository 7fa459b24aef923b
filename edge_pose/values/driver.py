"""The monitor's view of the driver."""

from __future__ import annotations

from dataclasses import dataclass

from edge_pose.values.alert import Alert
from edge_pose.values.face import EyeState, HeadPose


@dataclass(frozen=True, slots=True, kw_only=True)
class NeutralPose:
    """This driver's road-ahead pose, in degrees, camera-corrected angles."""

    yaw_deg: float
    pitch_deg: float
    confirmed: bool = True
    """False while provisional: alerts from head angles are then at most advisory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverState:
    """The monitor's view of the driver after one observation."""

    t_s: float
    face: bool
    attention: float
    """1 attentive … 0 used up; always in [0, 1]."""
    level: int
    """Attention level 0–3."""
    distracted: bool
    pose: HeadPose | None = None
    """Smoothed, camera-corrected."""
    off_neutral_deg: tuple[float, float] | None = None
    """(yaw, pitch) relative to the neutral pose."""
    eyes: EyeState | None = None
    neutral: NeutralPose | None = None
    calibration: float = 1.0
    """Progress of learning the neutral pose, in [0, 1]."""
    perclos: float | None = None
    drowsiness: float | None = None
    """Fused score, 0 awake … 1 asleep."""
    locked_out: bool = False
    enabled: bool = True
    episodes: tuple[Alert, ...] = ()
    """The open episodes, each as its latest alert, most urgent first."""
