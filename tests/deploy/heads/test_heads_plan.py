"""What is drawn: the same for the same number, pairs alike but for the face, all poses covered."""

from __future__ import annotations

import numpy as np

from deploy.heads.plan import planned
from deploy.heads.turning import euler_angles, rotation_between


def test_the_same_number_is_the_same_plan() -> None:
    one, other = planned("faces", 1234), planned("faces", 1234)
    assert repr(one) == repr(other)
    assert repr(one) != repr(planned("faces", 1235))
    assert repr(one) != repr(planned("eyes", 1234))


def test_a_pair_shares_person_and_scene_but_not_the_face() -> None:
    first, second = planned("faces", 58), planned("faces", 59)
    assert first.pair == second.pair == 58
    assert first.identity == second.identity
    assert repr((first.posture, first.wear, first.light, first.cabin)) == repr(
        (second.posture, second.wear, second.light, second.cabin)
    )
    assert first.expression != second.expression
    assert planned("faces", 57).pair == -1


def test_faces_and_strips_have_people_of_their_own() -> None:
    faces = {planned("faces", n).identity for n in range(200)}
    eyes = {planned("eyes", n).identity for n in range(200)}
    assert not faces & eyes


def test_all_poses_of_the_contract_are_drawn() -> None:
    shown = np.array([_shown(n) for n in range(3000)])
    yaw, pitch, roll = np.abs(shown).T
    assert 0.27 < (yaw > 45.0).mean() < 0.42
    assert (yaw > 75.0).mean() > 0.08
    assert (pitch > 25.0).mean() > 0.1
    assert pitch.max() <= 45.01
    assert (roll > 20.0).mean() > 0.05


def test_lids_are_open_lowered_and_shut() -> None:
    faces = [planned("eyes", n).expression for n in range(2000)]
    shut = np.array([f.opening["left"] == 0.0 for f in faces])
    down = np.array([f.look[1] < -14.0 for f in faces])
    assert 0.2 < shut.mean() < 0.4
    assert (shut & down).mean() > 0.1, "shut over a lowered look"
    assert (~shut & down).mean() > 0.15, "lowered over a visible iris"


def _shown(number: int) -> tuple[float, float, float]:
    posture = planned("faces", number).posture
    ray = rotation_between(np.array([0.0, 0.0, 1.0]), -posture.eyes_m)
    return euler_angles(ray.T @ posture.head)
