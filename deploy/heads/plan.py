"""Everything a picture shows, drawn from its number alone.

Three streams of chance: the person's, the scene's (posture, wear, light, camera) and the face's
(expression, look, lids). Pictures of a pair share person and scene and differ in the face only:
a head angle that differs between them is the estimator's own error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from deploy.heads.cabin import Cabin, open_to_camera, sampled_cabin
from deploy.heads.expression import Expression, sampled_expression
from deploy.heads.light import Light, sampled_light
from deploy.heads.posture import Posture, sampled_posture
from deploy.heads.wear import Wear, sampled_wear
from deploy.heads.wheel import Wheel, clear_of_face, sampled_wheel

Subject = Literal["faces", "eyes"]

_SCENE_STREAM, _FACE_STREAM, _WHEEL_STREAM = 102, 103, 106
_EVERY, _PAIRED = 10, 8
"""Of every ten pictures the last two are a pair."""
_SUBJECTS: dict[Subject, int] = {"faces": 1, "eyes": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """``number``: the picture's own; ``pair``: that of its pair's first picture, or -1; ``wheel``:
    None where the camera sees none."""

    subject: Subject
    number: int
    pair: int
    identity: int
    posture: Posture
    expression: Expression
    wear: Wear
    light: Light
    cabin: Cabin
    wheel: Wheel | None = None


def planned(subject: Subject, number: int, first_identity: int = 0) -> Plan:
    """What picture ``number`` of a subject shows."""
    within = number % _EVERY
    scene = number - within + _PAIRED if within >= _PAIRED else number
    kind = _SUBJECTS[subject]
    rng = np.random.default_rng([_SCENE_STREAM, kind, scene])
    posture = sampled_posture(rng, strip=subject == "eyes")
    wheel = sampled_wheel(np.random.default_rng([_WHEEL_STREAM, kind, scene]))
    return Plan(
        subject=subject,
        number=number,
        pair=scene if within >= _PAIRED else -1,
        identity=first_identity + scene * len(_SUBJECTS) + kind - 1,
        posture=posture,
        wear=sampled_wear(rng),
        light=sampled_light(rng, posture.eyes_m),
        cabin=open_to_camera(sampled_cabin(rng), posture.cabin.T @ -posture.seat_m),
        expression=sampled_expression(np.random.default_rng([_FACE_STREAM, kind, number])),
        wheel=clear_of_face(wheel, posture.cabin, posture.seat_m) if subject == "faces" else None,
    )
