"""What a face does: speech, smile, yawn, brows; where it looks; how far its lids are open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deploy.heads.anatomy import EYE_LANDMARKS, LANDMARKS, SIDES, Floats, Side
from deploy.heads.head_model import Gaze, HeadModel
from deploy.heads.turning import angles_of, direction

Rng = np.random.Generator

_SIDED = (
    "browDown", "browOuterUp", "cheekSquint", "mouthFrown", "mouthStretch", "mouthUpperUp",
    "mouthLowerDown", "noseSneer", "mouthPress", "eyeWide", "eyeSquint",
)  # fmt: skip
_WHOLE = (
    "browInnerUp", "mouthPucker", "mouthFunnel", "cheekPuff", "jawLeft", "jawRight", "jawForward",
    "mouthLeft", "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower",
)  # fmt: skip
_PROBE = 0.4
"""A blink weight at which no lid is shut yet: the gap falls linearly to there."""
_PRESSED = 0.02
SHUT = 0.10
"""A lid whose gap is at most this share of the face's own open one is shut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """``actions``: ARKit weights without the lids'. ``look``: (yaw, pitch) of the eyes in the
    head's own axes, degrees; ``far_m``: how far off the point lies they both look at.
    ``opening``: of each lid, by its gap at that look; 0 shut."""

    actions: dict[str, float]
    look: tuple[float, float]
    far_m: float
    opening: dict[Side, float]
    pupil: float


def sampled_expression(rng: Rng) -> Expression:
    """An even mixture: lids open, lowered over a lowered look, drooping, shut at any look."""
    look, opening = _look_and_lids(rng)
    uneven = rng.random() < 0.05
    other = float(rng.choice([0.0, 1.0])) if uneven else opening
    first, second = (opening, other) if rng.random() < 0.5 else (other, opening)
    return Expression(
        actions=_actions(rng),
        look=look,
        far_m=float(rng.choice([0.6, 1.0, 3.0, 30.0])),
        opening={"left": first, "right": second},
        pupil=float(rng.uniform(0.22, 0.6)),
    )


def _look_and_lids(rng: Rng) -> tuple[tuple[float, float], float]:
    yaw = float(np.clip(rng.normal(0.0, 14.0), -34.0, 34.0))
    level = float(np.clip(rng.normal(-2.0, 8.0), -22.0, 22.0))
    down = float(rng.uniform(-36.0, -14.0))
    kind = rng.choice(5, p=[0.44, 0.22, 0.06, 0.14, 0.14])
    if kind == 0:
        return (yaw, level), float(rng.uniform(0.85, 1.05))
    if kind == 1:  # a reader: lowered lids over a visible iris
        return (yaw, down), float(rng.uniform(0.4, 1.05))
    if kind == 2:  # heavy lids
        return (yaw, level), float(rng.uniform(0.2, 0.6))
    return (yaw, level if kind == 3 else down), 0.0


def _actions(rng: Rng) -> dict[str, float]:
    actions = {"jawOpen": _jaw(rng)}
    if rng.random() < 0.3:
        smile = float(rng.uniform(0.2, 1.0))
        actions["mouthSmileLeft"] = smile
        actions["mouthSmileRight"] = float(np.clip(smile + rng.normal(0.0, 0.1), 0.0, 1.0))
    for name in _SIDED:
        if rng.random() < 0.12:
            weight = rng.uniform(0.1, 0.7)
            for side in ("Left", "Right"):
                actions[name + side] = float(np.clip(weight + rng.normal(0.0, 0.05), 0.0, 1.0))
    for name in _WHOLE:
        if rng.random() < 0.06:
            actions[name] = float(rng.uniform(0.1, 0.7))
    return actions


def _jaw(rng: Rng) -> float:
    """Shut for most, speech for many, a yawn for some."""
    kind = rng.random()
    if kind < 0.55:
        return float(rng.uniform(0.0, 0.07))
    return float(rng.uniform(0.05, 0.5) if kind < 0.82 else rng.uniform(0.5, 1.0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MovedFace:
    """``vertices`` (V, 3) at rest with the expression on; ``gaze``: each eye's turn, degrees;
    ``target``: the point looked at; ``open_gap``: this face's own gap with eyes open, level."""

    vertices: Floats
    gaze: Gaze
    target: Floats
    open_gap: dict[Side, float]


def moved_face(
    model: HeadModel, neutral: Floats, to_zero: Floats, expression: Expression
) -> MovedFace:
    """A neutral face with an expression on; the blink's weight is solved from the lid gap."""
    centres = {side: model.eyeball(neutral, side)[0] for side in SIDES}
    middle = (centres["left"] + centres["right"]) / 2.0
    target = middle + to_zero.T @ direction(*expression.look) * expression.far_m * 10.0
    gaze: Gaze = {side: angles_of(target - centres[side]) for side in SIDES}
    actions = dict(expression.actions)
    actions.update(_blinks(model, neutral, actions, gaze, expression.opening))
    calm = {k: w for k, w in expression.actions.items() if not k.startswith(("eye", "cheek"))}
    level: Gaze = {"left": (0.0, 0.0), "right": (0.0, 0.0)}
    opened = model.expressed(neutral, calm, level)
    return MovedFace(
        vertices=model.expressed(neutral, actions, gaze),
        gaze=gaze,
        target=target,
        open_gap={side: lid_gap(opened[LANDMARKS], side) for side in SIDES},
    )


def _blinks(
    model: HeadModel,
    neutral: Floats,
    actions: dict[str, float],
    gaze: Gaze,
    opening: dict[Side, float],
) -> dict[str, float]:
    names = {side: f"eyeBlink{side.title()}" for side in SIDES}
    plain = model.expressed(neutral, actions, gaze)[LANDMARKS]
    probed = model.expressed(neutral, actions | dict.fromkeys(names.values(), _PROBE), gaze)
    weights = {}
    for side in SIDES:
        gap, half = lid_gap(plain, side), lid_gap(probed[LANDMARKS], side)
        shut = _PROBE * gap / max(gap - half, 1e-4)
        pressed = _PRESSED if opening[side] == 0.0 else 0.0
        weights[names[side]] = float(np.clip((1.0 - opening[side]) * shut + pressed, 0.0, 1.2))
    return weights


def lid_gap(landmarks: Floats, side: Side) -> float:
    """The gap between the lids by the eye's width, of landmarks (68, 3) in the rest pose; lids
    past each other are below 0."""
    eye = landmarks[list(EYE_LANDMARKS[side])]
    across = eye[3] - eye[0]
    up = np.cross(np.array([0.0, 0.0, 1.0]), across)
    up *= np.sign(up[1]) / np.linalg.norm(up)
    gaps = (eye[1] - eye[5]) + (eye[2] - eye[4])
    return float(gaps @ up / 2.0 / np.linalg.norm(across))


def eye_aspect_ratio(landmarks: Floats, side: Side) -> float:
    """Soukupová and Čech's ratio in 3D."""
    eye = landmarks[list(EYE_LANDMARKS[side])]
    lids = np.linalg.norm(eye[1] - eye[5]) + np.linalg.norm(eye[2] - eye[4])
    return float(lids / 2.0 / np.linalg.norm(eye[0] - eye[3]))
