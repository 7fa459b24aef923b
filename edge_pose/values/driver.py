"""The monitor's view of the driver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from edge_pose.values.alert import Alert
from edge_pose.values.face import EyeState, Gaze, HeadPose
from edge_pose.values.trouble import CameraCondition


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
    camera: CameraCondition = CameraCondition.OK
    """Not ok: nothing is measured, and attention only runs down as for an unseen driver."""
    episodes: tuple[Alert, ...] = ()
    """The open episodes, each as its latest alert, most urgent first."""
    gaze: Gaze | None = None
    """The line of sight, smoothed, in the camera's axes; None where the eyes do not tell it."""
    sight_deg: tuple[float, float] | None = None
    """(yaw, pitch) of what is looked at, relative to the road ahead: of the eyes where they tell
    it, else of the head."""
    region: str | None = None
    """Which part of the car or road is looked at: a name of ``monitor.sight.regions``."""
    movement: Literal["owl", "lizard", "lean"] | None = None
    """How a look away is made: with the head, with the eyes alone, with the body."""
    lids: Literal["open", "closed", "lowered", "hidden"] = "hidden"
    """Lowered: by a look down. Hidden: not to be judged."""
    limits: tuple[str, ...] = ()
    """What is not judged at present, and why, in words."""
    refused: int = 0
    """Measurements that were no number or impossible, and left out, since the start."""
