"""The light in a car, as numbers: day, low sun, dusk, street lamps, tunnel, oncoming lights,
an infrared lamp beside the camera.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from deploy.heads.anatomy import Floats
from deploy.heads.looks import Rgb

Rng = np.random.Generator
LightKind = Literal[
    "day", "sun", "overcast", "dusk", "night", "tunnel", "oncoming", "nir", "nirday"
]
KINDS: tuple[LightKind, ...] = (
    "day", "sun", "overcast", "dusk", "night", "tunnel", "oncoming", "nir", "nirday",
)  # fmt: skip
SHARES = (0.19, 0.18, 0.10, 0.08, 0.06, 0.05, 0.04, 0.22, 0.08)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """An area light: place in metres (camera axes), ``side`` of its square, ``power`` in W."""

    place: tuple[float, float, float]
    side: float
    power: float
    colour: Rgb


@dataclass(frozen=True, slots=True, kw_only=True)
class Sun:
    """``azimuth_deg`` from the camera's side, > 0 to image right; ``angle``: softness, radians."""

    strength: float
    azimuth_deg: float
    elevation_deg: float
    angle: float
    colour: Rgb


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """``below`` … ``above``: the surroundings' colours, times ``surround``. ``outside``: how
    bright the view through the windows is. ``pupil_shine``: how much of the lamp's light comes
    back from the pupil (the lamp near the camera's axis) or 0."""

    kind: LightKind
    below: Rgb
    above: Rgb
    surround: float
    tilt: tuple[float, float, float]
    lamps: tuple[Lamp, ...]
    sun: Sun | None
    outside: float
    pupil_shine: float

    @property
    def infrared(self) -> bool:
        return self.kind in ("nir", "nirday")


def sampled_light(rng: Rng, face_m: Floats, kind: LightKind | None = None) -> Light:
    drawn: LightKind = KINDS[rng.choice(len(KINDS), p=SHARES)]
    chosen = kind or drawn
    side = float(rng.choice([-1.0, 1.0]))
    make = _MAKERS[chosen]
    return make(rng, chosen, face_m, side)


def _day(rng: Rng, kind: LightKind, face_m: Floats, side: float) -> Light:
    window = Lamp(
        place=_near(
            face_m, side * rng.uniform(0.5, 1.2), rng.uniform(0, 0.8), rng.uniform(-0.2, 1)
        ),
        side=float(rng.uniform(0.3, 1.0)), power=float(rng.uniform(5, 40)), colour=_tone(rng, 0.08),
    )  # fmt: skip
    return _light(
        rng, kind, _tone(rng, 0.1, 0.35), _tone(rng, 0.1), rng.uniform(0.4, 1.1),
        lamps=(window,), outside=rng.uniform(0.6, 3.0),
    )  # fmt: skip


def _low_sun(rng: Rng, kind: LightKind, _face_m: Floats, side: float) -> Light:
    sun = Sun(
        strength=float(rng.uniform(2, 9)), azimuth_deg=side * float(rng.uniform(10, 150)),
        elevation_deg=float(rng.uniform(5, 60)), angle=float(rng.uniform(0.01, 0.1)),
        colour=(1.0, 0.95, 0.85),
    )  # fmt: skip
    return _light(
        rng, kind, _tone(rng, 0.1, 0.2), _tone(rng, 0.1, 0.8), rng.uniform(0.2, 0.8),
        sun=sun, outside=rng.uniform(0.5, 4.0),
    )  # fmt: skip


def _overcast(rng: Rng, kind: LightKind, _face_m: Floats, _side: float) -> Light:
    return _light(
        rng, kind, _tone(rng, 0.05, 0.5), _tone(rng, 0.05), rng.uniform(0.5, 1.2),
        outside=rng.uniform(0.6, 2.0),
    )  # fmt: skip


def _dusk(rng: Rng, kind: LightKind, _face_m: Floats, side: float) -> Light:
    sun = Sun(
        strength=float(rng.uniform(0.5, 3)), azimuth_deg=side * float(rng.uniform(20, 140)),
        elevation_deg=float(rng.uniform(0, 15)), angle=0.05, colour=(1.0, 0.55, 0.25),
    )  # fmt: skip
    return _light(
        rng, kind, (0.5, 0.3, 0.25), (0.3, 0.4, 0.7), rng.uniform(0.1, 0.4),
        sun=sun, outside=rng.uniform(0.2, 1.2),
    )  # fmt: skip


_STREET: tuple[Rgb, ...] = ((1.0, 0.6, 0.3), (0.6, 0.8, 1.0), (1.0, 0.9, 0.8))


def _night(rng: Rng, kind: LightKind, face_m: Floats, _side: float) -> Light:
    lamp = Lamp(
        place=_near(face_m, rng.normal(0, 0.5), rng.choice([0.6, -0.35]), rng.uniform(0.1, 0.6)),
        side=float(rng.uniform(0.05, 0.4)), power=float(rng.uniform(0.5, 4)),
        colour=_STREET[rng.integers(3)],
    )  # fmt: skip
    return _light(
        rng, kind, (0.02, 0.02, 0.02), (0.05, 0.05, 0.07), rng.uniform(0.3, 1.0),
        lamps=(lamp,), outside=rng.uniform(0.01, 0.3),
    )  # fmt: skip


def _tunnel(rng: Rng, kind: LightKind, face_m: Floats, side: float) -> Light:
    colour = _STREET[rng.integers(3)]
    lamps = tuple(
        Lamp(
            place=_near(
                face_m, s * rng.uniform(0.2, 0.9), rng.uniform(0.5, 0.9), rng.uniform(0, 0.8)
            ),
            side=float(rng.uniform(0.1, 0.5)), power=float(rng.uniform(2, 10)), colour=colour,
        )
        for s in (side, -side)
    )  # fmt: skip
    return _light(
        rng, kind, _scaled(colour, 0.06), _scaled(colour, 0.15), rng.uniform(0.3, 1.0),
        lamps=lamps, outside=rng.uniform(0.05, 0.5),
    )  # fmt: skip


def _oncoming(rng: Rng, kind: LightKind, face_m: Floats, side: float) -> Light:
    lamps = tuple(
        Lamp(
            place=_near(face_m, side * 0.3 + dx, rng.uniform(-0.1, 0.2), rng.uniform(1.2, 2.5)),
            side=0.05, power=float(rng.uniform(10, 60)), colour=(1.0, 0.95, 0.85),
        )
        for dx in (0.0, 0.35)
    )  # fmt: skip
    return _light(
        rng, kind, (0.02, 0.02, 0.02), (0.04, 0.04, 0.06), rng.uniform(0.3, 1.0),
        lamps=lamps, outside=rng.uniform(0.01, 0.2),
    )  # fmt: skip


def _infrared(rng: Rng, kind: LightKind, _face_m: Floats, side: float) -> Light:
    off_axis = rng.normal(0.0, [0.06, 0.04])
    lamps = [
        Lamp(
            place=(float(off_axis[0]), float(off_axis[1]), 0.0),
            side=float(rng.uniform(0.01, 0.05)),
            power=float(rng.uniform(2, 4)), colour=(1.0, 1.0, 1.0),
        )
    ]  # fmt: skip
    if rng.random() < 0.3:
        place = (side * float(rng.uniform(0.2, 0.5)), float(rng.normal(0, 0.1)), -0.1)
        lamps.append(
            Lamp(place=place, side=0.03, power=float(rng.uniform(0.5, 2)), colour=(1, 1, 1))
        )
    daylight = kind == "nirday"
    sun = Sun(
        strength=float(rng.uniform(1, 6)), azimuth_deg=side * float(rng.uniform(10, 150)),
        elevation_deg=float(rng.uniform(5, 60)), angle=0.03, colour=(1.0, 1.0, 1.0),
    )  # fmt: skip
    near_axis = math.hypot(*off_axis.tolist()) < 0.03
    return _light(
        rng, kind, (0.3, 0.3, 0.3), (1.0, 1.0, 1.0),
        rng.uniform(0.1, 0.6) if daylight else rng.uniform(0.005, 0.06),
        lamps=tuple(lamps), sun=sun if daylight else None,
        outside=rng.uniform(0.3, 2.0) if daylight else rng.uniform(0.0, 0.06),
        pupil_shine=float(rng.uniform(0.5, 2.5)) if near_axis and rng.random() < 0.8 else 0.0,
    )  # fmt: skip


_MAKERS = {
    "day": _day, "sun": _low_sun, "overcast": _overcast, "dusk": _dusk, "night": _night,
    "tunnel": _tunnel, "oncoming": _oncoming, "nir": _infrared, "nirday": _infrared,
}  # fmt: skip


def _light(
    rng: Rng,
    kind: LightKind,
    below: Rgb,
    above: Rgb,
    surround: float,
    *,
    outside: float,
    lamps: tuple[Lamp, ...] = (),
    sun: Sun | None = None,
    pupil_shine: float = 0.0,
) -> Light:
    tilt = tuple(rng.normal(0.0, [0.5, 0.5, 0.8]).tolist())
    return Light(
        kind=kind, below=below, above=above, surround=float(surround), tilt=tilt, lamps=lamps,
        sun=sun, outside=float(outside), pupil_shine=pupil_shine,
    )  # fmt: skip


def _tone(rng: Rng, spread: float, level: float = 1.0) -> Rgb:
    return _scaled((1.0, 1.0, 1.0), level, rng.normal(0.0, spread, 3))


def _scaled(colour: Rgb, level: float, shift: Floats | None = None) -> Rgb:
    varied = np.array(colour) * level * (1.0 if shift is None else np.clip(1.0 + shift, 0.5, 1.5))
    red, green, blue = varied.tolist()
    return red, green, blue


def _near(face_m: Floats, dx: float, dy: float, dz: float) -> tuple[float, float, float]:
    x, y, z = (face_m + np.array([dx, dy, dz], np.float64)).tolist()
    return x, y, z
