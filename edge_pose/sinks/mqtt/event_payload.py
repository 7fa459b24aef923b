"""One alert as JSON. Its schema is ``event.schema.json`` beside this file."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from edge_pose.sinks.wall_clock import WallTime, iso
from edge_pose.values import Alert, AlertKind, AlertPhase

Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
LevelName = Literal["advisory", "warning", "critical"]

TEST_PHASE = "test"
"""The phase of a message by which a doctor tries its rights: no event, to be ignored."""


class StepPayload(BaseModel):
    """When an episode first reached this kind or level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    utc: Moment
    kind: AlertKind
    level_name: LevelName


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
    level_name: LevelName
    phase: AlertPhase
    step: bool
    """The episode is new, or has reached another kind or level: worth acting on."""
    steps: list[StepPayload]
    """Every kind and level it has reached so far, in order."""
    late: bool
    """It waited for the broker, or for Home Assistant, and is not happening now."""
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


def event(
    alert: Alert, *, seq: int, run: str, vehicle_id: str, wall: WallTime, step: bool = True
) -> str:
    """The event text of one alert, its times put on the wall clock now; not yet late."""
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
        step=step,
        steps=[
            StepPayload(
                utc=iso(shift_s + one.t_s),
                kind=one.kind,
                level_name=one.level.label,  # type: ignore[arg-type]
            )
            for one in alert.steps
        ],
        late=False,
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


class UnreadableEvent(ValueError):
    """What came back from the disk is no event any more."""


def marked_late(text: str) -> str:
    """The same event, told too late to act on. Raises UnreadableEvent."""
    return json.dumps({**_read(text), "late": True}, separators=(",", ":"))


def seq_of(text: str) -> int:
    """The event's number. Raises UnreadableEvent."""
    seq: int = _read(text)["seq"]
    return seq


def _read(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableEvent(f"a damaged record ({error})") from error
    if not isinstance(told, dict) or not isinstance(told.get("seq"), int):
        raise UnreadableEvent("a damaged record")
    return told


def trial(name: str) -> str:
    """What a doctor sends to see whether it may; consumers ignore it."""
    return json.dumps({"version": 1, "phase": TEST_PHASE, "id": name})


class StepWatch:
    """Tells whether a transition changes what stands: the episode, its kind or its level."""

    def __init__(self) -> None:
        self._open: dict[int, tuple[AlertKind, int]] = {}

    def is_step(self, alert: Alert) -> bool:
        """Call once for each alert, in order."""
        if alert.phase is AlertPhase.END:
            self._open.pop(alert.id, None)
            return False
        now = (alert.kind, int(alert.level))
        before = self._open.get(alert.id)
        self._open[alert.id] = now
        return now != before
