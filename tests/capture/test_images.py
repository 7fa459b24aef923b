"""Images of every kind become 8-bit BGR, upright and unmirrored."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.capture.images import from_yuv420, to_bgr
from edge_pose.capture.orientation import Orientation
from edge_pose.config.capture import CaptureConfig
from edge_pose.errors import SourceError

sizes = st.integers(1, 20)


@given(sizes, sizes, st.sampled_from([None, 1, 3, 4]), st.sampled_from([np.uint8, np.uint16]))
def test_any_common_image_becomes_8_bit_bgr(
    height: int, width: int, channels: int | None, dtype: type
) -> None:
    shape = (height, width) if channels is None else (height, width, channels)
    value = 100 if dtype is np.uint8 else 100 << 8
    bgr = to_bgr(np.full(shape, value, dtype))
    assert bgr.shape == (height, width, 3)
    assert bgr.dtype == np.uint8
    assert (bgr == 100).all()


@pytest.mark.parametrize(
    "image",
    [np.zeros((0, 4, 3), np.uint8), np.zeros((4, 4, 5), np.uint8), np.zeros((4, 4), np.float32),
     np.zeros(4, np.uint8)],
)  # fmt: skip
def test_what_is_no_image_is_refused(image: np.ndarray) -> None:
    with pytest.raises(SourceError, match="cannot be used"):
        to_bgr(image)


def test_yuyv_keeps_its_grey() -> None:
    yuyv = np.full((4, 6, 2), 128, np.uint8)
    bgr = to_bgr(yuyv)
    assert bgr.shape == (4, 6, 3)
    assert np.ptp(bgr) == 0


def test_padded_yuv_planes_become_the_picture() -> None:
    picture = np.full((48, 64, 3), (30, 160, 90), np.uint8)
    planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)
    bgr = from_yuv420(planes, (60, 40))
    assert bgr.shape == (40, 60, 3)
    assert np.abs(bgr.astype(int) - picture[:40, :60]).max() <= 4


def arrow() -> np.ndarray:
    """An image without any symmetry: pixel value = its own number."""
    return np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("flip", ["none", "horizontal", "vertical", "both"])
@pytest.mark.parametrize("mirrored", [False, True])
def test_orientation_undoes_what_the_camera_did(rotate: int, flip: str, mirrored: bool) -> None:
    """A camera mounted turned and delivering flipped images: the config brings the scene back."""
    scene = arrow()
    seen = np.rot90(scene, rotate // 90)
    if flip in ("vertical", "both"):
        seen = seen[::-1]
    if (flip in ("horizontal", "both")) != mirrored:
        seen = seen[:, ::-1]
    orientation = Orientation.of(CaptureConfig(rotate=rotate, flip=flip, mirrored=mirrored))
    assert np.array_equal(orientation.apply(np.ascontiguousarray(seen)), scene)


def test_an_upright_image_is_not_copied() -> None:
    image = arrow()
    assert Orientation().apply(image) is image
