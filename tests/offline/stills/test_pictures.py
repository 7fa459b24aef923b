"""Any picture file becomes one BGR image or a reason."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.offline.stills.pictures import Unreadable, read_picture
from edge_pose.vision.image.pixels import as_bgr

COLOUR = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)


def _saved(path: Path, image: NDArray[np.generic]) -> Path:
    assert cv2.imwrite(str(path), image)
    return path


def test_bgr_stays_as_it_is() -> None:
    assert as_bgr(COLOUR) is COLOUR


@pytest.mark.parametrize(
    "image",
    [
        COLOUR[:, :, 0],
        COLOUR[:, :, :1],
        COLOUR.astype(np.uint16) * 257,
        COLOUR.astype(np.float32) / 255,
        np.dstack([COLOUR, np.full((40, 60), 255, np.uint8)]),
        COLOUR[:, :, 0] > 100,
    ],
    ids=["grey", "one channel", "16 bit", "float", "alpha", "bool"],
)
def test_every_kind_becomes_bytes_in_three_channels(image: NDArray[np.generic]) -> None:
    result = as_bgr(image)
    assert result.dtype == np.uint8
    assert result.shape == (40, 60, 3)
    if image.ndim == 3 and image.shape[2] >= 3:
        assert np.abs(result.astype(int) - COLOUR).max() <= 1


def test_transparent_is_black() -> None:
    clear = np.dstack([COLOUR, np.zeros((40, 60), np.uint8)])
    assert not as_bgr(clear).any()


def test_nan_and_infinity_are_black_and_white() -> None:
    image = np.array([[np.nan, np.inf, -np.inf, 0.5]], np.float32)
    assert as_bgr(image)[0, :, 0].tolist() == [0, 255, 0, 128]


def test_a_12_bit_picture_in_16_bits_is_not_black(tmp_path: Path) -> None:
    path = _saved(tmp_path / "deep.png", COLOUR.astype(np.uint16) * 16)
    assert np.abs(read_picture(path).astype(int) - COLOUR).max() <= 1


def test_a_grey_file_has_three_channels(tmp_path: Path) -> None:
    assert read_picture(_saved(tmp_path / "grey.png", COLOUR[:, :, 0])).shape == (40, 60, 3)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"\xff\xd8 junk", "not a picture"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC: save it as JPEG"),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomiso2", "a video: use edge-pose replay"),
        (b"RIFF\0\0\0\0AVI LIST", "a video: use edge-pose replay"),
        (b"\x1a\x45\xdf\xa3 matroska", "a video: use edge-pose replay"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "bad.jpg"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=reason):
        read_picture(path)


def test_missing_and_folder_say_so(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no such file"):
        read_picture(tmp_path / "none.jpg")
    with pytest.raises(Unreadable, match=r"a folder: name its pictures, as in .*/\*\.jpg"):
        read_picture(tmp_path)
