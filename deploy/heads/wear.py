"""What a driver wears and holds: glasses, hats, masks, a hand or a phone before the face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from deploy.heads.looks import Rgb

Rng = np.random.Generator
GlassesKind = Literal["clear", "tinted", "sun"]
Headwear = Literal["", "cap", "beanie", "scarf", "fedora"]
Held = Literal["", "hand", "phone", "bottle"]

SEEN_THROUGH = 0.3
"""Lenses that pass less than this share of the camera's light hide the eyes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glasses:
    """Half width and height of a lens in dm, ``power`` of its outline (1 ellipse, below: squarer),
    ``passes``: the lens's share of visible light, ``passes_ir``: of the lamp's."""

    kind: GlassesKind
    half_width: float
    half_height: float
    power: float
    thick: float
    colour: Rgb
    tint: Rgb
    passes: float
    passes_ir: float
    shine: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wear:
    """``mask``: over mouth and nose. ``held_at``: where a hand is, (landmark, turn in radians,
    distance before the face in m)."""

    glasses: Glasses | None
    headwear: Headwear
    mask: bool
    mask_colour: Rgb
    hat_colour: Rgb
    shirt_colour: Rgb
    belt: bool
    held: Held
    held_at: tuple[int, float, float]


_FRAMES: tuple[Rgb, ...] = (
    (0.01, 0.01, 0.01), (0.03, 0.02, 0.015), (0.3, 0.28, 0.26), (0.25, 0.12, 0.05),
    (0.02, 0.03, 0.10), (0.55, 0.45, 0.25),
)  # fmt: skip
_MASKS: tuple[Rgb, ...] = (
    (0.55, 0.68, 0.78),
    (0.8, 0.8, 0.8),
    (0.02, 0.02, 0.02),
    (0.35, 0.4, 0.42),
    (0.4, 0.15, 0.15),
)
_FACE_POINTS = (30, 33, 51, 57, 8, 48, 54, 36, 45, 2, 14, 27)


def sampled_wear(rng: Rng) -> Wear:
    headwear: Headwear = str(  # type: ignore[assignment]
        rng.choice(["", "cap", "beanie", "scarf", "fedora"], p=[0.80, 0.08, 0.04, 0.06, 0.02])
    )
    held: Held = str(  # type: ignore[assignment]
        rng.choice(["", "hand", "phone", "bottle"], p=[0.87, 0.08, 0.03, 0.02])
    )
    return Wear(
        glasses=_glasses(rng),
        headwear=headwear,
        mask=bool(rng.random() < 0.07),
        mask_colour=_varied(rng, _MASKS[rng.integers(len(_MASKS))]),
        hat_colour=_cloth(rng),
        shirt_colour=_cloth(rng),
        belt=bool(rng.random() < 0.85),
        held=held,
        held_at=(
            int(rng.choice(_FACE_POINTS)),
            float(rng.uniform(-np.pi, np.pi)),
            float(rng.uniform(0.006, 0.05)),
        ),
    )


def _glasses(rng: Rng) -> Glasses | None:
    kind: GlassesKind
    drawn = rng.random()
    if drawn < 0.58:
        return None
    kind = "clear" if drawn < 0.86 else "tinted" if drawn < 0.89 else "sun"
    passes = {
        "clear": rng.uniform(0.9, 0.97), "tinted": rng.uniform(0.45, 0.75),
        "sun": rng.uniform(0.01, 0.14),
    }[kind]  # fmt: skip
    passes_ir = passes if kind == "clear" else rng.choice([rng.uniform(0.5, 0.85), 0.02])
    return Glasses(
        kind=kind,
        half_width=float(rng.uniform(0.23, 0.30)),
        half_height=float(rng.uniform(0.14, 0.25)),
        power=float(rng.choice([0.5, 0.7, 1.0])),
        thick=float(rng.choice([rng.uniform(0.008, 0.014), rng.uniform(0.016, 0.032)])),
        colour=_varied(rng, _FRAMES[rng.integers(len(_FRAMES))]),
        tint=_varied(rng, (1.0, 1.0, 1.0) if kind == "clear" else (1.0, 0.9, 0.8)),
        passes=float(passes),
        passes_ir=float(passes_ir),
        shine=float(rng.uniform(0.2, 1.0)),
    )


def _cloth(rng: Rng) -> Rgb:
    red, green, blue = (rng.dirichlet([3, 3, 3]) * rng.choice([0.06, 0.3, 1.0, 2.0])).tolist()
    return red, green, blue


def _varied(rng: Rng, colour: Rgb) -> Rgb:
    red, green, blue = (np.array(colour) * (1.0 + rng.normal(0.0, 0.05, 3)).clip(0.8, 1.2)).tolist()
    return red, green, blue
