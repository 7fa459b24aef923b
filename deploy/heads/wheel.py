"""The steering wheel and where hands grip it. Axes of the car (cabin.py): y up, z ahead, m."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from deploy.heads.anatomy import SIDES, Floats, Side
from deploy.heads.parts import Faces
from deploy.heads.tubes import tube, tube_faces

Rng = np.random.Generator

_RIM, _HUB, _SPOKES = 40, 10, (100.0, 180.0, 260.0)
_RIM_M, _SPOKE_M, _HUB_M = 0.015, 0.012, 0.034
"""Half thickness of rim, spokes and the ring that stands for the airbag's cover."""
_FACE_M, _FIST_M, _CAMERA_M = 0.15, 0.26, 0.06
"""What rim and fists keep clear: of the line of sight to the eyes, at the face; of the camera."""
_LAP: Floats = np.array([0.13, -0.58, 0.22])
_PATHS = [(_RIM, True), (_HUB, True), *((2, False) for _ in _SPOKES)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheel:
    """``centre``: from the driver's eyes; ``tilt_deg``: of its plane, the top ahead;
    ``turn_deg``: how far it is steered; ``hands``: where each hand grips, degrees from the top, > 0
    towards image right, or None: it lies in the lap."""

    centre: tuple[float, float, float]
    radius: float
    tilt_deg: float
    turn_deg: float
    hands: dict[Side, float | None]


def sampled_wheel(rng: Rng) -> Wheel:
    """Half as drivers are told (ten to two, a quarter to three), half with one hand or none."""
    clock = {
        "left": float(np.clip(rng.normal(55.0, 25.0), 5.0, 110.0)),
        "right": float(np.clip(rng.normal(-55.0, 25.0), -110.0, -5.0)),
    }
    held = rng.random(2) < (0.8, 0.7)
    return Wheel(
        centre=(0.0, float(rng.normal(-0.40, 0.03)), float(rng.normal(0.43, 0.03))),
        radius=float(rng.uniform(0.17, 0.19)),
        tilt_deg=float(rng.uniform(18.0, 32.0)),
        turn_deg=float(rng.normal(0.0, 8.0)),
        hands={
            side: clock[side] if grips else None for side, grips in zip(SIDES, held, strict=True)
        },
    )


def wheel_faces() -> Faces:
    return tube_faces(_PATHS)


def wheel_points(wheel: Wheel) -> Floats:
    """Vertices: rim, hub and spokes."""
    normal = _axes(wheel)[2]
    hub_middle = np.array(wheel.centre) - 0.03 * normal
    rim = _circle(wheel, wheel.radius, _RIM)
    hub = _circle(wheel, 0.042, _HUB) - 0.03 * normal
    spokes = [
        tube(
            np.stack([hub_middle, at(wheel, angle + wheel.turn_deg)]),
            _SPOKE_M, closed=False, up=normal,
        )
        for angle in _SPOKES
    ]  # fmt: skip
    ring = tube(rim, _RIM_M, closed=True, up=normal)
    return np.concatenate([ring, tube(hub, _HUB_M, closed=True, up=normal), *spokes])


def at(wheel: Wheel, clock_deg: float) -> Floats:
    """The point (3,) of the rim there."""
    right, up, _ = _axes(wheel)
    turn = np.radians(clock_deg)
    way = np.sin(turn) * right + np.cos(turn) * up
    return np.asarray(np.array(wheel.centre) + wheel.radius * way)


def along(wheel: Wheel, clock_deg: float) -> Floats:
    """The rim's direction (3,) there, clockwise as the camera sees it."""
    right, up, _ = _axes(wheel)
    turn = np.radians(clock_deg)
    return np.asarray(np.cos(turn) * right - np.sin(turn) * up)


def clear_of_face(wheel: Wheel, turn: Floats, seat_m: Floats) -> Wheel | None:
    """The wheel and hands as a mounting sees them that shows the face: hands that would cover it
    go to the lap; no wheel where its rim would, or where it touches the camera.

    ``turn`` (3, 3), ``seat_m`` (3,): the car's axes in the camera's.
    """
    rim = _circle(wheel, wheel.radius, _RIM) @ turn.T + seat_m
    if covers(rim, seat_m, _FACE_M) or np.linalg.norm(rim, axis=1).min() < _CAMERA_M:
        return None
    hands = {
        side: None
        if clock is None or covers((turn @ at(wheel, clock) + seat_m)[None], seat_m, _FIST_M)
        else clock
        for side, clock in wheel.hands.items()
    }
    return replace(wheel, hands=hands)


def covers(points: Floats, face_m: Floats, radius_m: float) -> bool:
    """Whether a point (N, 3) lies before the face, within ``radius_m`` of the line of sight."""
    far = float(np.linalg.norm(face_m))
    depth = points @ face_m / far
    beside = points / np.maximum(depth, 1e-3)[:, None] * far - face_m
    before = (depth > 0.0) & (depth < far)
    return bool((np.linalg.norm(beside, axis=1) < radius_m)[before].any())


def in_the_lap(side: Side) -> Floats:
    """Where the wrist of a resting hand is (3,)."""
    return _LAP * [1.0 if side == "left" else -1.0, 1.0, 1.0]


def _circle(wheel: Wheel, radius: float, points: int) -> Floats:
    right, up, _ = _axes(wheel)
    turn = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False)[:, None]
    return np.asarray(wheel.centre + radius * (np.sin(turn) * right + np.cos(turn) * up))


def _axes(wheel: Wheel) -> tuple[Floats, Floats, Floats]:
    """Right in the picture, up the rim, out to the driver."""
    tilt = np.radians(wheel.tilt_deg)
    return (
        np.array([1.0, 0.0, 0.0]),
        np.array([0.0, np.cos(tilt), np.sin(tilt)]),
        np.array([0.0, np.sin(tilt), -np.cos(tilt)]),
    )
