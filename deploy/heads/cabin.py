"""The car round the driver: seat, headrest, pillars, rear bench, roof, and what lies outside.

A car of boxes and panes with varied colours. It is seen but lights nothing: the light that reaches
the face is planned on its own (light.py), so a scene stays as quick to render as a bare head.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from deploy.heads.anatomy import Floats
from deploy.heads.looks import Rgb

Rng = np.random.Generator

OUTSIDE = 64
"""Side in pixels of the picture outside the windows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cabin:
    """``side``: 1 where the driver's window is at image right, −1 at image left. Sizes in m."""

    side: int
    seat_colour: Rgb
    trim_colour: Rgb
    roof_colour: Rgb
    headrest: tuple[float, float]
    headrest_gap: float
    seat_shift: tuple[float, float]
    window_low: float
    outside_seed: int
    bare: bool


def sampled_cabin(rng: Rng) -> Cabin:
    grey = rng.choice([0.01, 0.03, 0.1, 0.3], p=[0.4, 0.25, 0.2, 0.15])
    return Cabin(
        side=int(rng.choice([-1, 1])),
        seat_colour=_tinted(rng, grey, 0.25),
        trim_colour=_tinted(rng, rng.choice([0.01, 0.03, 0.12, 0.35]), 0.15),
        roof_colour=_tinted(rng, rng.choice([0.02, 0.2, 0.45]), 0.08),
        headrest=(float(rng.uniform(0.11, 0.15)), float(rng.uniform(0.07, 0.11))),
        headrest_gap=float(rng.uniform(0.02, 0.10)),
        seat_shift=(float(rng.normal(0.0, 0.02)), float(rng.normal(-0.02, 0.03))),
        window_low=float(rng.uniform(-0.25, -0.05)),
        outside_seed=int(rng.integers(2**31)),
        bare=bool(rng.random() < 0.06),
    )


def open_to_camera(cabin: Cabin, camera: Floats) -> Cabin:
    """The cabin with its door on the side away from the camera (3,), given in cabin axes, so that
    no door hides the driver."""
    return replace(cabin, side=-1 if camera[0] > 0.0 else 1)


def _tinted(rng: Rng, grey: float, spread: float) -> Rgb:
    red, green, blue = (grey * np.clip(1.0 + rng.normal(0.0, spread, 3), 0.3, 1.8)).tolist()
    return red, green, blue


CUBE: Floats = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
CUBE_FACES = [
    [0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3],
]  # fmt: skip
PANE: Floats = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float64)
SOFT = ("headrest", "backrest", "far_headrest", "far_backrest", "bench")
HARD = (
    "pillar",
    "rear_pillar_left",
    "rear_pillar_right",
    "roof",
    "door",
    "far_door",
    "shelf",
    "floor",
)
PANES = ("side_window", "rear_side", "far_side", "rear_window")
"""Names of the parts: rounded boxes, sharp boxes, and the panes that show the outside."""


def boxes(cabin: Cabin) -> dict[str, Floats]:
    """Corners (8, 3) of each box in cabin axes, metres; the driver's eyes are at the origin."""
    s, (width, height) = float(cabin.side), cabin.headrest
    back = -0.16 - cabin.headrest_gap
    dx, dy = cabin.seat_shift
    return {
        "headrest": _box((dx, dy - 0.01, back - 0.045), (width, height, 0.045)),
        "backrest": _box((dx, dy - 0.50, back - 0.07), (0.25, 0.34, 0.06)),
        "far_headrest": _box((-s * 0.72, dy - 0.03, -0.30), (width, height, 0.045)),
        "far_backrest": _box((-s * 0.72, dy - 0.52, -0.33), (0.25, 0.34, 0.06)),
        "bench": _box((-s * 0.36, -0.45, -1.05), (0.70, 0.32, 0.10)),
        "pillar": _box((s * 0.46, 0.0, -0.24), (0.03, 0.75, 0.06)),
        "rear_pillar_left": _box((-s * 1.06, 0.0, -1.15), (0.05, 0.6, 0.12)),
        "rear_pillar_right": _box((s * 0.40, 0.0, -1.15), (0.06, 0.6, 0.12)),
        "roof": _box((-s * 0.36, 0.25, -0.6), (0.85, 0.02, 1.0)),
        "door": _box((s * 0.48, cabin.window_low - 0.4, -0.3), (0.03, 0.4, 1.2)),
        "far_door": _box((-s * 1.20, cabin.window_low - 0.4, -0.3), (0.03, 0.4, 1.2)),
        "floor": _box((-s * 0.36, -0.85, -0.4), (0.85, 0.02, 1.3)),
        "shelf": _box((-s * 0.36, -0.24, -1.3), (0.8, 0.015, 0.2)),
    }


def panes(cabin: Cabin) -> dict[str, Floats]:
    """Corners (4, 3) of each window in cabin axes, metres."""
    s = float(cabin.side)
    upright = PANE[:, [2, 1, 0]]  # across z instead of x
    return {
        "side_window": upright * [0, 0.55, 0.55] + [s * 0.52, 0.1, 0.3],
        "rear_side": upright * [0, 0.55, 0.55] + [s * 0.52, 0.1, -0.85],
        "far_side": upright * [0, 0.55, 1.2] + [-s * 1.26, 0.1, -0.3],
        "rear_window": PANE * [1.0, 0.5, 0] + [-s * 0.36, 0.1, -1.6],
    }


def _box(centre: tuple[float, float, float], half: tuple[float, float, float]) -> Floats:
    return np.asarray(CUBE * np.array(half) + np.array(centre))


def outside_picture(cabin: Cabin) -> NDArray[np.float32]:
    """RGBA (64, 64, 4), linear, first row on top: sky over ground with blocks, trees and cars."""
    rng = np.random.default_rng(cabin.outside_seed)
    height = np.linspace(1.0, 0.0, OUTSIDE)[:, None, None]
    horizon = rng.uniform(0.35, 0.6)
    sky = np.array([0.6, 0.75, 1.0]) * rng.uniform(0.5, 1.3) + height * rng.uniform(-0.2, 0.3)
    ground = rng.uniform(0.05, 0.4) * (1.0 + rng.normal(0.0, 0.1, 3))
    picture = np.where(height > horizon, np.broadcast_to(sky, (OUTSIDE, 1, 3)), ground)
    picture = np.repeat(picture, OUTSIDE, axis=1)
    for _ in range(rng.integers(2, 14)):
        _block(picture, rng, horizon)
    return np.dstack([np.clip(picture, 0.0, 2.0), np.ones((OUTSIDE, OUTSIDE))]).astype(np.float32)


def _block(picture: Floats, rng: Rng, horizon: float) -> None:
    """A building, a tree, a car: a block that stands on the horizon or before it."""
    top = int((1.0 - horizon - rng.uniform(-0.15, 0.4)) * OUTSIDE)
    bottom = int((1.0 - horizon + rng.uniform(0.0, 0.15)) * OUTSIDE)
    left, width = int(rng.integers(-8, OUTSIDE)), int(rng.integers(3, 24))
    green = rng.random() < 0.4
    colour = np.array([0.3, 0.5, 0.2]) if green else 1.0 + rng.normal(0.0, 0.15, 3)
    shade = colour * rng.choice([0.05, 0.2, 0.5, 0.9])
    picture[max(0, top) : max(0, bottom), max(0, left) : max(0, left + width)] = shade
