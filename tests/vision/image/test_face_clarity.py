"""Blur, haze, darkness and strobing light show in numbers, each in its own."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.capture import demo_clip
from edge_pose.values import Box
from edge_pose.vision.image.face_clarity import face_clarity
from edge_pose.vision.image.quality import ImageMeter

FACE = Box(x1=120.0, y1=85.0, x2=235.0, y2=200.0)
BLURRED = 0.50
"""Below: not to be judged by its eyes."""


@lru_cache(maxsize=1)
def frame() -> NDArray[np.uint8]:
    """A picture with natural detail at every scale: 1/f noise, as skin, hair and cloth have."""
    height, width = 300, 400
    rng = np.random.default_rng(7)
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None, :]
    radius = np.maximum(np.hypot(rows, columns), 1.0 / width)
    spectrum = np.fft.fft2(rng.standard_normal((height, width))) / radius
    noise = np.fft.ifft2(spectrum).real
    grey = np.clip(120.0 + 40.0 * noise / noise.std(), 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def blurred(share: float) -> NDArray[np.uint8]:
    return np.asarray(cv2.GaussianBlur(frame(), (0, 0), share * FACE.side), np.uint8)


def test_blur_takes_sharpness_step_by_step_and_little_else() -> None:
    clear = [face_clarity(blurred(share), FACE) for share in (0.003, 0.01, 0.02, 0.03)]
    values = [one.sharpness for one in clear if one]
    assert values == sorted(values, reverse=True)
    assert values[0] > 1.4 * values[3]


def test_haze_takes_contrast_and_leaves_sharpness() -> None:
    hazy = np.asarray(frame() * 0.2 + 180, np.uint8)
    before, after = face_clarity(frame(), FACE), face_clarity(hazy, FACE)
    assert before
    assert after
    assert after.contrast < 0.3 * before.contrast
    assert after.sharpness == pytest.approx(before.sharpness, rel=0.1)


def test_it_does_not_depend_on_the_size_of_the_picture() -> None:
    large = cv2.resize(frame(), None, fx=3.0, fy=3.0, interpolation=cv2.INTER_AREA)
    box = Box(x1=360.0, y1=255.0, x2=705.0, y2=600.0)
    small, big = face_clarity(blurred(0.02), FACE), face_clarity(large, box)
    sharp = face_clarity(frame(), FACE)
    assert small
    assert big
    assert sharp
    assert abs(big.sharpness - sharp.sharpness) < abs(small.sharpness - sharp.sharpness)


@pytest.mark.parametrize("box", [
    Box(x1=-50.0, y1=-50.0, x2=3.0, y2=3.0), Box(x1=900.0, y1=0.0, x2=950.0, y2=50.0),
    Box(x1=50.0, y1=50.0, x2=50.0, y2=50.0),
])  # fmt: skip
def test_a_box_outside_the_picture_is_not_measured(box: Box) -> None:
    assert face_clarity(frame(), box) is None


def test_a_strobing_light_flickers_and_a_steady_one_does_not() -> None:
    steady, strobing = ImageMeter(), ImageMeter()
    dim = np.asarray(frame() * 0.5, np.uint8)
    for number in range(12):
        calm = steady.measure(frame())
        wild = strobing.measure(dim if number % 2 else frame())
    assert calm.flicker is not None
    assert calm.flicker < 0.01
    assert wild.flicker is not None
    assert wild.flicker > 0.3


def test_the_demo_drivers_face_is_in_focus_and_a_fogged_lens_is_not() -> None:
    capture = cv2.VideoCapture(str(demo_clip()))
    image = np.asarray(capture.read()[1], np.uint8)
    capture.release()
    face = Box(x1=140.0, y1=80.0, x2=255.0, y2=195.0)
    sharp = face_clarity(image, face)
    fogged = face_clarity(np.asarray(cv2.GaussianBlur(image, (0, 0), 3.0), np.uint8), face)
    assert sharp
    assert fogged
    assert fogged.sharpness < BLURRED < sharp.sharpness
