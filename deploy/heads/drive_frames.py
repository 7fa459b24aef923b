"""The frames of a scripted drive: one person in one car, moment by moment, and their truth."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.heads.anatomy import LANDMARKS, NECK_JOINT, OUTER_CORNERS, Floats
from deploy.heads.cabin import sampled_cabin
from deploy.heads.camera import whole_view
from deploy.heads.develop import Sensor, developed, sampled_sensor
from deploy.heads.drive_script import Moment, Script
from deploy.heads.expression import Expression
from deploy.heads.figure import Posed
from deploy.heads.labels import Row, row
from deploy.heads.light import sampled_light
from deploy.heads.people import Person
from deploy.heads.plan import Plan
from deploy.heads.posture import Posture
from deploy.heads.sight import seen
from deploy.heads.studio import Studio, face_box
from deploy.heads.turning import angles_of, direction, rotation_matrix
from deploy.heads.wear import Wear, sampled_wear
from deploy.heads.wheel import Wheel

FPS = 15.0
_ROAD_M = 30.0
_EXPOSURE_LAG_S = 0.4
"""How long a camera's automatic exposure follows behind the light."""
_BEFORE_THE_EYES = (27, 0.4, 0.02)
_DM = 0.1


class Frames:
    """One person in one car, over time."""

    def __init__(self, studio: Studio, script: Script) -> None:
        self._studio, self._script = studio, script
        rng = np.random.default_rng(script.person)
        self._person = studio.figure.people.person(script.person)
        self._crop = whole_view(script.mount.hfov_deg, script.mount.size_px)
        self._eyes = np.array(script.mount.eyes_m)
        self._sensor = _calm(sampled_sensor(rng, script.light))
        upright = rotation_matrix(*script.road)
        self._neck = self._eyes - _eyes_over_neck(self._person, upright)
        self._lamps = sampled_light(rng, self._eyes, script.light)
        self._tunnel = sampled_light(np.random.default_rng(script.person), self._eyes, "tunnel")
        self._cabin = replace(sampled_cabin(rng), side=1, bare=False)
        wear = sampled_wear(rng)
        while script.glasses and (wear.glasses is None or wear.glasses.kind != script.glasses):
            wear = sampled_wear(rng)
        glasses = wear.glasses if script.glasses else None
        self._wear = replace(
            wear, glasses=glasses, headwear="", mask=False, held="", held_at=_BEFORE_THE_EYES,
            belt=True,
        )  # fmt: skip
        self._wheel = _wheel(script.mount.grips_deg)

    def frame(self, index: int, path: Path) -> Row:
        """Render a frame unless it is there; its truth either way."""
        plan = self._plan(index)
        posed = self._studio.figure.posed(plan)
        visible = seen(posed.landmarks, posed.shapes, self._studio.faces)
        truth = row(plan, posed, self._crop, visible)
        if not path.is_file():
            picture = self._picture(plan, posed, path.parent)
            part = path.with_suffix(".part.png")
            cv2.imwrite(str(part), picture[..., ::-1])
            part.replace(path)
        return truth | {"frame": index, "t_s": index / FPS}

    def _picture(self, plan: Plan, posed: Posed, folder: Path) -> NDArray[np.uint8]:
        """Light outside and in the tunnel add up; the camera's exposure lags behind."""
        t_s = plan.number / FPS
        shares = [self._script.at(t).tunnel for t in (t_s, max(0.0, t_s - _EXPOSURE_LAG_S))]
        outside = self._light_of(plan, posed, folder) if min(shares) < 1.0 else None
        inside = None
        if max(shares) > 0.0:
            inside = self._light_of(replace(plan, light=self._tunnel), posed, folder)
        now, metered = (_mixed(outside, inside, share) for share in shares)
        box = face_box(self._crop.project(posed.landmarks), self._crop)
        return developed(now, self._sensor, plan.number, box, metered=metered)

    def _light_of(self, plan: Plan, posed: Posed, folder: Path) -> NDArray[np.float32]:
        """What the camera sees; a moment like one before (an attentive driver between two blinks)
        is not rendered again, only its noise is new."""
        moment = replace(self._script.at(plan.number / FPS), tunnel=0.0)
        name = hashlib.sha256(f"{moment!r}{plan.light.kind}".encode()).hexdigest()[:16]
        kept = folder / f"{name}.npy"
        if not kept.is_file():
            part = kept.with_suffix(".part")
            with part.open("wb") as file:
                np.save(file, self._studio.stage.render(plan, posed, self._crop))
            part.replace(kept)
        return np.asarray(np.load(kept), np.float32)

    def _plan(self, index: int) -> Plan:
        moment = self._script.at(index / FPS)
        head = rotation_matrix(*moment.head)
        eyes = self._neck + _eyes_over_neck(self._person, head)
        torso = rotation_matrix(*self._script.road)
        posture = Posture(
            head=head, torso=torso, cabin=rotation_matrix(0.0, 3.0, 0.0), eyes_m=eyes,
            seat_m=self._eyes,
        )  # fmt: skip
        return Plan(
            subject="faces", number=index, pair=-1, identity=self._script.person,
            posture=posture, expression=_expression(moment, head), wear=self._worn(moment),
            light=self._lamps, cabin=self._cabin, wheel=self._wheel,
        )  # fmt: skip

    def _worn(self, moment: Moment) -> Wear:
        glasses = self._wear.glasses if moment.glasses else None
        return replace(self._wear, glasses=glasses, held="hand" if moment.hand else "")


def _wheel(grips_deg: tuple[float, float] | None) -> Wheel | None:
    if grips_deg is None:
        return None
    right, left = grips_deg
    return Wheel(
        centre=(0.0, -0.40, 0.43), radius=0.18, tilt_deg=25.0, turn_deg=0.0,
        hands={"right": right, "left": left},
    )  # fmt: skip


def _mixed(
    outside: NDArray[np.float32] | None, inside: NDArray[np.float32] | None, share: float
) -> NDArray[np.float32]:
    if outside is None or inside is None:
        only = outside if outside is not None else inside
        assert only is not None
        return only
    return np.asarray(outside + (inside - outside) * np.float32(share), np.float32)


def _expression(moment: Moment, head: Floats) -> Expression:
    return Expression(
        actions={"jawOpen": moment.jaw}, look=angles_of(head.T @ direction(*moment.look)),
        far_m=_ROAD_M, opening={"left": moment.lids, "right": moment.lids}, pupil=0.4,
    )  # fmt: skip


def _eyes_over_neck(person: Person, head: Floats) -> Floats:
    """From the neck joint to the middle of the eyes, m."""
    neutral = person.neutral
    eyes = neutral[LANDMARKS[list(OUTER_CORNERS)]].mean(axis=0)
    return np.asarray(head @ person.to_zero @ (eyes - neutral[NECK_JOINT].mean(axis=0)) * _DM)


def _calm(sensor: Sensor) -> Sensor:
    """A fair camera: the drives are about the driver, and grain does not compress."""
    return replace(
        sensor, aim=0.3, contrast=1.0, blur_px=0.0, shake_px=(0.0, 0.0), sharpen=0.0,
        grain=0.004, rows=0.2,
    )  # fmt: skip
