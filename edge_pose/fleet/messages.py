"""What a box's message means: rows for the database, or the reason why it means nothing. Pure.

Tolerant of boxes newer than the centre: unknown kinds are kept as they are, unknown fields go
into the row's ``more``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

_MAX_BYTES = 65536
_VEHICLE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
_TEST = "test"

Number = int | float | None
Row = tuple[Any, ...]


class EventMessage(BaseModel):
    """The parts of an event that have columns of their own."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    id: str = Field(min_length=1, max_length=80)
    seq: int = Field(ge=0, lt=2**63)
    vehicle_id: str
    utc: AwareDatetime
    kind: str = Field(max_length=80)
    level: int = Field(ge=0, le=9)
    phase: str = Field(max_length=20)
    clock_synchronised: bool | None = None
    late: bool = False
    utc_start: AwareDatetime | None = None
    utc_alert: AwareDatetime | None = None
    utc_end: AwareDatetime | None = None
    reason: str = Field("", max_length=1000)


class MinuteMessage(BaseModel):
    """One minute's sums."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    utc: AwareDatetime
    samples: int = Field(ge=0, lt=2**31)
    face: float | None = None
    distracted: float | None = None
    attention: float | None = None
    attention_min: float | None = None
    level_max: int | None = Field(None, ge=0, le=9)
    perclos: float | None = None
    drowsiness: float | None = None
    fps: float | None = None
    frame_age_p95_ms: float | None = None
    dropped: int | None = Field(None, ge=0, lt=2**31)
    temperature_c: float | None = None


class MinutesMessage(BaseModel):
    """Some minutes of one run."""

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    run: str = Field(min_length=1, max_length=80)
    seq: int = Field(ge=0, lt=2**63)
    vehicle_id: str
    software: str | None = Field(None, max_length=80)
    minutes: list[MinuteMessage] = Field(max_length=1440)


EVENT_COLUMNS = (
    "vehicle_id", "run", "seq", "episode", "utc", "clock_synchronised", "kind", "level", "phase",
    "late", "utc_start", "utc_alert", "utc_end", "reason", "more",
)  # fmt: skip
MINUTE_COLUMNS = ("vehicle_id", "run", *MinuteMessage.model_fields, "more")
_STATS: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What came of one message. ``reason``: why it is a dead letter; empty when it is not."""

    vehicle_id: str = ""
    lane: str = ""
    """``events`` or ``minutes``: what its ``seq`` counts, which the box waits for."""
    seq: int | None = None
    event: Row | None = None
    minutes: tuple[Row, ...] = ()
    software: str | None = None
    stats: dict[str, Any] | None = None
    availability: str | None = None
    newest: datetime | None = None
    reason: str = ""


def meaning(topic: str, payload: bytes, base_topic: str) -> Meaning:
    """The rows of a message on ``<base>/<vehicle>/<what>``."""
    base, _, rest = topic.partition("/")
    vehicle_id, _, what = rest.partition("/")
    if base != base_topic or not _VEHICLE.fullmatch(vehicle_id):
        return Meaning(reason="a topic that is no box's")
    if len(payload) > _MAX_BYTES:
        return Meaning(vehicle_id=vehicle_id, reason=f"larger than {_MAX_BYTES} bytes")
    reader = _READERS.get(what)
    if reader is None:
        return Meaning(vehicle_id=vehicle_id, reason=f"unknown topic {what!r}")
    try:
        return reader(vehicle_id, payload)
    except ValidationError as error:
        lane = _LANES.get(what, "")
        return Meaning(
            vehicle_id=vehicle_id,
            lane=lane,
            seq=_seq(payload) if lane else None,
            reason=_why(error),
        )


def _event(vehicle_id: str, payload: bytes) -> Meaning:
    if _is_trial(payload):
        return Meaning(vehicle_id=vehicle_id)
    event = EventMessage.model_validate_json(payload)
    if event.vehicle_id != vehicle_id:
        why = "the message names another vehicle"
        return Meaning(vehicle_id=vehicle_id, lane="events", seq=event.seq, reason=why)
    run = event.id.rpartition("-")[0] or event.id
    row = (
        vehicle_id, run, event.seq, event.id, event.utc, event.clock_synchronised, event.kind,
        event.level, event.phase, event.late, event.utc_start, event.utc_alert, event.utc_end,
        event.reason, event.model_extra or {},
    )  # fmt: skip
    return Meaning(vehicle_id=vehicle_id, lane="events", seq=event.seq, event=row, newest=event.utc)


def _is_trial(payload: bytes) -> bool:
    """A box's doctor tries whether it may write: no event."""
    return len(payload) < 200 and _field(payload, "phase") == _TEST


def _minutes(vehicle_id: str, payload: bytes) -> Meaning:
    told = MinutesMessage.model_validate_json(payload)
    if told.vehicle_id != vehicle_id:
        why = "the message names another vehicle"
        return Meaning(vehicle_id=vehicle_id, lane="minutes", seq=told.seq, reason=why)
    rows = tuple(
        (vehicle_id, told.run, *(getattr(one, name) for name in MinuteMessage.model_fields),
         one.model_extra or None)
        for one in told.minutes
    )  # fmt: skip
    return Meaning(
        vehicle_id=vehicle_id,
        lane="minutes",
        seq=told.seq,
        minutes=rows,
        software=told.software,
        newest=max((one.utc for one in told.minutes), default=None),
    )


def _stats(vehicle_id: str, payload: bytes) -> Meaning:
    return Meaning(vehicle_id=vehicle_id, stats=_STATS.validate_json(payload))


def _availability(vehicle_id: str, payload: bytes) -> Meaning:
    word = payload.decode("ascii", errors="replace")
    if word not in ("online", "stopped", "offline", ""):
        return Meaning(vehicle_id=vehicle_id, reason="an availability that is none")
    return Meaning(vehicle_id=vehicle_id, availability=word or None)


_READERS = {
    "event": _event,
    "minutes": _minutes,
    "stats": _stats,
    "availability": _availability,
}
TOPICS = tuple(_READERS)


_LANES = {"event": "events", "minutes": "minutes"}


def _seq(payload: bytes) -> int | None:
    """The number of a message that makes no sense: its box need not send it for ever."""
    seq = _field(payload, "seq")
    return seq if isinstance(seq, int) and not isinstance(seq, bool) else None


def _field(payload: bytes, name: str) -> Any:
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return told.get(name) if isinstance(told, dict) else None


def _why(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}"[:300] if where else str(first["msg"])[:300]
