"""What every rule sees of one observation: cleaned, on the driver's own scale, with its time step.

A rule is a small class with ``update(sample) -> Finding | None``. It keeps only its own state,
counts seconds by ``Sample.dt_s``, and says what it finds *now*; whether that opens, raises or
continues an episode is decided in ``episodes``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge_pose.values import AlertKind, AlertLevel, VehicleState


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One accepted observation. Angles in degrees; ``None`` = not measured."""

    t_s: float
    """Seconds on the intake's own clock: holes are cut out, it never runs back."""
    dt_s: float
    """Seconds since the sample before, that this one stands for; long gaps are cut."""
    face: bool
    """The driver's own face is in view."""
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
    mouth: float | None = None
    """0 closed … 1 wide open."""
    speed_kmh: float | None = None
    standstill: bool = False
    vehicle: VehicleState = field(default_factory=VehicleState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule's word on the present moment.

    ``t_start_s``: when the behaviour began. ``reason``: plain words with the rule and the measured
    values. ``values``: the same numbers by name.
    """

    kind: AlertKind
    level: AlertLevel
    t_start_s: float
    reason: str
    values: Mapping[str, float] = field(default_factory=dict)
