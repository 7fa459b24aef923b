"""Thirty events with labels, to be found in an hour of otherwise attentive driving.

Each says what is to be told and when the norms want it told, in seconds after it begins.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from attentive import AttentiveDriver, Moment, Script, Shape, plateau
from habits import lowered

from edge_pose.values import AlertKind, ImageQuality

TURN_S = 0.25
DARK = ImageQuality(brightness=4.0, contrast=2.0, change=0.3)
HALF_A_MINUTE = 32.0
"""Without glances before it, the norm's time of repeated glances is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One labelled event; told between ``due_from_s`` and ``due_by_s`` it is on time."""

    name: str
    kind: AlertKind
    length_s: float
    shape: Shape
    due_from_s: float
    due_by_s: float
    free_s: float = 6.0


def _due(at_s: float) -> dict[str, float]:
    return {"due_from_s": at_s, "due_by_s": at_s}


def long_glance(chance: random.Random) -> Event:
    """Euro NCAP: told at 3 s."""
    length_s = chance.uniform(3.8, 6.0)
    yaw_deg, pitch_deg = chance.choice(((45.0, -5.0), (-55.0, 0.0), (38.0, -12.0), (-42.0, 8.0)))

    def shape(t: float, now: Moment) -> None:
        turned = plateau(t, length_s, TURN_S)
        now.yaw_deg += turned * yaw_deg
        now.pitch_deg += turned * pitch_deg

    return Event(
        name="long glance", kind=AlertKind.GLANCE, length_s=length_s, shape=shape, **_due(3.0)
    )


def repeated_glances(chance: random.Random) -> Event:
    """Euro NCAP (VATS): told when 10 s of 30 were away: here within the fifth glance or the
    sixth."""
    away_s, road_s = chance.uniform(1.8, 2.2), chance.uniform(1.0, 1.8)
    yaw_deg = chance.choice((-45.0, 45.0))
    off_s = away_s - 0.2  # the head is beyond half of its turn
    glances = int(10.0 / off_s)

    def shape(t: float, now: Moment) -> None:
        now.yaw_deg += yaw_deg * plateau(t % (away_s + road_s), away_s, 0.2)

    return Event(
        name="repeated glances",
        kind=AlertKind.REPEATED,
        length_s=(glances + 2) * (away_s + road_s) - road_s,
        shape=shape,
        free_s=HALF_A_MINUTE,
        **_due(0.1 + glances * (away_s + road_s) + 10.0 - glances * off_s),
    )


def look_down(chance: random.Random, speed_kmh: float, limit_s: float) -> Event:
    """EU 2023/2590: 3.5 s from 50 km/h, 6 s below; the lids follow the eyes down."""
    length_s = limit_s + chance.uniform(0.8, 2.5)
    pitch_deg = chance.uniform(-40.0, -28.0)

    def shape(t: float, now: Moment) -> None:
        down = plateau(t, length_s, TURN_S)
        now.speed_kmh = speed_kmh
        now.pitch_deg += down * pitch_deg
        now.eyes = (now.eyes or 0.9) * lowered(down * pitch_deg)

    return Event(
        name=f"look down at {speed_kmh:.0f} km/h",
        kind=AlertKind.DOWN,
        length_s=length_s,
        shape=shape,
        **_due(limit_s),
    )


def closure(name: str, kind: AlertKind, length_s: float, due_s: float) -> Event:
    """Euro NCAP: microsleep at 1 s, sleep at 3 s, unresponsive at 6 s of closed eyes."""

    def shape(t: float, now: Moment) -> None:
        shut = plateau(t, length_s, 0.15)
        now.eyes = 0.9 + (0.05 - 0.9) * shut
        now.shut = shut > 0.8

    return Event(name=name, kind=kind, length_s=length_s, shape=shape, **_due(0.12 + due_s))


def nod(chance: random.Random) -> Event:
    """The head sinks within a second with falling lids, and jerks back. No norm: told at once."""
    drop_deg, fall_s, low_s = chance.uniform(20, 30), chance.uniform(0.8, 1.2), 0.3
    back_s = 0.4

    def shape(t: float, now: Moment) -> None:
        down = _line(t, (0, 0), (fall_s, 1), (fall_s + low_s, 1), (fall_s + low_s + back_s, 0))
        now.pitch_deg -= drop_deg * down
        now.eyes = 0.9 - 0.8 * min(1.0, 1.5 * down)

    length_s = fall_s + low_s + back_s
    return Event(
        name="nod",
        kind=AlertKind.NOD,
        length_s=length_s,
        shape=shape,
        due_from_s=length_s - back_s,
        due_by_s=length_s,
    )


def droop(chance: random.Random, eyes: float | None) -> Event:
    """The head sags slowly and stays down; told when it was 15° down for 2 s."""
    sag_s, depth_deg = chance.uniform(2.0, 3.0), chance.uniform(25, 35)
    length_s = sag_s + 5.0
    reached_s = sag_s * 15.0 / depth_deg

    def shape(t: float, now: Moment) -> None:
        down = _line(t, (0, 0), (sag_s, 1), (length_s - 0.5, 1), (length_s, 0))
        now.pitch_deg -= depth_deg * down
        now.eyes = eyes if 0.2 < t < length_s - 0.3 else now.eyes
        if eyes is None:
            now.eyes = None

    name = "droop, eyes unmeasured" if eyes is None else "droop, eyes closed"
    return Event(
        name=name, kind=AlertKind.DROOP, length_s=length_s, shape=shape, **_due(reached_s + 2.0)
    )


def yawn(chance: random.Random) -> Event:
    """The mouth opens within a second and stays wide (4–7 s, Provine 1986); told after 1.5 s."""
    length_s = chance.uniform(4.5, 7.0)

    def shape(t: float, now: Moment) -> None:
        wide = plateau(t, length_s, 1.0)
        now.mouth = 0.05 + 0.85 * wide
        now.eyes = 0.9 - 0.4 * wide
        now.pitch_deg += 6.0 * wide

    return Event(
        name="yawn", kind=AlertKind.YAWN, length_s=length_s, shape=shape, **_due(0.53 + 1.5)
    )


def absence(_: random.Random) -> Event:
    """Nobody in view; Euro NCAP: told within 10 s."""

    def shape(_: float, now: Moment) -> None:
        now.face = False

    return Event(
        name="absence", kind=AlertKind.ABSENT, length_s=14.0, shape=shape,
        due_from_s=4.0, due_by_s=10.0,
    )  # fmt: skip


def blocked_camera(_: random.Random) -> Event:
    """Something covers the lens; Euro NCAP: told within 10 s."""

    def shape(_: float, now: Moment) -> None:
        now.face, now.image = False, DARK

    return Event(
        name="blocked camera", kind=AlertKind.BLOCKED, length_s=12.0, shape=shape,
        due_from_s=2.0, due_by_s=10.0,
    )  # fmt: skip


def _microsleep(chance: random.Random) -> Event:
    return closure("microsleep", AlertKind.MICROSLEEP, chance.uniform(1.6, 2.6), 1.0)


MIX: tuple[tuple[int, Callable[[random.Random], Event]], ...] = (
    (5, long_glance),
    (3, repeated_glances),
    (3, lambda chance: look_down(chance, 110.0, 3.5)),
    (1, lambda chance: look_down(chance, 30.0, 6.0)),
    (4, _microsleep),
    (3, lambda chance: closure("sleep", AlertKind.SLEEP, chance.uniform(3.8, 5.0), 3.0)),
    (2, lambda _: closure("unresponsive", AlertKind.UNRESPONSIVE, 8.0, 6.0)),
    (2, nod),
    (1, lambda chance: droop(chance, None)),
    (1, lambda chance: droop(chance, 0.05)),
    (2, yawn),
    (1, absence),
    (2, blocked_camera),
)


def eventful_hour(seed: int) -> tuple[AttentiveDriver, list[tuple[float, Event]]]:
    """A driver of whom each event is seen once, in any order, evenly spread over an hour; the
    first minutes belong to learning the neutral pose."""
    chance = random.Random(f"{seed} events")
    events = [make(chance) for count, make in MIX for _ in range(count)]
    chance.shuffle(events)
    pace_s = 3400.0 / len(events)
    planned = [
        (150.0 + index * pace_s + chance.uniform(0.0, 0.25 * pace_s), event)
        for index, event in enumerate(events)
    ]
    scripts = [
        Script(start_s=start_s, length_s=event.length_s, shape=event.shape, free_s=event.free_s)
        for start_s, event in planned
    ]
    return AttentiveDriver(seed, scripts=scripts), planned


def _line(t: float, *points: tuple[float, float]) -> float:
    times, values = zip(*points, strict=True)
    return float(np.interp(t, times, values))
