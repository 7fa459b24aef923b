"""The strip of both eyes: levelled, centred, at its scale, whatever the head's roll and size."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.vision.eyes.strip import (
    CLIP,
    HEIGHT,
    SHARE,
    WIDTH,
    cut_strip,
    normalised,
    strip_to_image,
)

Point = tuple[float, float]


def _dotted(right: Point, left: Point, size: tuple[int, int] = (640, 480)) -> NDArray[np.uint8]:
    """A bright picture with a dark dot on each outer eye corner."""
    image = np.full((size[1], size[0], 3), 200, np.uint8)
    distance = math.dist(right, left)
    for x, y in (right, left):
        cv2.circle(image, (round(x), round(y)), max(2, round(distance / 30)), (0, 0, 0), -1)
    return image


def _darkest(strip: NDArray[np.uint8], columns: slice) -> Point:
    """Centre of what is dark in some columns, in strip pixels."""
    ys, xs = np.nonzero(strip[:, columns] < 110)
    return float(xs.mean()) + columns.start, float(ys.mean())


@pytest.mark.parametrize("roll_deg", [0.0, 25.0, -40.0])
@pytest.mark.parametrize("distance", [40.0, 96.0, 230.0])
def test_the_corners_lie_level_at_their_place(roll_deg: float, distance: float) -> None:
    turn = math.radians(roll_deg)
    dx, dy = distance / 2 * math.cos(turn), distance / 2 * math.sin(turn)
    right, left = (320 - dx, 240 - dy), (320 + dx, 240 + dy)
    strip = cut_strip(_dotted(right, left), strip_to_image(right, left))
    assert strip.shape == (HEIGHT, WIDTH)
    half = WIDTH / SHARE / 2
    middle = ((WIDTH - 1) / 2, (HEIGHT - 1) / 2)
    for columns, x in (
        (slice(0, WIDTH // 2), middle[0] - half),
        (slice(WIDTH // 2, WIDTH), middle[0] + half),
    ):
        found = _darkest(strip, columns)
        assert found == pytest.approx((x, middle[1]), abs=0.9)


def test_a_mirrored_picture_gives_the_mirrored_strip() -> None:
    random = np.random.default_rng(3)
    image = cv2.blur(random.integers(0, 256, (240, 320, 3), np.uint8), (7, 7))
    right, left = (100.0, 118.0), (188.0, 124.0)
    strip = cut_strip(image, strip_to_image(right, left))
    mirror = np.ascontiguousarray(image[:, ::-1])
    swapped = cut_strip(mirror, strip_to_image((319 - 188.0, 124.0), (319 - 100.0, 118.0)))
    difference = np.abs(strip.astype(int) - swapped[:, ::-1])
    assert difference.max() <= 4


def test_eyes_at_the_rim_and_beyond_give_a_strip() -> None:
    image = np.full((100, 100, 3), 90, np.uint8)
    for right, left in (((-40.0, 5.0), (30.0, -20.0)), ((300.0, 300.0), (400.0, 300.0))):
        assert (cut_strip(image, strip_to_image(right, left)) == 90).all()


def test_corners_on_one_point_give_a_strip() -> None:
    image = np.full((100, 100, 3), 90, np.uint8)
    assert cut_strip(image, strip_to_image((50.0, 50.0), (50.0, 50.0))).shape == (HEIGHT, WIDTH)


def test_light_and_contrast_are_taken_out() -> None:
    random = np.random.default_rng(1)
    strip = random.integers(40, 90, (HEIGHT, WIDTH), np.uint8)
    brighter = (2 * strip + 30).astype(np.uint8)
    assert normalised(strip) == pytest.approx(normalised(brighter), abs=1e-5)
    assert np.abs(normalised(strip)).max() <= CLIP


def test_a_flat_strip_stays_flat() -> None:
    flat = np.full((HEIGHT, WIDTH), 120, np.uint8)
    flat[3, 4] = 121
    assert np.abs(normalised(flat)).max() < 1.0
