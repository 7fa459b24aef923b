"""The open-eye baseline: learned from open eyes alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.vision.eyes.open_eye import MESH_RATIOS, OpenEye


class Eye:
    """An eye that is shown ratios, ten a second."""

    def __init__(self) -> None:
        self.learned, self.t_s = OpenEye(), 0.0

    def show(self, ratio: float, seconds: float, closed: float | None = None) -> float:
        for _ in range(max(1, round(10 * seconds))):
            self.t_s += 0.1
            self.learned.learn(ratio, self.t_s, closed)
        return self.learned.ratio

    def blinking(self, ratio: float, blinks: int) -> float:
        for _ in range(blinks):
            self.show(ratio, 3.0)
            self.show(0.5 * ratio, 0.2)
        return self.show(ratio, 1.0)


def test_a_driver_nobody_knows_has_peoples_usual_eye() -> None:
    assert OpenEye().ratio == MESH_RATIOS.usual


def test_blinks_do_not_move_the_baseline() -> None:
    assert Eye().blinking(0.27, 40) == pytest.approx(0.27, abs=0.015)


def test_narrow_eyes_are_learned_once_they_blink() -> None:
    eye = Eye()
    assert eye.show(0.19, 10.0) == MESH_RATIOS.usual
    assert eye.blinking(0.19, 8) == pytest.approx(0.19, abs=0.02)


def test_narrow_eyes_are_learned_at_once_when_another_measure_says_open() -> None:
    assert Eye().show(0.19, 30.0, closed=0.05) == pytest.approx(0.19, abs=0.02)


@pytest.mark.parametrize("shut", [0.0, 0.1, 0.15, 0.2, 0.23])
def test_a_level_that_never_blinks_lowers_nothing(shut: float) -> None:
    assert Eye().show(shut, 600.0) == MESH_RATIOS.usual


def test_nothing_is_learned_while_another_measure_says_shut() -> None:
    assert Eye().show(0.25, 600.0, closed=0.9) == MESH_RATIOS.usual


def test_a_long_closure_is_no_blink() -> None:
    eye = Eye()
    for _ in range(20):
        eye.show(0.2, 2.0)
        eye.show(0.1, 1.5)
    assert eye.learned.ratio == MESH_RATIOS.usual


def test_a_learned_eye_rises_but_never_falls() -> None:
    eye = Eye()
    eye.show(0.30, 60.0)
    learned = eye.learned.ratio
    assert eye.blinking(0.24, 60) == pytest.approx(learned, abs=0.005)
    assert eye.show(0.36, 600.0) > learned


@given(st.lists(st.floats(0.0, 3.0, allow_nan=False), max_size=60), st.floats(0, 2))
def test_openness_stays_in_range_whatever_was_seen(ratios: list[float], now: float) -> None:
    eye = OpenEye()
    for i, ratio in enumerate(ratios):
        eye.learn(ratio, 0.1 * i)
    assert 0.0 <= eye.openness(now, 0.53) <= 1.0
