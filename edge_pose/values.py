"""The values that flow one way through the program; frozen, so threads may share them.

Units are suffixes. Angles follow ``vision/geometry.py``. Times ``t``/``t_s`` are monotonic
seconds of the frame's clock. ``None`` means *not measured*, never *zero*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One camera image. ``image``: uint8, BGR, shape (height, width, 3), not to be written."""

    image: NDArray[np.uint8]
    t: float
    index: int

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.image.shape[1], self.image.shape[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An upright rectangle in image pixels; a *tight* face box spans brow to chin, ear to ear."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        return self.y2 - self.y1

    @property
    def center(self) -> tuple[float, float]:
        return (self.x1 + self.x2) / 2.0, (self.y1 + self.y2) / 2.0

    @property
    def side(self) -> float:
        """The longer side, on which every square face crop is based."""
        return max(self.width, self.height)

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    def iou(self, other: Box) -> float:
        """Intersection over union with another box, in [0, 1]."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        height = min(self.y2, other.y2) - max(self.y1, other.y1)
        shared = max(0.0, width) * max(0.0, height)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Landmarks:
    """A face mesh. ``points``: float32, (468, 3): x, y in image pixels, z in the same scale
    (smaller = nearer the camera), MediaPipe order. ``score``: probability of a face, [0, 1]."""

    points: NDArray[np.float32]
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadPose:
    """Head angles in degrees. ``std_deg``: the expected error, one standard deviation."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    std_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadPosition:
    """Where the middle of the face is relative to the camera: metres, x right, y up, z towards
    the viewer (so a head before the camera has z < 0)."""

    x_m: float
    y_m: float
    z_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EyeState:
    """Eyes and mouth. Openness: 0 closed … 1 this driver's normal open eye; mouth: 0 closed … 1
    wide open. ``ear_*``: the raw eye aspect ratio (Soukupová & Čech 2016), before any baseline."""

    left: float | None = None
    right: float | None = None
    mouth: float | None = None
    ear_left: float | None = None
    ear_right: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageQuality:
    """What the image itself says. ``brightness``, ``contrast``: mean and standard deviation of
    grey, 0–255; ``change``: mean absolute difference to the image before, None for the first."""

    brightness: float
    contrast: float
    change: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleState:
    """What the car says; None where it says nothing (then: monitor always, strictest timing)."""

    speed_kmh: float | None = None
    standstill: bool | None = None
    engaged: bool | None = None
    acknowledge: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Everything measured on one frame; the monitor's only input."""

    t_s: float
    face: bool
    frame: int = 0
    score: float | None = None
    box: Box | None = None
    pose: HeadPose | None = None
    """As the face crop shows the head, unsmoothed."""
    pose_cam: HeadPose | None = None
    """Corrected for the face's place in the image; what the rules use (else ``pose``)."""
    position: HeadPosition | None = None
    focal_px: float | None = None
    """Of the camera, in this image's pixels: with it a place in space projects into the image."""
    fit_residual: float | None = None
    """RMS landmark residual of the 3D fit, as a share of the face size; small = a clear face."""
    eyes: EyeState | None = None
    image: ImageQuality | None = None
    vehicle: VehicleState = field(default_factory=VehicleState)


class AlertLevel(IntEnum):
    """How urgent; ordered."""

    ADVISORY = 1
    WARNING = 2
    CRITICAL = 3

    @property
    def label(self) -> str:
        return self.name.lower()


class AlertKind(StrEnum):
    """Stable names of what can happen."""

    GLANCE = "distraction.glance"
    REPEATED = "distraction.repeated"
    DOWN = "distraction.down"
    NOD = "fatigue.nod"
    DROOP = "fatigue.droop"
    DROWSY = "fatigue.drowsy"
    YAWN = "fatigue.yawn"
    MICROSLEEP = "fatigue.microsleep"
    SLEEP = "fatigue.sleep"
    UNRESPONSIVE = "driver.unresponsive"
    ABSENT = "driver.absent"
    BLOCKED = "camera.blocked"
    CALIBRATING = "monitor.calibrating"
    LIMITED = "monitor.limited"


class AlertPhase(StrEnum):
    """Which turn of its episode an alert tells."""

    NEW = "new"
    UPDATE = "update"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One transition of an episode, with the whole episode so far: enough to tell its story.

    ``t_start_s``: when the behaviour began; ``t_alert_s``: when the alert was raised;
    ``t_s``: when this transition happened; ``kinds``: every kind the episode went through.
    ``level`` is the highest reached.
    """

    id: int
    kind: AlertKind
    level: AlertLevel
    phase: AlertPhase
    t_s: float
    t_start_s: float
    t_alert_s: float
    t_end_s: float | None
    reason: str
    values: Mapping[str, float] = field(default_factory=dict)
    kinds: tuple[AlertKind, ...] = ()


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


class Command(StrEnum):
    """What a person can ask of the monitor while it runs."""

    ACKNOWLEDGE = "acknowledge"
    MUTE = "mute"
    UNMUTE = "unmute"
    RECALIBRATE = "recalibrate"
    ENABLE = "enable"
    DISABLE = "disable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the program itself is doing; for people, not for rules."""

    fps: float = 0.0
    frame_age_ms: float = 0.0
    frame_age_p95_ms: float = 0.0
    dropped: int = 0
    temperature_c: float | None = None
    throttled: bool | None = None
    muted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """One finished frame with all that is known about it: what every view draws."""

    frame: Frame
    observation: Observation
    state: DriverState
    health: Health = Health()
