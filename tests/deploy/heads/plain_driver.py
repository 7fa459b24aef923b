"""A face of 68 points and a driver made of them, for tests without the head's parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deploy.heads.anatomy import LANDMARKS, NECK_JOINT, SIDES, Floats
from deploy.heads.expression import MovedFace
from deploy.heads.eyeball import Iris
from deploy.heads.figure import Eye, Posed
from deploy.heads.looks import sampled_looks
from deploy.heads.people import MEAN_ADULT, Person
from deploy.heads.plan import Plan, planned
from deploy.heads.posture import Skeleton
from deploy.heads.turning import direction, rotation_between

VERTICES = 19158
_EYE = {"right": (36, 37, 38, 39, 40, 41), "left": (45, 44, 43, 42, 47, 46)}


def rest() -> Floats:
    """Landmarks (68, 3) of a plain face at rest, dm, symmetric about x = 0."""
    rng = np.random.default_rng(4)
    right = rng.uniform([-0.7, 6.2, 0.6], [-0.05, 7.6, 1.6], (68, 3))
    from deploy.heads.anatomy import MIRROR

    points = (right + right[MIRROR] * [-1.0, 1.0, 1.0]) / 2.0
    for side, sign in (("right", -1.0), ("left", 1.0)):
        eye = [
            [0.45, 7.30, 1.30], [0.36, 7.35, 1.36], [0.26, 7.35, 1.38], [0.17, 7.30, 1.36],
            [0.26, 7.27, 1.38], [0.36, 7.27, 1.36],
        ]  # fmt: skip
        points[list(_EYE[side])] = np.array(eye) * [sign, 1.0, 1.0]
    for index in range(68):
        if MIRROR[index] == index:
            points[index, 0] = 0.0
    return np.asarray(points)


def face(head: Floats, place: Floats) -> Floats:
    """Its landmarks in camera axes, metres, the middle of the eye corners at ``place``."""
    points = rest()
    middle = points[[36, 45]].mean(axis=0)
    return np.asarray((points - middle) @ head.T * 0.1 + place)


def vertices(points: Floats) -> Floats:
    whole = np.zeros((VERTICES, 3))
    whole[NECK_JOINT] = [0.0, 6.0, 0.1]
    whole[LANDMARKS] = points
    return whole


def person() -> Person:
    looks = sampled_looks(
        np.random.default_rng(0), 0.0, 1.0, 0.6, ["skin_young_lightskinned_male_"]
    )
    iris = Iris(picture="", tint=(1, 1, 1), pupil=0.4, white=(1, 1, 1), bright=0.0)
    return Person(
        identity=0, traits=MEAN_ADULT, neutral=vertices(rest()), to_zero=np.eye(3), looks=looks,
        iris=iris,
    )  # fmt: skip


def driver(number: int = 3) -> tuple[Plan, Posed]:
    """A planned picture with this face in it."""
    plan = planned("faces", number)
    points = rest() + np.random.default_rng(number).normal(0.0, 0.01, (68, 3))
    whole = vertices(points)
    skeleton = Skeleton(whole, np.eye(3), plan.posture)
    gaze = dict.fromkeys(SIDES, plan.expression.look)
    moved = MovedFace(
        vertices=whole, gaze=gaze, target=np.array([1.0, 7.0, 30.0]),
        open_gap={"left": 0.4, "right": 0.35},
    )  # fmt: skip
    eyes = {
        side: Eye(
            centre=skeleton.on_head(np.array([[x, 7.3, 1.2]]))[0],
            radius_m=0.012,
            turn=skeleton.head @ rotation_between(np.array([0, 0, 1.0]), direction(*gaze[side])),
        )
        for side, x in (("right", -0.31), ("left", 0.3))
    }
    posed = Posed(
        person=person(), moved=moved, skeleton=skeleton, shapes={},
        landmarks=skeleton.bent(points), mesh=skeleton.bent(points), eyes=eyes,
        target=skeleton.on_head(moved.target[None])[0],
    )  # fmt: skip
    return plan, posed


def in_the_mirror(plan: Plan, posed: Posed) -> tuple[Plan, Posed]:
    """The same driver in a mirror: x is turned round, and left becomes right."""
    from deploy.heads.anatomy import MIRROR

    flip = np.array([-1.0, 1.0, 1.0])
    turn = np.diag(flip)
    posture = replace(
        plan.posture, head=turn @ plan.posture.head @ turn, eyes_m=plan.posture.eyes_m * flip
    )
    whole = vertices(posed.moved.vertices[LANDMARKS][MIRROR] * flip)
    gap = posed.moved.open_gap
    moved = replace(
        posed.moved, vertices=whole, open_gap={"left": gap["right"], "right": gap["left"]}
    )
    eyes = {
        one: Eye(
            centre=posed.eyes[other].centre * flip, radius_m=posed.eyes[other].radius_m,
            turn=turn @ posed.eyes[other].turn @ turn,
        )
        for one, other in (("left", "right"), ("right", "left"))
    }  # fmt: skip
    mirrored = replace(
        posed, moved=moved, landmarks=posed.landmarks[MIRROR] * flip, eyes=eyes,
        target=posed.target * flip,
    )  # fmt: skip
    return replace(plan, posture=posture), mirrored
