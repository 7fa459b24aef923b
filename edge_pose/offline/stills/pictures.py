"""Still pictures from files, whatever they are: one BGR image or a plain reason why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.vision.image.pixels import as_bgr

_AS_SHOWN = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH
"""Three channels at the file's own depth, turned upright as its EXIF orientation says."""


_APPLES = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}
"""Brands of HEIF (ISO/IEC 23008-12), as telephones write it."""


class Unreadable(Exception):
    """A picture that cannot be read; the message is the reason."""


def read_picture(path: Path) -> NDArray[np.uint8]:
    """A picture file as uint8 BGR, (height, width, 3). Raises Unreadable."""
    try:
        content = np.fromfile(path, np.uint8)
    except FileNotFoundError:
        raise Unreadable("no such file") from None
    except IsADirectoryError:
        raise Unreadable(f"a folder: name its pictures, as in {path}/*.jpg") from None
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror})") from error
    if not content.size:
        raise Unreadable("empty file")
    try:
        image = cv2.imdecode(content, _AS_SHOWN)
    except (cv2.error, MemoryError):
        image = None
    if image is None:
        raise Unreadable(f"not a picture that can be decoded{_way_out(content[:16].tobytes())}")
    return as_bgr(_eight_bits(image))


def _way_out(head: bytes) -> str:
    """What to do with the kinds of file that are given by mistake, told by their first bytes."""
    if head[4:8] == b"ftyp":
        still = head[8:12] in _APPLES
        return "; HEIC: save it as JPEG" if still else "; a video: use edge-pose replay"
    if head.startswith((b"RIFF", b"\x1a\x45\xdf\xa3")) and head[8:12] != b"WEBP":
        return "; a video: use edge-pose replay"
    return ""


def _eight_bits(image: NDArray[Any]) -> NDArray[Any]:
    """Wide integers by the bits they use: a 12-bit camera's picture is not a black one."""
    if not np.issubdtype(image.dtype, np.integer) or image.dtype == np.uint8:
        return image
    bits = int(image.max(initial=0)).bit_length()
    return np.asarray(image >> max(0, bits - 8), np.uint8)
