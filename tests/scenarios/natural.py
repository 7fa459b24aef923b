"""Drives as a camera in a moving car gives them: times wander, observations are lost, noise comes
in bouts, the driver sways and blinks. A script says what else happens.
"""

from __future__ import annotations

import math
import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from edge_pose.values import Box, EyeState, Gaze, HeadPose, Observation, VehicleState

RATES = (5.0, 10.0, 15.0, 30.0) if "EDGE_POSE_SOAK" in os.environ else (5.0, 15.0)
"""Two of the four in the quick suite; `make simulate` runs all."""
LIDS_PER_DEG = 0.022
LIDS_LOWEST = 0.37
"""How much of the open eye the lids follow each degree of downward gaze, and how far at most: fit
to teacher labels of 23 685 faces (see the simulation's habits)."""


@dataclass(slots=True, kw_only=True)
class Now:
    """What there is to see now. Angles off the road ahead; ``gaze_*`` None: with the head."""

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    gaze_yaw: float | None = None
    gaze_pitch: float | None = None
    eyes: float | None = 0.95
    shut: bool = False
    mouth: float = 0.05
    face: bool = True
    eyes_seen: bool = True
    aside: float = 0.0
    """The face's place, in face sides to image right."""
    speed_kmh: float | None = 90.0
    gear: Literal["P", "R", "N", "D"] | None = None
    steering_deg: float | None = None
    indicator: Literal["left", "right", "off"] | None = None
    std_deg: float = 3.0


Script = Callable[[float, Now], None]


class _Bouts:
    """Noise that comes in bouts: an Ornstein–Uhlenbeck walk, and white noise on top."""

    def __init__(self, chance: random.Random, spread: float, memory_s: float, white: float) -> None:
        self._chance, self._spread, self._memory_s, self._white = chance, spread, memory_s, white
        self._value = chance.gauss(0.0, spread)

    def step(self, dt_s: float) -> float:
        kept = math.exp(-dt_s / self._memory_s)
        jolt = self._spread * math.sqrt(1.0 - kept * kept)
        self._value = kept * self._value + jolt * self._chance.gauss(0.0, 1.0)
        return self._value + self._chance.gauss(0.0, self._white)


def natural(
    script: Script,
    seconds: float,
    hz: float,
    *,
    seed: int = 1,
    camera: tuple[float, float] = (0.0, 0.0),
    sight: bool = False,
    scale: float = 1.0,
    mirror: bool = False,
    blinks: bool = True,
    noise: float = 1.0,
) -> Iterator[Observation]:
    """The observations. ``sight``: with the line of sight and the probability of shut lids;
    ``scale``: of the eyes' openness; ``mirror``: everything to the other side."""
    chance = random.Random(f"{seed} {hz}")
    angles = [_Bouts(chance, noise, 0.4, noise) for _ in range(3)]
    sway = [_Bouts(chance, noise, 20.0, 0.0) for _ in range(2)]
    line = [_Bouts(chance, 2.0 * noise, 0.4, 1.5 * noise) for _ in range(2)]
    lids = _Bouts(chance, 0.02 * noise, 0.3, 0.02 * noise)
    blink_at, step, side = 2.0, 1.0 / hz, -1.0 if mirror else 1.0
    for index in range(round(seconds * hz)):
        t = (index + 0.25 * chance.random()) * step
        now = Now()
        script(t, now)
        noises = [part.step(step) for part in (*angles, *sway, *line)]
        opening = lids.step(step)
        if blinks and t > blink_at + 0.2:
            blink_at = t + 0.8 + chance.expovariate(1.0 / 2.7)
        blinking = blinks and blink_at <= t
        if index and chance.random() < 0.05:
            continue
        yield _observe(t, index, now, noises, opening, blinking, camera, sight, scale, side)


def _observe(
    t: float, index: int, now: Now, noises: list[float], opening: float, blinking: bool,
    camera: tuple[float, float], sight: bool, scale: float, side: float,
) -> Observation:  # fmt: skip
    vehicle = VehicleState(
        speed_kmh=now.speed_kmh, gear=now.gear, indicator=now.indicator,
        steering_deg=None if now.steering_deg is None else side * now.steering_deg,
    )  # fmt: skip
    if not now.face:
        return Observation(t_s=t, frame=index, face=False, vehicle=vehicle)
    yaw = now.yaw + noises[0] + noises[3]
    pitch = now.pitch + noises[1] + noises[4]
    shut = now.shut or blinking
    eyes = None
    if now.eyes_seen and now.eyes is not None:
        eyes = max(0.0, scale * ((0.04 if shut else now.eyes) + opening))
    gaze = None
    if sight and now.eyes_seen and not shut:
        at_yaw = now.yaw if now.gaze_yaw is None else now.gaze_yaw
        at_pitch = now.pitch if now.gaze_pitch is None else now.gaze_pitch
        gaze = Gaze(
            yaw_deg=side * (at_yaw + camera[0] + noises[5]),
            pitch_deg=at_pitch + camera[1] + noises[6],
            std_deg=5.0,
        )
    x = 320.0 + side * (100.0 * now.aside - 2.0 * noises[3])
    return Observation(
        t_s=t,
        frame=index,
        face=True,
        box=Box(x1=x - 50.0, y1=150.0, x2=x + 50.0, y2=270.0),
        pose=HeadPose(
            yaw_deg=side * (yaw + camera[0]),
            pitch_deg=pitch + camera[1],
            roll_deg=side * (now.roll + noises[2]),
            std_deg=now.std_deg,
        ),
        eyes=EyeState(left=eyes, right=eyes, mouth=now.mouth),
        gaze=gaze,
        lids_closed=(0.95 if shut else 0.05) if sight and now.eyes_seen else None,
        eyes_visible=(0.95 if now.eyes_seen else 0.05) if sight else None,
        vehicle=vehicle,
    )


def ramp(t: float, start: float, length: float) -> float:
    """0 before, 1 after, a straight line between."""
    return max(0.0, min(1.0, (t - start) / length)) if length > 0.0 else float(t >= start)


def during(t: float, start: float, end: float, turn_s: float = 0.25) -> float:
    """1 between, with a turn there and back at each end."""
    return min(ramp(t, start, turn_s), 1.0 - ramp(t, end - turn_s, turn_s))


def follow(now: Now) -> None:
    """Lids follow the eyes down."""
    down = now.pitch if now.gaze_pitch is None else now.gaze_pitch
    if now.eyes is not None and down < 0.0:
        now.eyes *= max(LIDS_LOWEST, 1.0 + LIDS_PER_DEG * down)
