"""What the image itself says, for any size of it."""

from __future__ import annotations

import numpy as np
import pytest

from edge_pose.vision.image.quality import ImageMeter


def _grey(level: int, size: tuple[int, int] = (480, 640)) -> np.ndarray:
    return np.full((*size, 3), level, np.uint8)


def test_an_even_picture_has_its_brightness_and_no_contrast() -> None:
    quality = ImageMeter().measure(_grey(90))
    assert quality.brightness == pytest.approx(90)
    assert quality.contrast == 0.0
    assert quality.change is None


def test_half_black_half_white_has_full_contrast() -> None:
    image = _grey(0)
    image[:, 320:] = 255
    quality = ImageMeter().measure(image)
    assert quality.brightness == pytest.approx(127.5, abs=4)
    assert quality.contrast == pytest.approx(127.5, abs=4)


def test_change_is_to_the_image_before() -> None:
    meter = ImageMeter()
    meter.measure(_grey(100))
    assert meter.measure(_grey(130)).change == pytest.approx(30)
    assert meter.measure(_grey(130)).change == 0.0


@pytest.mark.parametrize("size", [(1, 1), (6000, 8000), (3, 900), (480, 640)])
def test_every_size_can_be_measured(size: tuple[int, int]) -> None:
    meter = ImageMeter()
    meter.measure(_grey(10))
    quality = meter.measure(_grey(60, size))
    assert (quality.brightness, quality.change) == pytest.approx((60, 50))
