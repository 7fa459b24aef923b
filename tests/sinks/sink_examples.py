"""Alerts, states and a wall clock for the tests of the outputs."""

from __future__ import annotations

from edge_pose.sinks.wall_clock import WallTime
from edge_pose.testing.clock import FakeClock
from edge_pose.values import Alert, AlertKind, AlertLevel, AlertPhase, DriverState, EyeState, Health

WALL_S = 1_790_000_000.0


def a_clock(start_s: float = 1000.0) -> FakeClock:
    return FakeClock(start_s, wall_s=WALL_S)


def a_wall(clock: FakeClock | None = None, synchronised: bool | None = True) -> WallTime:
    return WallTime(clock or a_clock(), lambda: synchronised)


def an_alert(
    number: int = 1,
    *,
    kind: AlertKind = AlertKind.GLANCE,
    level: AlertLevel = AlertLevel.WARNING,
    phase: AlertPhase = AlertPhase.NEW,
    t_s: float = 1000.0,
    reason: str = "eyes off the road for 3.2 s",
) -> Alert:
    return Alert(
        id=number,
        kind=kind,
        level=level,
        phase=phase,
        t_s=t_s,
        t_start_s=t_s - 3.2,
        t_alert_s=t_s,
        t_end_s=t_s if phase is AlertPhase.END else None,
        reason=reason,
        values={"yaw_deg": 41.5},
        kinds=(kind,),
    )


def a_state(t_s: float = 1000.0, *episodes: Alert, **fields: object) -> DriverState:
    settings: dict[str, object] = {
        "face": True,
        "attention": 0.8,
        "level": 0,
        "distracted": False,
        "perclos": 0.05,
        "eyes": EyeState(left=0.9, right=0.9),
    }
    return DriverState(t_s=t_s, episodes=episodes, **{**settings, **fields})  # type: ignore[arg-type]


def a_health(**fields: object) -> Health:
    return Health(**{"fps": 15.0, "frame_age_ms": 60.0, "temperature_c": 55.0, **fields})  # type: ignore[arg-type]
