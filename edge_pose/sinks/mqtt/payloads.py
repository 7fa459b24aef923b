"""What is published, as JSON text. The event's schema is ``event.schema.json`` beside this file."""

from __future__ import annotations

import json
import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from edge_pose.sinks.wall_clock import WallTime, iso
from edge_pose.values import Alert, AlertKind, AlertPhase, DriverState, Health

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class EventPayload(BaseModel):
    """One transition of an episode. Delivered at least once and in order: drop a repeated seq."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", title="edge_pose event", use_attribute_docstrings=True
    )

    version: Literal[1] = 1
    id: str
    """The episode, unique over restarts; the same in its new, update and end."""
    seq: int = Field(ge=0)
    """Counts up with every event of this device, also over restarts."""
    vehicle_id: str
    utc: Moment
    """When this transition happened."""
    clock_synchronised: bool | None
    """Whether a time server had set the device's clock; null: not known."""
    kind: AlertKind
    kinds: list[AlertKind]
    """Every kind the episode went through."""
    level: int = Field(ge=1, le=3)
    """1 advisory, 2 warning, 3 critical: the highest reached."""
    level_name: Literal["advisory", "warning", "critical"]
    phase: AlertPhase
    utc_start: Moment
    """When the behaviour began."""
    utc_alert: Moment
    """When the alert was raised."""
    utc_end: Moment | None
    t_s: float
    """Monotonic seconds, like the other t_…: exact differences within one run of the program."""
    t_start_s: float
    t_alert_s: float
    t_end_s: float | None
    reason: str
    """One sentence for people."""
    values: dict[str, float]
    """The measurements behind it; names carry their unit."""


def event_schema() -> str:
    """The text of ``event.schema.json``, to be written anew when ``EventPayload`` changes."""
    schema = EventPayload.model_json_schema(mode="serialization")
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**dialect, **schema}, indent=2) + "\n"


def event(alert: Alert, *, seq: int, run: str, vehicle_id: str, wall: WallTime) -> str:
    """The event text of one alert, its times put on the wall clock now."""
    shift_s = wall.at(alert.t_s) - alert.t_s
    payload = EventPayload(
        id=f"{run}-{alert.id}",
        seq=seq,
        vehicle_id=vehicle_id,
        utc=iso(shift_s + alert.t_s),
        clock_synchronised=wall.synchronised,
        kind=alert.kind,
        kinds=list(alert.kinds or (alert.kind,)),
        level=int(alert.level),
        level_name=alert.level.label,  # type: ignore[arg-type]
        phase=alert.phase,
        utc_start=iso(shift_s + alert.t_start_s),
        utc_alert=iso(shift_s + alert.t_alert_s),
        utc_end=None if alert.t_end_s is None else iso(shift_s + alert.t_end_s),
        t_s=alert.t_s,
        t_start_s=alert.t_start_s,
        t_alert_s=alert.t_alert_s,
        t_end_s=alert.t_end_s,
        reason=alert.reason,
        values={name: value for name, value in alert.values.items() if math.isfinite(value)},
    )
    return payload.model_dump_json()


def state(state: DriverState, health: Health) -> str:
    """The retained state; rounded, so that a driver who does not change publishes nothing new."""
    off = state.off_neutral_deg
    first = state.episodes[0] if state.episodes else None
    return json.dumps(
        {
            "level": state.level,
            "alert": first.kind.value if first else None,
            "reason": first.reason if first else None,
            "face": state.face,
            "distracted": state.distracted,
            "attention": _round(state.attention, 2),
            "yaw_deg": _round(off[0], 0) if off else None,
            "pitch_deg": _round(off[1], 0) if off else None,
            "perclos": _round(state.perclos, 3),
            "drowsiness": _round(state.drowsiness, 2),
            "calibration": _round(state.calibration, 2),
            "locked_out": state.locked_out,
            "fps": _round(health.fps, 0),
            "temperature_c": _round(health.temperature_c, 0),
            "throttled": health.throttled,
        }
    )


def stats(health: Health, *, uptime_s: float, events: int, backlog: int, lost: int) -> str:
    """The minute's statistics of the program itself."""
    return json.dumps(
        {
            "uptime_s": _round(uptime_s, 0),
            "fps": _round(health.fps, 2),
            "frame_age_ms": _round(health.frame_age_ms, 1),
            "frame_age_p95_ms": _round(health.frame_age_p95_ms, 1),
            "dropped": health.dropped,
            "temperature_c": _round(health.temperature_c, 1),
            "throttled": health.throttled,
            "events": events,
            "backlog": backlog,
            "backlog_lost": lost,
        }
    )


def _round(value: float | None, digits: int) -> float | None:
    """Rounded; None stays None, and what is no number in JSON becomes None. Never ``-0.0``."""
    if value is None or not math.isfinite(value):
        return None
    return round(value, digits) + 0.0
