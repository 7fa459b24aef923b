"""What attentive drivers do, how often and for how long, each with the publication it is from."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

GLANCE_SPREAD = 0.40
"""Of the logarithm of a glance's duration. Glance durations are log-normal (Taoka, "Duration of
drivers' glances at mirrors and displays", ITE Journal 60(10), 1990); with this spread 2–5 % last
more than 1.8 s, the thin tail of ordinary driving (Liang, Lee, Horrey, "A looming crisis",
Proc. HFES 58, 2014, on the 100-Car study: tails beyond 1.7 s mark crashes, not baselines)."""

ROAD_S = 4.0
"""Mean look at the road between two glances: with glances of about 0.9 s the road has four
fifths of the time (Victor, Harbluk, Engström, "Sensitivity of eye-movement measures to
in-vehicle task difficulty", Transportation Research F 8, 2005: percent road centre)."""

ROAD_LEAST_S = 0.6
"""The road has at least so much between two looks: nobody looks in two directions at once."""

LONG_LOOKS_PER_HOUR = 2.0
"""Looks of 2.0–3.4 s. Euro NCAP's base rate in attentive traffic is 0.89 looks of 3 s or more an
hour, and 0.21 times 10 s away within 30 s; here it is 0.57 and what chance brings together. By the
norm these are distraction, whoever makes them: told by right, and counted by themselves."""

LIDS_PER_DEG = 0.022
LIDS_LOWEST = 0.37
LIDS_SPREAD = 0.003
"""How much of the open eye the lids follow each degree of downward gaze, how far at most, and how
drivers differ. Fitted to teacher labels of 23 685 faces (lid gap over eye width against the line of
sight, head within 40° of yaw, eyes that the teacher calls open): openness = 1.06 + 0.0223 · gaze
pitch; median 0.65 at 15–20° down, 0.51 at 20–25°, 0.39 at 25–30°, 0.37 at 30–40°."""


def lowered(gaze_pitch_deg: float, per_deg: float = LIDS_PER_DEG) -> float:
    """Share of the open eye that is left when the eyes look so far down."""
    return max(LIDS_LOWEST, min(1.0, 1.0 + per_deg * gaze_pitch_deg))


BLINKS_PER_MIN = 17.0
TALKING_BLINKS_PER_MIN = 26.0
"""Bentivoglio et al., "Analysis of blink rate patterns in normal subjects", Movement Disorders
12(6), 1997: 17 a minute at rest, 26 in conversation; Doughty, Optom. Vis. Sci. 78(10), 2001:
8–21 in primary gaze."""

LONG_BLINKS = 0.002
"""Share of blinks of 0.5 s and more in healthy eyes (Ousler et al., "Blink patterns and
lid-contact times", Clinical Ophthalmology 8, 2014: 0.2 %)."""

SYLLABLES_HZ = (2.0, 7.0)
"""The mouth opens and closes at 2–7 Hz in speech (Chandrasekaran et al., "The natural statistics
of audiovisual speech", PLoS Computational Biology 5(7), 2009)."""

LAUGH_NOTES_HZ = 1.0 / 0.21
"""Laughter repeats its note every 210 ms (Provine & Yong, "Laughter: a stereotyped human
vocalization", Ethology 89, 1991)."""

VIBRATION_HZ = (2.0, 10.0)
"""Vertical seat vibration makes the head pitch, most between 2 and 10 Hz (Paddan & Griffin, "The
transmission of translational seat vibration to the head, I", J. Biomechanics 21(3), 1988)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that drivers look at: gaze angles off the road, mean look, how often."""

    yaw_deg: float
    pitch_deg: float
    mean_s: float
    share: float


TARGETS = (
    Target(-45.0, -4.0, 1.1, 0.22),  # the near door mirror
    Target(38.0, 6.0, 0.75, 0.26),  # the inside mirror
    Target(60.0, -6.0, 1.1, 0.08),  # the far door mirror
    Target(0.0, -22.0, 0.65, 0.28),  # the speedometer
    Target(32.0, -26.0, 1.1, 0.08),  # the centre console
    Target(35.0, 0.0, 0.9, 0.08),  # the roadside
)
"""Mean looks after Taoka 1990, "Distribution of driver spare glance durations", TRR 1318, 1991,
and the studies used there: speedometer shortest, inside mirror, door mirrors and radio longest."""


@dataclass(frozen=True, slots=True)
class Look:
    """How far the head goes along with a look, how long it takes to get there, and where the eyes
    end up."""

    yaw_deg: float
    pitch_deg: float
    turn_s: float
    gaze_yaw_deg: float = 0.0
    gaze_pitch_deg: float = 0.0


def glance(chance: random.Random) -> tuple[float, float, Look]:
    """A glance at a mirror, an instrument or the roadside."""
    target = chance.choices(TARGETS, [target.share for target in TARGETS])[0]
    length_s = _log_normal(chance, target.mean_s, GLANCE_SPREAD)
    gap_s = ROAD_LEAST_S + chance.expovariate(1.0 / (ROAD_S - ROAD_LEAST_S))
    return gap_s, max(0.3, min(length_s, 2.6)), head(chance, target.yaw_deg, target.pitch_deg)


def head(chance: random.Random, yaw_deg: float, pitch_deg: float) -> Look:
    """The head's share of a gaze shift: people are head movers or not, and lift or lower it less
    than they turn it (Fuller, "Head movement propensity", Exp. Brain Research 92, 1992)."""
    turned = chance.uniform(0.4, 1.0)
    turn_s = chance.uniform(0.2, 0.35)
    return Look(turned * yaw_deg, min(0.8, turned) * pitch_deg, turn_s, yaw_deg, pitch_deg)


def long_look(chance: random.Random) -> tuple[float, float, Look]:
    """A look that is long, now and then too long."""
    gap_s = 20.0 + chance.expovariate(LONG_LOOKS_PER_HOUR / 3600.0)
    yaw_deg = chance.choice((-1.0, 1.0)) * chance.uniform(35.0, 60.0)
    length_s, pitch_deg = chance.uniform(2.0, 3.4), chance.uniform(-8.0, 4.0)
    return gap_s, length_s, Look(yaw_deg, pitch_deg, 0.25, 1.2 * yaw_deg, pitch_deg)


def blink(chance: random.Random) -> tuple[float, float, float]:
    """A blink while silent, with the openness at its deepest."""
    return _blink(chance, BLINKS_PER_MIN)


def talking_blink(chance: random.Random) -> tuple[float, float, float]:
    """The more frequent blinks of conversation."""
    return _blink(chance, TALKING_BLINKS_PER_MIN)


def _blink(chance: random.Random, per_min: float) -> tuple[float, float, float]:
    length_s = min(max(_log_normal(chance, 0.2, 0.35), 0.1), 0.4)
    if chance.random() < LONG_BLINKS:
        length_s = chance.uniform(0.5, 0.8)
    return chance.expovariate(per_min / 60.0), length_s, chance.uniform(0.0, 0.15)


def conversation(chance: random.Random) -> tuple[float, float, float]:
    """A stretch of talk, with its syllables a second: about a third of the time."""
    hz = chance.uniform(SYLLABLES_HZ[0] + 1.0, SYLLABLES_HZ[1] - 1.5)
    return chance.expovariate(1 / 100.0), chance.uniform(15.0, 90.0), hz


def laugh(chance: random.Random) -> tuple[float, float, float]:
    """A laugh and how wide: the head goes back, the eyes narrow; six an hour."""
    return chance.expovariate(6 / 3600.0), chance.uniform(1.0, 3.0), chance.uniform(0.3, 0.55)


def agreement(chance: random.Random) -> tuple[float, float, float]:
    """A nod of agreement with open eyes, and how deep; twelve an hour."""
    return chance.expovariate(12 / 3600.0), chance.uniform(0.6, 1.2), chance.uniform(5.0, 14.0)


def low_sun(chance: random.Random) -> tuple[float, float, float]:
    """Squinting, and how open the eyes stay; twice an hour."""
    return chance.expovariate(2 / 3600.0), chance.uniform(5.0, 60.0), chance.uniform(0.42, 0.6)


def rough_road(chance: random.Random) -> tuple[float, float, tuple[float, float]]:
    """A rough stretch: how many degrees the head pitches, and how often a second."""
    shake = (chance.uniform(0.5, 3.0), chance.uniform(*VIBRATION_HZ))
    return chance.expovariate(1 / 60.0), chance.uniform(2.0, 40.0), shake


def lost_face(chance: random.Random) -> tuple[float, float, None]:
    """The detector misses the face: a hand, a shadow; twelve an hour."""
    return chance.expovariate(12 / 3600.0), min(2.0, chance.expovariate(2.5) + 0.05), None


def lost_eyes(chance: random.Random) -> tuple[float, float, None]:
    """Glare on glasses or a hand at the face hides the eyes; twelve an hour."""
    return chance.expovariate(12 / 3600.0), min(6.0, chance.expovariate(0.7) + 0.1), None


def red_light(chance: random.Random) -> tuple[float, float, float]:
    """A stop, and the speed driven before it: city, road or motorway."""
    speed_kmh = chance.choice((35.0, 50.0, 80.0, 120.0))
    return 20.0 + chance.expovariate(1 / 200.0), chance.uniform(8.0, 70.0), speed_kmh


def look_while_waiting(chance: random.Random) -> tuple[float, float, Look]:
    """Long looks at people, shops and the telephone, while the car stands."""
    yaw_deg, pitch_deg = chance.choice(((55.0, 0.0), (-60.0, 0.0), (20.0, -32.0), (5.0, -35.0)))
    return 1.0 + chance.expovariate(1 / 3.0), chance.uniform(1.0, 9.0), Look(
        yaw_deg, pitch_deg, 0.3, yaw_deg, pitch_deg
    )  # fmt: skip


def _log_normal(chance: random.Random, mean: float, spread: float) -> float:
    return chance.lognormvariate(math.log(mean) - spread * spread / 2.0, spread)
