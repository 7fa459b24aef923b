"""Drives written like stories, and what a monitor made of them.

``drive([(20, attentive()), (3.2, looking(yaw_deg=45))], hz=20)`` gives observations;
``watch(observations)`` plays them to a monitor and keeps everything it says.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor import Monitor
from edge_pose.values import (
    Alert,
    AlertKind,
    AlertPhase,
    Box,
    DriverState,
    EyeState,
    Gaze,
    HeadPose,
    NeutralPose,
    Observation,
    VehicleState,
)

AHEAD = NeutralPose(yaw_deg=0.0, pitch_deg=0.0)
BLINK_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the camera and the car would tell for as long as this lasts; None = not measured."""

    face: bool = True
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    std_deg: float | None = 3.0
    residual: float | None = None
    eyes: float | None = 1.0
    mouth: float | None = 0.0
    gaze_yaw_deg: float | None = None
    gaze_pitch_deg: float | None = None
    """The line of sight in the camera's axes; it does not move with ``towards``."""
    gaze_std_deg: float | None = 4.0
    lids_closed: float | None = None
    eyes_visible: float | None = None
    box: Box | None = None
    speed_kmh: float | None = None
    standstill: bool | None = None
    gear: Literal["P", "R", "N", "D"] | None = None
    steering_deg: float | None = None
    indicator: Literal["left", "right", "off"] | None = None
    engaged: bool | None = None
    acknowledge: bool | None = None
    towards: Look | None = None
    """Head angles move evenly to those of this one while it lasts."""

    def but(self, **changes: Any) -> Look:
        """The same with other fields: ``attentive().but(acknowledge=True)``."""
        return replace(self, **changes)

    def angles(self, progress: float) -> tuple[float, float, float]:
        """Yaw, pitch and roll after this share of the segment."""
        here = (self.yaw_deg, self.pitch_deg, self.roll_deg)
        if self.towards is None:
            return here
        there = (self.towards.yaw_deg, self.towards.pitch_deg, self.towards.roll_deg)
        yaw, pitch, roll = (a + progress * (b - a) for a, b in zip(here, there, strict=True))
        return yaw, pitch, roll


def attentive() -> Look:
    """Eyes on the road."""
    return Look()


def looking(
    *, yaw_deg: float = 0.0, pitch_deg: float = 0.0, roll_deg: float = 0.0, eyes: float | None = 1.0
) -> Look:
    """The head held in another direction."""
    return Look(yaw_deg=yaw_deg, pitch_deg=pitch_deg, roll_deg=roll_deg, eyes=eyes)


def distracted() -> Look:
    """Plainly away: 45° to a side."""
    return looking(yaw_deg=45.0)


def asleep() -> Look:
    """Eyes closed, head upright."""
    return looking(eyes=0.0)


def yawning() -> Look:
    return Look(mouth=0.9)


def hidden() -> Look:
    """No face to be found."""
    return Look(face=False, eyes=None, mouth=None)


def moving(start: Look, end: Look) -> Look:
    """The head moves from one pose to the other; everything else is as at the start."""
    return replace(start, towards=end)


Story = Sequence[tuple[float, Look]]


def drive(
    story: Story,
    *,
    hz: float = 20.0,
    jitter: float = 0.0,
    drop: float = 0.0,
    noise_deg: float = 0.0,
    seed: int = 1,
    start_s: float = 0.0,
    blinks_s: float | None = None,
) -> Iterator[Observation]:
    """The observations of a story. ``jitter``: share of the interval by which times wander;
    ``drop``: share of observations lost; ``noise_deg``: standard deviation of the angles;
    ``blinks_s``: open eyes blink so often (for 0.2 s), as those of the living do."""
    chance = random.Random(seed)
    total = sum(seconds for seconds, _ in story)
    for index in range(round(total * hz) + 1):
        wander = jitter * (chance.random() - 0.5) / hz if index else 0.0
        t = max(0.0, index / hz + wander)
        noise = [chance.gauss(0.0, noise_deg) for _ in range(3)] if noise_deg else [0.0] * 3
        if chance.random() >= drop:
            look, progress = _look_at(story, t)
            if blinks_s is not None and t % blinks_s < BLINK_S:
                look = _blinking(look)
            yield _observe(look, progress, start_s + t, index, noise)


def _observe(
    look: Look, progress: float, t_s: float, index: int, noise: Sequence[float]
) -> Observation:
    yaw, pitch, roll = (a + n for a, n in zip(look.angles(progress), noise, strict=True))
    pose = HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, std_deg=look.std_deg)
    measured = look.eyes is not None or look.mouth is not None
    return Observation(
        t_s=t_s,
        frame=index,
        face=look.face,
        pose=pose if look.face else None,
        fit_residual=look.residual if look.face else None,
        eyes=EyeState(left=look.eyes, right=look.eyes, mouth=look.mouth) if measured else None,
        box=look.box if look.face else None,
        gaze=_gaze(look, noise),
        lids_closed=look.lids_closed,
        eyes_visible=look.eyes_visible,
        vehicle=VehicleState(
            speed_kmh=look.speed_kmh,
            standstill=look.standstill,
            gear=look.gear,
            steering_deg=look.steering_deg,
            indicator=look.indicator,
            engaged=look.engaged,
            acknowledge=look.acknowledge,
        ),
    )


def _blinking(look: Look) -> Look:
    """The same with shut eyes, where eyes are measured; shut eyes look nowhere."""
    if look.eyes is None:
        return look
    closed = None if look.lids_closed is None else 0.95
    return replace(look, eyes=0.0, lids_closed=closed, gaze_yaw_deg=None, gaze_pitch_deg=None)


def _gaze(look: Look, noise: Sequence[float]) -> Gaze | None:
    yaw, pitch = look.gaze_yaw_deg, look.gaze_pitch_deg
    if not look.face or yaw is None or pitch is None:
        return None
    return Gaze(
        yaw_deg=yaw + noise[0], pitch_deg=pitch + noise[1], std_deg=look.gaze_std_deg
    )  # fmt: skip


def _look_at(story: Story, t: float) -> tuple[Look, float]:
    """The segment under way at this time, and how much of it has passed."""
    begin = 0.0
    for seconds, look in story:
        if t < begin + seconds - 1e-9:
            return look, (t - begin) / seconds
        begin += seconds
    return story[-1][1], 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything a monitor said during a drive."""

    states: tuple[DriverState, ...]
    alerts: tuple[Alert, ...]
    monitor: Monitor

    def at(self, t_s: float) -> DriverState:
        """The latest state at this time."""
        return [state for state in self.states if state.t_s <= t_s + 1e-6][-1]

    def level(self, t_s: float) -> int:
        return self.at(t_s).level

    @property
    def episodes(self) -> tuple[Alert, ...]:
        """The last word on each episode, in the order of their opening."""
        last = {alert.id: alert for alert in self.alerts}
        return tuple(last[key] for key in sorted(last))

    def of(self, *kinds: AlertKind) -> tuple[Alert, ...]:
        """The episodes that went through one of these kinds."""
        return tuple(e for e in self.episodes if set(kinds) & set(e.kinds))

    def told(self, kind: AlertKind) -> tuple[float, ...]:
        """When each episode first reached this kind."""
        first: dict[int, float] = {}
        for alert in self.alerts:
            if kind in alert.kinds and alert.phase is not AlertPhase.END:
                first.setdefault(alert.id, alert.t_s)
        return tuple(first.values())

    @property
    def worst(self) -> int:
        """The highest alert level of the drive; 0 without any."""
        return max((int(alert.level) for alert in self.alerts), default=0)


def watch(
    observations: Iterable[Observation],
    *,
    neutral: NeutralPose | None = AHEAD,
    config: MonitorConfig | None = None,
    acknowledgeable: bool = False,
) -> Record:
    """Play observations to a fresh monitor."""
    monitor = Monitor(config or MonitorConfig(), neutral=neutral, acknowledgeable=acknowledgeable)
    states: list[DriverState] = []
    alerts: list[Alert] = []
    for observation in observations:
        update = monitor.update(observation)
        states.append(update.state)
        alerts += update.alerts
    return Record(states=tuple(states), alerts=tuple(alerts), monitor=monitor)
