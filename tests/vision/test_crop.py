"""The face crop: what lies in it, and that no box or image breaks it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.values import Box
from edge_pose.vision.crop import face_crop, resized, square_around


def _box(x: float, y: float, side: float) -> Box:
    return Box(x1=x - side / 2, y1=y - side / 2, x2=x + side / 2, y2=y + side / 2)


@given(st.floats(0, 400), st.floats(0, 300), st.floats(8, 500))
def test_the_square_is_centred_on_the_box(x: float, y: float, side: float) -> None:
    left, top, found = square_around(_box(x, y, side), 1.5, 96)
    assert found == pytest.approx(1.5 * side, abs=0.5 + 1.5 * side / 96 / 2)
    assert (left + found / 2, top + found / 2) == pytest.approx((x, y), abs=1.0)


def test_left_half_red_stays_left_half_red() -> None:
    image = np.zeros((400, 400, 3), np.uint8)
    image[:, :200, 2] = 255
    crop = face_crop(image, _box(200, 200, 120), 1.5, 96)
    assert (crop[:, :47, 2] == 255).all()
    assert (crop[:, 49:, 2] == 0).all()


def test_outside_the_image_is_black_and_inside_keeps_its_place() -> None:
    image = np.full((200, 200, 3), 200, np.uint8)
    crop = face_crop(image, _box(0, 100, 100), 1.0, 50)
    assert (crop[:, :24] == 0).all()
    assert (crop[:, 26:] == 200).all()


def test_a_reused_output_holds_nothing_of_the_crop_before() -> None:
    image = np.full((200, 200, 3), 200, np.uint8)
    out = np.zeros((50, 50, 3), np.uint8)
    face_crop(image, _box(100, 100, 80), 1.0, 50, out)
    face_crop(image, _box(-500, 100, 80), 1.0, 50, out)
    assert not out.any()


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.floats(-1e9, 1e9),
    st.floats(-1e9, 1e9),
    st.floats(0, 1e9),
)
def test_any_box_of_any_image_gives_a_crop(
    width: int, height: int, x: float, y: float, side: float
) -> None:
    image = np.full((height, width, 3), 7, np.uint8)
    crop = face_crop(image, _box(x, y, side), 1.4, 32)
    assert crop.shape == (32, 32, 3)
    assert set(np.unique(crop)) <= set(range(8))


@pytest.mark.parametrize("size", [(960, 539), (640, 480), (97, 101)])
def test_shrinking_keeps_the_mean(size: tuple[int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8)
    small = resized(image, 32, 24)
    assert small.shape == (24, 32, 3)
    assert small.mean() == pytest.approx(image.mean(), abs=1.5)
