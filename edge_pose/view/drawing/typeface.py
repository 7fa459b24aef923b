"""Text as coverage masks, from a pre-drawn atlas of the B612 cockpit font."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.view.drawing.drawing_cache import kept

Mask = NDArray[np.uint8]
"""Coverage 0–255, shape (height, width)."""

Weights = tuple[NDArray[np.float32], NDArray[np.float32]]
"""What is kept of the ground, and what is laid on: each (height, width), together 1."""

_MISSING = "?"
_KEPT_BYTES = 4_000_000
"""The words of one picture of 1920 × 1080 weigh 1.2 MB."""


def weights(cover: Mask) -> Weights:
    """Coverage as blend weights."""
    over = cover.astype(np.float32)
    over *= 1.0 / 255.0
    return 1.0 - over, over


class Typeface:
    """One weight of the font. Every size is scaled down from the same large glyphs."""

    def __init__(self, name: str) -> None:
        static = files("edge_pose.view") / "static"
        metrics = json.loads((static / f"{name}.json").read_text(encoding="utf-8"))
        coded = np.frombuffer((static / f"{name}.png").read_bytes(), np.uint8)
        self._sheet: Mask = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
        self._em: int = metrics["em"]
        self._cell_w, self._cell_h = metrics["cell"]
        self._pad: int = metrics["pad"]
        self._cap_top: int = metrics["cap_top"]
        self._cap_bottom: int = metrics["cap_bottom"]
        self._glyphs: dict[str, list[float]] = metrics["glyphs"]
        self.mask = kept(_KEPT_BYTES)(self._mask)

    def width(self, text: str, size_px: float) -> float:
        """How far the pen moves over the text."""
        return sum(self._glyph(c)[2] for c in text) * size_px / self._em

    def cap_height(self, size_px: float) -> float:
        """Height of a capital letter."""
        return (self._cap_bottom - self._cap_top) * size_px / self._em

    def _mask(self, text: str, size_px: float) -> tuple[Weights, float, float]:
        """(blend weights, pen offset x, offset y from the top of a capital); cached."""
        line = self._line(text)
        scale = size_px / self._em
        height = max(1, round(line.shape[0] * scale))
        width = max(1, round(line.shape[1] * scale))
        scaled = cv2.resize(line, (width, height), interpolation=cv2.INTER_AREA)
        return (
            weights(np.asarray(scaled, np.uint8)),
            self._pad * scale,
            self._cap_top * height / line.shape[0],
        )

    def _line(self, text: str) -> Mask:
        """The text at the atlas's own size."""
        advances = [self._glyph(c)[2] for c in text]
        line = np.zeros((self._cell_h, int(sum(advances)) + 2 * self._pad + 2), np.uint8)
        pen = 0.0
        for char, advance in zip(text, advances, strict=True):
            x, y, _ = (int(v) for v in self._glyph(char))
            left = round(pen)
            cell = self._sheet[y : y + self._cell_h, x : x + self._cell_w]
            spot = line[:, left : left + self._cell_w]
            np.maximum(spot, cell[:, : spot.shape[1]], out=spot)
            pen += advance
        return line

    def _glyph(self, char: str) -> list[float]:
        return self._glyphs.get(char, self._glyphs[_MISSING])


@lru_cache(maxsize=1)
def regular() -> Typeface:
    return Typeface("b612-regular")


@lru_cache(maxsize=1)
def bold() -> Typeface:
    return Typeface("b612-bold")
