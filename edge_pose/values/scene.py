"""One finished frame and the program around it: what every view draws."""

from __future__ import annotations

from dataclasses import dataclass

from edge_pose.values.driver import DriverState
from edge_pose.values.frame import Frame
from edge_pose.values.observation import Observation


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
