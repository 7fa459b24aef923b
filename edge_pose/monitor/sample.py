"""What every rule sees of one observation: cleaned, on the driver's own scale, with its time step.

A rule is a small class with ``update(situation) -> Finding | None``. It keeps only its own state,
counts seconds by ``Sample.dt_s``, and says what it finds *now*; whether that opens, raises or
continues an episode is decided in ``episodes``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge_pose.values import AlertKind, AlertLevel, VehicleState


@dataclass(slots=True, kw_only=True)
class Sample:
    """One accepted observation. Angles in degrees; ``None`` = not measured. No rule writes to it
    (freezing it would cost a twentieth of all judging)."""

    t_s: float
    """Seconds on the intake's own clock: holes are cut out, it never runs back."""
    dt_s: float
    """Seconds since the sample before, that this one stands for; 0 after a hole."""
    face: bool
    """The driver's own face is in view."""
    hole_s: float = 0.0
    """Nothing was observed for so long before this sample; nothing is credited for it."""
    interval_s: float = 0.0
    """The usual time between observations; 0 while unknown."""
    yaw_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    """Camera-corrected head angles, lightly smoothed."""
    off_yaw_deg: float | None = None
    off_pitch_deg: float | None = None
    """The same relative to the neutral pose in use or a guess at it; None while there is none."""
    certain: bool = True
    """The pose's expected error is small enough, and the face clear enough, to judge by it."""
    eyes: float | None = None
    """Openness of the eyes, mean of those measured: 0 closed … 1 this driver's normal."""
    each_eye: tuple[float, float] | None = None
    """The same of the narrower and of the wider eye, where both are measured."""
    eyes_hidden: bool = False
    """It was measured that the eyes cannot be judged."""
    lids_closed: float | None = None
    """Probability that both lids are shut, not just lowered."""
    gaze_yaw_deg: float | None = None
    gaze_pitch_deg: float | None = None
    """The line of sight in the camera's axes, smoothed; None where it is not certain."""
    sight_yaw_deg: float | None = None
    sight_pitch_deg: float | None = None
    """The same relative to this driver's road ahead; None while that is not known."""
    mouth: float | None = None
    """0 closed … 1 wide open."""
    lean: float | None = None
    """How far the face is from its usual place, in face sides; None where it is not measured."""
    speed_kmh: float | None = None
    standstill: bool = False
    slow: bool = False
    """Standing, or too slow for distraction to be told."""
    vehicle: VehicleState = field(default_factory=VehicleState)

    def eyes_look_down(self, deg: float) -> bool:
        """The eyes are measured to look so far below the road."""
        return self.sight_pitch_deg is not None and self.sight_pitch_deg < -deg

    def looks_down(self, deg: float) -> bool:
        """The eyes, or where they do not tell it the head, look so far below the road."""
        if self.sight_pitch_deg is not None:
            return self.sight_pitch_deg < -deg
        return self.off_pitch_deg is not None and self.off_pitch_deg < -deg


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule's word on the present moment.

    ``t_start_s``: when the behaviour began. ``reason``: plain words with the rule and the measured
    values. ``values``: the same numbers by name. ``topic``: which of several causes of one kind.
    ``beside``: those that were told before and last still. ``shadow``: of a rule on trial.
    """

    kind: AlertKind
    level: AlertLevel
    t_start_s: float
    reason: str
    values: Mapping[str, float] = field(default_factory=dict)
    topic: str = ""
    beside: tuple[str, ...] = ()
    shadow: bool = False
