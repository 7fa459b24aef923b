"""What the view says, in words: pure functions from values to short texts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from edge_pose.kinds import FACTS
from edge_pose.values import (
    Alert,
    AlertKind,
    CameraCondition,
    DriverState,
    GuideView,
    Health,
    Observation,
    Scene,
)
from edge_pose.view.kind_words import WORDS

MINUS = "−"
_LIMITED_LOUD_S = 8.0
_KNOWN = frozenset(kind.value for kind in WORDS)


@dataclass(frozen=True, slots=True)
class Notice:
    """What the banner shows. ``level``: 0–3, or None where there is nothing to judge."""

    headline: str
    detail: str = ""
    level: int | None = 0
    progress: float | None = None
    loud: bool = True
    """False: a small chip is enough."""
    advice: str = ""
    """What to do about it, in a short sentence."""


def headline(kind: AlertKind) -> str:
    """What the driver is told about an episode of this kind, while it lasts."""
    return WORDS[kind].call


def past(kind: str) -> str:
    """What a list says of an episode of this kind, afterwards; its own name for a kind that this
    version does not know: a record of a newer one, or of a plugin."""
    return WORDS[AlertKind(kind)].past if kind in _KNOWN else kind


def told(state: DriverState) -> list[Alert]:
    """The open episodes that people hear of, most urgent first."""
    return [e for e in state.episodes if not FACTS[e.kind].silent and not e.shadow]


def notice(scene: Scene, *, stale: bool = False) -> Notice:
    """The one thing most worth saying now. ``stale``: no newer scene has come for a while, so
    nothing good can be said of the driver."""
    state = scene.state
    if not state.enabled:
        return _chip(AlertKind.OFF)
    if open_ := told(state):
        return _of_episode(open_[0], state)
    if state.locked_out:
        return Notice("Too many alerts", level=3, advice="Stop, rest, then acknowledge.")
    if stale:
        return Notice("No new picture", level=None, loud=False, advice="You are not watched now.")
    return _quiet(state)


def _quiet(state: DriverState) -> Notice:
    """While nothing is wrong a small chip is enough."""
    if state.camera is not CameraCondition.OK or not state.face:
        words = "No face" if state.camera is CameraCondition.OK else "No picture"
        return Notice(words, level=None, loud=False)
    if state.calibration < 1.0:
        percent = int(state.calibration * 100)
        return replace(_chip(AlertKind.CALIBRATING, f" · {percent} %"), progress=state.calibration)
    return Notice(_LEVEL_WORDS[state.level], level=state.level, loud=False)


def _chip(kind: AlertKind, more: str = "") -> Notice:
    """What a kind says of the monitor itself, without raising its voice."""
    words = WORDS[kind]
    return Notice(words.call + more, level=None, loud=False, advice=words.advice)


def guide_notice(view: GuideView) -> Notice:
    """A step of the calibration guide as the overlay's banner."""
    title = view.headline if view.done else f"{view.step}/{view.steps}  {view.headline}"
    return Notice(title, view.detail, 0 if view.done else None, view.progress)


_LEVEL_WORDS = ("Attentive", "Attention falling", "Attention low", "Attention used up")


def _of_episode(episode: Alert, state: DriverState) -> Notice:
    """An alert's banner. That monitoring is limited is said once, then stays as a small chip."""
    lasting = max(0.0, state.t_s - episode.t_start_s)
    if episode.kind is AlertKind.LIMITED and state.t_s - episode.t_alert_s > _LIMITED_LOUD_S:
        return _chip(episode.kind)
    reason = episode.reason[:1].upper() + episode.reason[1:]
    detail = f"{reason} · now {duration(lasting)}" if reason else duration(lasting)
    words = WORDS[episode.kind]
    return Notice(words.call, detail, int(episode.level), advice=words.advice)


def duration(seconds: float) -> str:
    """Time as people say it: 3.2 s, 45 s, 2 min 05 s."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def degrees(value: float | None) -> str:
    """A whole number of degrees with a true minus sign; a dash where nothing was measured."""
    if value is None:
        return "–"
    whole = round(value)
    return f"{MINUS}{-whole}°" if whole < 0 else f"{whole}°"


def percent(share: float | None) -> str:
    return "–" if share is None else f"{round(share * 100)} %"


def distance(observation: Observation) -> str:
    """How far away the head is, to the decimetre that head sizes allow; nothing if unknown."""
    place = observation.position
    return f"{math.hypot(place.x_m, place.y_m, place.z_m):.1f} m" if place else ""


def health_line(health: Health, short: bool = False) -> str:
    """How the program is doing, for the corner of the picture."""
    parts = ["muted"] if health.muted else []
    parts += [f"{health.fps:.0f} fps", f"{health.frame_age_ms:.0f} ms"]
    if health.temperature_c is not None and not short:
        parts.append(f"{health.temperature_c:.0f} °C")
    if health.throttled and not short:
        parts.append("throttled")
    return " · ".join(parts)
