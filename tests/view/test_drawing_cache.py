"""A clock that ticks in the picture for hours takes no more memory than one picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_pose.view.drawing.drawing_cache import kept
from edge_pose.view.drawing.typeface import Typeface, Weights


def test_what_is_drawn_again_is_drawn_once() -> None:
    drawn: list[int] = []

    @kept(1000)
    def draw(side: int) -> NDArray[np.uint8]:
        drawn.append(side)
        return np.zeros((side, side), np.uint8)

    assert draw(10) is draw(10)
    assert drawn == [10]


def test_bytes_bound_what_is_kept_and_the_longest_unused_goes_first() -> None:
    drawn: list[int] = []

    @kept(1000)
    def draw(number: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8], float]:
        drawn.append(number)
        return np.zeros(200, np.uint8), np.zeros(200, np.uint8), 0.5

    for number in (1, 2, 1, 3, 1, 2):
        draw(number)
    assert drawn == [1, 2, 3, 2]


def test_the_newest_stays_however_large() -> None:
    @kept(10)
    def draw(number: int) -> NDArray[np.uint8]:
        return np.zeros(number, np.uint8)

    assert draw(100) is draw(100)


def test_an_hour_of_seconds_on_a_large_screen_is_not_held() -> None:
    face = Typeface("b612-regular")
    first = face.mask("no driver in view for 0 s", 60.0)
    made = [face.mask(f"no driver in view for {second} s", 60.0) for second in range(1, 200)]
    assert face.mask("no driver in view for 199 s", 60.0) is made[-1]
    assert weight(made[-1][0]) * len(made) > 10_000_000
    assert face.mask("no driver in view for 0 s", 60.0) is not first


def weight(shape: Weights) -> int:
    return shape[0].nbytes + shape[1].nbytes
