"""The face crop: what lies in it, and that no box or image breaks it."""

from __future__ import annotations

import hashlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.values import Box
from edge_pose.vision.eyes.strip import cut_strip, strip_to_image
from edge_pose.vision.image.crop import face_crop, resized, square_around


def _box(x: float, y: float, side: float) -> Box:
    return Box(x1=x - side / 2, y1=y - side / 2, x2=x + side / 2, y2=y + side / 2)


@given(st.floats(0, 400), st.floats(0, 300), st.floats(8, 500))
def test_the_square_is_centred_on_the_box(x: float, y: float, side: float) -> None:
    left, top, found = square_around(_box(x, y, side), 1.5)
    assert found == pytest.approx(1.5 * side)
    assert (left + found / 2, top + found / 2) == pytest.approx((x, y), abs=1e-6)


@pytest.mark.parametrize("side", [60.0, 120.0, 200.0, 330.0])
def test_the_crop_moves_by_parts_of_a_pixel(side: float) -> None:
    """A dot's centre of mass lies where the box says, to a small part of a crop pixel."""
    image = np.zeros((480, 640, 3), np.uint8)
    cv2.circle(image, (320, 240), round(side / 8), (255, 255, 255), -1)
    for shift in (0.0, 0.3, 0.5, 0.8):
        crop = face_crop(image, _box(320 + shift, 240, side), 1.4, 112)[..., 0].astype(float)
        column = (crop.sum(axis=0) @ np.arange(112)) / crop.sum()
        # Image pixel 320 has its centre at 320.5 of the edge-to-edge coordinates of boxes.
        expected = 55.5 + (0.5 - shift) * 112 / (1.4 * side)
        assert column == pytest.approx(expected, abs=0.05)


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


def _pattern() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Fine and coarse structure, made of whole numbers only."""
    y, x = np.mgrid[:480, :640]
    return np.stack([x * y // 7 + 31 * c + (x >> 3) * c for c in range(3)], -1).astype(np.uint8)


@pytest.mark.parametrize(
    ("x", "y", "side", "digest"),
    [
        (320, 240, 48.0, "93c82d62e39b2a81"),  # grows
        (320, 240, 80.0, "14a7b1b09a8285b3"),  # own size
        (320, 240, 100.0, "23dc1f9852e2bb0e"),  # a little smaller
        (320, 240, 142.5, "8cc605ff8291ea75"),  # a third smaller
        (300, 220, 197.0, "af81bb5db84cc8f8"),  # halves and a rest
        (300, 220, 263.2, "f42ff2e3d7784d30"),  # thirds and a rest
        (320, 240, 320.0, "4d3bee3371cacf18"),  # quarters
        (40, 60, 150.0, "8cd58c820289833e"),  # over the corner
        (600, 300, 233.0, "41a5f1bc8dc960e9"),  # over the edge
        (311.37, 222.81, 171.3, "f0807d0b114d0f8b"),  # parts of a pixel
    ],
)
def test_a_crop_has_the_same_pixels_on_every_processor(
    x: float, y: float, side: float, digest: str
) -> None:
    crop = face_crop(_pattern(), _box(x, y, side), 1.4, 112)
    assert hashlib.sha256(crop.tobytes()).hexdigest()[:16] == digest


def test_a_turned_strip_has_the_same_pixels_on_every_processor() -> None:
    to_image = strip_to_image((200.3, 210.7), (410.2, 233.9), width=96, height=36)
    strip = cut_strip(_pattern(), to_image, (96, 36))
    assert hashlib.sha256(strip.tobytes()).hexdigest()[:16] == "22a81c877c2a6ea9"


def test_the_detector_sees_the_same_pixels_on_every_processor() -> None:
    small = resized(_pattern(), 128, 96)
    assert hashlib.sha256(small.tobytes()).hexdigest()[:16] == "f0298c4d8a545a32"


def test_stripes_finer_than_the_crop_are_averaged() -> None:
    image = np.zeros((500, 500, 3), np.uint8)
    image[:, ::2] = 255
    for side in (230, 280, 336, 400):
        crop = resized(image[:side, :side], 112, 112).astype(int)
        assert abs(crop - 127).max() <= 45
