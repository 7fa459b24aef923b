"""Everything the two networks learn from, packed: encoded pictures and their labels in one file.

A picture is a face crop (twice the tight box) or a strip of both eyes. Unknown labels are NaN.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
REAL, TURNED, RENDERED = 0, 1, 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lessons:
    """N pictures. ``blob``, ``start`` (N + 1): encoded bytes one after the other; ``origin``: REAL,
    TURNED or RENDERED; ``split``: 0 train, 1 validation; ``rotation`` (N, 3, 3); ``box`` (N, 4)
    tight, pixels; ``points`` (N, 68, 2) pixels; ``weight`` (N,) trust in the pose; ``flags``
    (N, 7) as ``architectures.face_torch.FLAGS``; ``gaze`` (N, 2) eye in head, degrees, with
    ``gaze_weight``; ``opening``, ``closed``, ``visible`` (N, 2) and ``iris`` (N, 4) pixels: the
    person's left eye first; ``opening_weight`` (N,); ``pair`` (N,): pictures of one number show one
    head in one light and differ in gaze, lids and speech alone, -1 none."""

    blob: NDArray[np.uint8]
    start: NDArray[np.int64]
    origin: NDArray[np.uint8]
    split: NDArray[np.uint8]
    rotation: Floats
    box: Floats
    points: Floats
    weight: Floats
    flags: Floats
    gaze: Floats
    gaze_weight: Floats
    opening: Floats
    opening_weight: Floats
    closed: Floats
    visible: Floats
    iris: Floats
    pair: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.weight)

    def save(self, path: Path) -> None:
        part = path.with_suffix(".part.npz")
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        smaller: dict[str, Any] = {name: _smaller(name, value) for name, value in values.items()}
        np.savez(part, **smaller)
        part.rename(path)

    @classmethod
    def load(cls, path: Path) -> Lessons:
        with np.load(path) as file:
            if missing := {field.name for field in fields(cls)} - set(file.files):
                names = ", ".join(sorted(missing))
                raise ValueError(f"{path}: packed without {names}; delete it and run make lessons")
            values: dict[str, Any] = {field.name: _wider(file[field.name]) for field in fields(cls)}
        return cls(**values)

    def pick(self, rows: NDArray[np.integer]) -> Lessons:
        """Some rows, in the order given."""
        kept = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name not in _CODED}
        codes = [self.blob[self.start[i] : self.start[i + 1]] for i in rows]
        kept["blob"], kept["start"] = packed(codes)
        return Lessons(**kept)

    def pictures(self, height: int, width: int, channels: int) -> NDArray[np.uint8]:
        """(N, channels, height, width) RGB or grey, decoded by all cores."""
        out = np.empty((len(self), channels, height, width), np.uint8)

        def decode(i: int) -> None:
            code = self.blob[self.start[i] : self.start[i + 1]]
            kind = cv2.IMREAD_COLOR if channels == 3 else cv2.IMREAD_GRAYSCALE
            image = _fitted(np.asarray(cv2.imdecode(code, kind), np.uint8), height, width)
            out[i] = image[..., ::-1].transpose(2, 0, 1) if channels == 3 else image

        with ThreadPoolExecutor() as pool:
            list(pool.map(decode, range(len(self)), chunksize=256))
        return out


_CODED = ("blob", "start")


def packed(codes: list[NDArray[np.uint8]]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """``blob`` and ``start`` of encoded pictures."""
    start = np.concatenate([[0], np.cumsum([len(code) for code in codes])]).astype(np.int64)
    return np.concatenate(codes), start


def unknown(count: int, *shape: int) -> Floats:
    return np.full((count, *shape), np.nan, np.float32)


def _fitted(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Squares are resized, strips get a longer edge: their pixels keep their places."""
    high, wide = image.shape[:2]
    if (high, wide) == (height, width):
        return image
    if high == wide and height == width:
        return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC))
    below, beside = max(0, height - high), max(0, width - wide)
    grown = cv2.copyMakeBorder(image, 0, below, 0, beside, cv2.BORDER_REPLICATE)
    return np.asarray(grown[:height, :width])


def _smaller(name: str, values: NDArray[np.generic]) -> NDArray[np.generic]:
    # Rotations keep every digit: 0.05° is what export is held to.
    small = values.dtype == np.float32 and name != "rotation"
    return values.astype(np.float16) if small else values


def _wider(values: NDArray[np.generic]) -> NDArray[np.generic]:
    return values.astype(np.float32) if values.dtype == np.float16 else values
