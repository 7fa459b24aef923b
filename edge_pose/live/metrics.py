"""Metrics and health as pure functions over values: for /metrics, /healthz and /readyz."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from edge_pose.sinks import Link
from edge_pose.values import CameraCondition, DriverState, Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """A quantity in milliseconds: quantiles of its newest samples, sum and count of all."""

    p50_ms: float
    p95_ms: float
    sum_ms: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMeter:
    """How one stage is doing. ``idle_s``: seconds since its last completed step."""

    alive: bool
    idle_s: float
    restarts: int = 0
    latency: Distribution | None = None
    dropped: int | None = None
    essential: bool = True
    ailment: str = ""
    """What is wrong with a part that may be the only one to tell an alert."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything the metrics are made from. ``state`` None: nothing has been observed yet."""

    health: Health
    state: DriverState | None = None
    stages: Mapping[str, StageMeter] = field(default_factory=dict)
    alerts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Alerts since the start, by kind and level: each that an episode reached."""
    frame_age: Distribution | None = None
    links: Mapping[str, Link] = field(default_factory=dict)
    """How outputs stand with what they send to, by name."""
    uptime_s: float = 0.0
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An answer to a probe: HTTP 200 or 503, and why."""

    ok: bool
    reasons: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        return 200 if self.ok else 503

    @property
    def text(self) -> str:
        return "ok\n" if self.ok else "".join(f"{reason}\n" for reason in self.reasons)


def healthy(snapshot: Snapshot, *, stall_s: float = 5.0) -> Verdict:
    """/healthz: is every essential stage alive and moving, and every output well? Names those that
    are not."""
    reasons = tuple(
        stage.ailment
        or f"{name}: {'has ended' if not stage.alive else f'no progress for {stage.idle_s:.1f} s'}"
        for name, stage in sorted(snapshot.stages.items())
        if stage.ailment or (stage.essential and (not stage.alive or stage.idle_s > stall_s))
    )
    return Verdict(ok=not reasons, reasons=reasons)


def ready(snapshot: Snapshot, *, stall_s: float = 5.0) -> Verdict:
    """/readyz: is a driver being monitored now? Healthy, a frame seen, and not switched off."""
    reasons = list(healthy(snapshot, stall_s=stall_s).reasons)
    if snapshot.state is None:
        reasons.append("no frame has been observed yet")
    elif not snapshot.state.enabled:
        reasons.append("monitoring is switched off")
    return Verdict(ok=not reasons, reasons=tuple(reasons))


_Sample = tuple[Mapping[str, str], float]


def render(snapshot: Snapshot) -> str:
    """The Prometheus text exposition; what was not measured is absent, never zero."""
    return "".join(_lines(snapshot))


def _lines(snapshot: Snapshot) -> Iterator[str]:
    health, state = snapshot.health, snapshot.state
    version = [({"version": snapshot.version}, 1.0)]
    yield from _family("info", "gauge", "The running version.", version)
    yield from _one("uptime_seconds", "gauge", "Since the start.", snapshot.uptime_s)
    yield from _one("frames_per_second", "gauge", "Frames inferred.", health.fps)
    if snapshot.frame_age is not None:
        yield from _summary("frame_age_seconds", "From sensor to result.",
                            [({}, snapshot.frame_age)])  # fmt: skip
    yield from _one("frames_dropped_total", "counter", "Frames replaced by newer ones.",
                    health.dropped)  # fmt: skip
    yield from _one("temperature_celsius", "gauge", "The board's.", health.temperature_c)
    yield from _one("throttled", "gauge", "1 while the board is throttled.", health.throttled)
    yield from _one("muted", "gauge", "1 while sounds are muted.", health.muted)
    seeing = state is not None and state.camera is CameraCondition.OK
    yield from _one("camera_up", "gauge", "1 while the camera sees.", seeing)
    if state is not None:
        yield from _driver(state)
    alerts: list[_Sample] = [
        ({"kind": kind, "level": level}, float(count))
        for (kind, level), count in sorted(snapshot.alerts.items())
    ]
    yield from _family("alerts_total", "counter", "Kinds and levels that episodes reached.", alerts)
    yield from _links(snapshot.links)
    yield from _stages(snapshot.stages)


def _driver(state: DriverState) -> Iterator[str]:
    """What is measured of a driver is absent while nobody can see or judge one."""
    seeing = state.camera is CameraCondition.OK
    yield from _one("enabled", "gauge", "1 while monitoring is on.", state.enabled)
    yield from _one("calibration_ratio", "gauge", "Neutral pose learned.", state.calibration)
    highest = max((alert.level for alert in state.episodes), default=0)
    yield from _one("alert_level", "gauge", "Highest open alert, 0 none.", highest)
    if not (seeing and state.enabled):
        return
    yield from _one("attention_ratio", "gauge", "1 attentive, 0 used up.", state.attention)
    yield from _one("attention_level", "gauge", "0 to 3.", state.level)
    yield from _one("face_visible", "gauge", "1 while the driver's face is seen.", state.face)
    yield from _one("distracted", "gauge", "1 while distracted.", state.distracted)
    yield from _one("perclos_ratio", "gauge", "Share of a minute with eyes closed.", state.perclos)
    yield from _one("drowsiness_ratio", "gauge", "0 awake, 1 asleep.", state.drowsiness)


def _links(links: Mapping[str, Link]) -> Iterator[str]:
    """Of what sends to a broker or the like: ``mqtt_connected`` and so on."""
    for name, link in sorted(links.items()):
        yield from _one(f"{name}_connected", "gauge", "1 while it is there.", link.connected)
        yield from _one(f"{name}_backlog", "gauge", "Alerts that wait for it.", link.backlog)
    lost = [({"output": name}, float(link.lost)) for name, link in sorted(links.items())]
    yield from _family("alerts_lost_total", "counter", "Alerts given up, backlog full.", lost)


def _stages(stages: Mapping[str, StageMeter]) -> Iterator[str]:
    named = [({"stage": name}, stage) for name, stage in sorted(stages.items())]
    yield from _family("stage_up", "gauge", "1 while the stage runs.",
                       [(label, float(stage.alive)) for label, stage in named])  # fmt: skip
    yield from _family("stage_well", "gauge", "0 while the part fails or hangs.",
                       [(label, float(not stage.ailment)) for label, stage in named])  # fmt: skip
    yield from _family("stage_idle_seconds", "gauge", "Since its last completed step.",
                       [(label, stage.idle_s) for label, stage in named])  # fmt: skip
    yield from _family("stage_restarts_total", "counter", "Restarts after an error.",
                       [(label, float(stage.restarts)) for label, stage in named])  # fmt: skip
    yield from _family("stage_dropped_total", "counter", "Items replaced before it took them.",
                       [(label, float(stage.dropped)) for label, stage in named
                        if stage.dropped is not None])  # fmt: skip
    latencies = [(label, stage.latency) for label, stage in named if stage.latency]
    yield from _summary("stage_latency_seconds", "Duration of a step.", latencies)


def _summary(
    name: str, text: str, samples: Sequence[tuple[Mapping[str, str], Distribution]]
) -> Iterator[str]:
    """Quantiles of the newest samples, with sum and count of all, as Prometheus has it."""
    if not samples:
        return
    yield f"# HELP edge_pose_{name} {text}\n# TYPE edge_pose_{name} summary\n"
    for labels, told in samples:
        for quantile, value_ms in (("0.5", told.p50_ms), ("0.95", told.p95_ms)):
            yield _line(name, {**labels, "quantile": quantile}, value_ms / 1e3)
        yield _line(f"{name}_sum", labels, told.sum_ms / 1e3)
        yield _line(f"{name}_count", labels, float(told.count))


def _one(name: str, kind: str, text: str, value: float | None) -> Iterator[str]:
    yield from _family(name, kind, text, [] if value is None else [({}, float(value))])


def _family(name: str, kind: str, text: str, samples: Sequence[_Sample]) -> Iterator[str]:
    if not samples:
        return
    yield f"# HELP edge_pose_{name} {text}\n# TYPE edge_pose_{name} {kind}\n"
    for labels, value in samples:
        yield _line(name, labels, value)


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    inner = ",".join(f'{key}="{_escape(word)}"' for key, word in labels.items())
    return f"edge_pose_{name}{'{' + inner + '}' if inner else ''} {_number(value)}\n"


def _escape(word: str) -> str:
    return word.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    """Go's spelling of a float: NaN, +Inf and -Inf for what is no number."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
