"""How things stand now, as JSON, and what is said where nothing is known. Its schema is
``state.schema.json`` beside this file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from edge_pose.kinds import FACTS
from edge_pose.sinks.mqtt.event_payload import LevelName, Moment
from edge_pose.sinks.wall_clock import WallTime, iso
from edge_pose.values import Alert, AlertKind, CameraCondition, DriverState, Health

Camera = Literal["ok", "blocked", "frozen", "lost", "unknown"]
NO_ALERT = "none"


class LastAlert(BaseModel):
    """The newest alert of this run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: AlertKind
    level_name: LevelName
    utc: Moment
    reason: str


def last_alert(alert: Alert, wall: WallTime) -> LastAlert:
    """An alert as the state tells it afterwards."""
    return LastAlert(
        kind=alert.kind,
        level_name=alert.level.label,  # type: ignore[arg-type]
        utc=iso(wall.at(alert.t_s)),
        reason=alert.reason,
    )


class StatePayload(BaseModel):
    """The newest state. null: not measured, or nobody can tell now; measured values are null while
    monitoring is off and while the camera sees nothing."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", title="edge_pose state", use_attribute_docstrings=True
    )

    version: Literal[1] = 1
    run: str
    """One run of the program."""
    device: str
    """One device: two that send to one vehicle_id are told apart by it."""
    monitoring: bool | None
    """False: a person or the car has switched monitoring off. null: the program has ended."""
    camera: Camera
    alert: AlertKind | Literal["none"]
    """The most urgent open alert."""
    alert_level: LevelName | Literal["none"]
    reason: str | None
    """What the alert says, one sentence for people."""
    last_alert: LastAlert | None
    face: bool | None
    distracted: bool | None
    region: str | None
    """What is looked at: road, inner mirror, lap and so on."""
    attention: float | None = Field(ge=0, le=1)
    """1 attentive, 0 used up."""
    level: int | None = Field(ge=0, le=3)
    """Attention level."""
    yaw_deg: float | None
    """Head against the road ahead; above 0: towards the picture's left."""
    pitch_deg: float | None
    """Above 0: up."""
    perclos: float | None = Field(ge=0, le=1)
    """Share of a minute with closed eyes."""
    drowsiness: float | None = Field(ge=0, le=1)
    """0 awake, 1 asleep."""
    calibration: float | None = Field(ge=0, le=1)
    """How much of the driver's road-ahead pose is learned."""
    locked_out: bool | None
    """Too many alerts: stop and rest."""
    fps: float | None
    temperature_c: float | None
    throttled: bool | None
    """The board is slowed by heat or a weak supply."""


class StateWriter:
    """Makes the text of each state of one run. Rounded, so that a driver who does not change
    makes no new text."""

    def __init__(self, *, run: str, device: str) -> None:
        self._run, self._device = run, device

    def told(self, state: DriverState, health: Health, last: LastAlert | None = None) -> str:
        """A state that was just observed."""
        sees = state.enabled and state.camera is CameraCondition.OK
        measured = _measured(state) if sees else {}
        return self._text(
            monitoring=state.enabled,
            camera=state.camera.value,
            episodes=[e for e in state.episodes if not e.shadow and not FACTS[e.kind].silent],
            last_alert=last,
            calibration=rounded(state.calibration, 2),
            locked_out=state.locked_out,
            fps=rounded(health.fps, 0),
            temperature_c=rounded(health.temperature_c, 0),
            throttled=health.throttled,
            **measured,
        )

    def blind(self, episodes: Sequence[Alert], health: Health, last: LastAlert | None) -> str:
        """Monitoring runs and no picture comes."""
        return self._text(
            monitoring=True,
            camera="lost",
            episodes=episodes,
            last_alert=last,
            fps=0.0,
            temperature_c=rounded(health.temperature_c, 0),
            throttled=health.throttled,
        )

    def cleared(self) -> str:
        """Nothing is known: before the first picture, and after the end."""
        return self._text(monitoring=None, camera="unknown", episodes=(), last_alert=None)

    def _text(self, *, episodes: Sequence[Alert], **fields: object) -> str:
        first = episodes[0] if episodes else None
        nothing: dict[str, object] = dict.fromkeys(StatePayload.model_fields)
        told = {
            "version": 1,
            "run": self._run,
            "device": self._device,
            "alert": first.kind if first else NO_ALERT,
            "alert_level": first.level.label if first else NO_ALERT,
            "reason": first.reason if first else None,
        }
        return StatePayload.model_validate({**nothing, **told, **fields}).model_dump_json()


def _measured(state: DriverState) -> dict[str, object]:
    off = state.off_neutral_deg
    return {
        "face": state.face,
        "distracted": state.distracted,
        "region": state.region,
        "attention": rounded(state.attention, 2),
        "level": state.level,
        "yaw_deg": rounded(off[0], 0) if off else None,
        "pitch_deg": rounded(off[1], 0) if off else None,
        "perclos": rounded(state.perclos, 3),
        "drowsiness": rounded(state.drowsiness, 2),
    }


def rounded(value: float | None, digits: int) -> float | None:
    """Rounded; None stays None, and what is no number in JSON becomes None. Never ``-0.0``."""
    if value is None or not math.isfinite(value):
        return None
    return round(value, digits) + 0.0
