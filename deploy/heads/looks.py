"""What a person's surface looks like: skin, hair, brows, lashes, beard."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rng = np.random.Generator
Rgb = tuple[float, float, float]

HAIR_CARDS = (
    "short01", "short02", "short03", "short04", "bob02", "long01", "ponytail01", "braid01",
)  # fmt: skip
GROWN = ("buzz", "crop", "curls", "afro")
"""Hair of single blades, own geometry."""
BROWS, LASHES = 12, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """``skin``: a picture's name; ``tone``: factors on it; ``hair``: one of HAIR_CARDS or GROWN or
    "" (bald); ``hair_length``: 0 … 1 of the style's range. ``beard_mm``: its length, 0 none;
    ``beard_fill``: share of its area; ``moustache``:
    length in mm. Colours are linear RGB."""

    skin: str
    tone: Rgb
    roughness: float
    hair: str
    hair_length: float
    hair_colour: Rgb
    brow: int
    lash: int
    beard_mm: float
    beard_fill: float
    moustache_mm: float


_HAIR_COLOURS: tuple[Rgb, ...] = (
    (0.010, 0.008, 0.007), (0.03, 0.018, 0.012), (0.08, 0.043, 0.023), (0.26, 0.16, 0.08),
    (0.20, 0.065, 0.03), (0.40, 0.40, 0.40), (0.02, 0.02, 0.02),
)  # fmt: skip
"""Black, dark brown, brown, blond, red, grey, black-brown."""


def sampled_looks(rng: Rng, african: float, male: float, age: float, skins: list[str]) -> Looks:
    dark, man = african > 0.5, male > 0.5
    beard_mm, fill, moustache_mm = _beard(rng) if man else (0.0, 0.0, 0.0)
    lightness = rng.uniform(0.75, 1.12) * (rng.uniform(0.7, 1.4) if dark else 1.0)
    tone = np.clip(lightness * (1.0 + rng.normal(0.0, [0.0, 0.03, 0.05])), 0.2, 1.8)
    colour = _hair_colour(rng, dark=dark, old=age > 0.75)
    return Looks(
        skin=_skin(rng, skins, dark=dark, man=man, age=age),
        tone=_rgb(tone),
        roughness=float(rng.uniform(0.42, 0.72)),
        hair=_hair(rng, dark=dark, man=man),
        hair_length=float(rng.random()),
        hair_colour=colour,
        brow=int(rng.integers(BROWS)),
        lash=int(rng.integers(LASHES)),
        beard_mm=beard_mm,
        beard_fill=fill,
        moustache_mm=moustache_mm,
    )


def _skin(rng: Rng, skins: list[str], *, dark: bool, man: bool, age: float) -> str:
    """A skin of that colour and sex; of that age where there is one."""
    shade, sex = ("dark" if dark else "light") + "skinned", "_male_" if man else "_female_"
    fitting = [s for s in skins if shade in s and sex in s]
    band = "young" if age < 0.66 else "middleage" if age < 0.82 else "old"
    of_age = [s for s in fitting if f"skin_{band}" in s]
    return str(rng.choice(of_age or fitting))


def _hair_colour(rng: Rng, *, dark: bool, old: bool) -> Rgb:
    weights = np.array([0.40, 0.20, 0.12, 0.10, 0.04, 0.30 if old else 0.02, 0.10])
    if dark:
        weights = np.array([0.60, 0.10, 0.02, 0.01, 0.01, 0.15 if old else 0.02, 0.30])
    base = np.array(_HAIR_COLOURS[rng.choice(len(weights), p=weights / weights.sum())])
    return _rgb(base * rng.uniform(0.7, 1.7))


def _hair(rng: Rng, *, dark: bool, man: bool) -> str:
    if rng.random() < (0.12 if man else 0.02):
        return ""
    grown = (0.75 if dark else 0.45) if man else (0.5 if dark else 0.08)
    if rng.random() < grown:
        return str(rng.choice(GROWN, p=[0.3, 0.3, 0.2, 0.2] if dark else [0.35, 0.5, 0.14, 0.01]))
    if man:
        return str(rng.choice(HAIR_CARDS[:4]))
    return str(rng.choice(HAIR_CARDS))


def _beard(rng: Rng) -> tuple[float, float, float]:
    """Shaved, stubble, a short or a full beard, a moustache alone."""
    kind = rng.choice(5, p=[0.42, 0.22, 0.14, 0.14, 0.08])
    if kind == 0:
        return 0.0, 0.0, 0.0
    if kind == 1:
        length = float(rng.uniform(0.8, 2.5))
        return length, float(rng.uniform(0.3, 0.9)), length
    if kind == 2:
        return float(rng.uniform(3, 8)), float(rng.uniform(0.5, 1.0)), float(rng.uniform(2, 6))
    if kind == 3:
        return float(rng.uniform(8, 28)), float(rng.uniform(0.8, 1.0)), float(rng.uniform(4, 10))
    return 0.0, 0.0, float(rng.uniform(3, 9))


def _rgb(values: NDArray[np.floating]) -> Rgb:
    red, green, blue = (float(x) for x in values)
    return red, green, blue
