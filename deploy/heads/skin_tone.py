"""The colour of a skin picture on the cheeks, for hands: their own part of it is left out."""

from __future__ import annotations

import cv2
import numpy as np

from deploy.heads.anatomy import LANDMARKS, Floats
from deploy.heads.head_model import HeadModel
from deploy.heads.looks import Rgb
from deploy.heads.parts import Parts

_CHEEKS = (1, 2, 3, 13, 14, 15)
_REACH = 6
"""Pixels round each landmark that are looked at, of 1024."""


class SkinTones:
    """Reads each skin picture once."""

    def __init__(self, parts: Parts, model: HeadModel) -> None:
        self._parts, self._known = parts, dict[str, Rgb]()
        self._places = _places(model)

    def cheek(self, skin: str) -> Rgb:
        """Linear RGB, the median over the cheeks."""
        if skin not in self._known:
            picture = np.asarray(cv2.imread(str(self._parts.picture(skin))), np.float64) / 255.0
            size = np.array(picture.shape[1::-1])
            pixels = [_around(picture, place * size) for place in self._places]
            blue, green, red = _linear(np.median(np.concatenate(pixels), axis=0)).tolist()
            self._known[skin] = (red, green, blue)
        return self._known[skin]


def _places(model: HeadModel) -> Floats:
    """(N, 2) of the cheeks in the picture, from its upper left corner, 0 … 1."""
    where: dict[int, int] = {}
    for face, uvs in zip(model.faces, model.face_uvs, strict=True):
        where.update(zip(face, uvs, strict=True))
    found = model.uvs[[where[int(vertex)] for vertex in LANDMARKS[list(_CHEEKS)]]]
    return np.asarray(np.column_stack([found[:, 0], 1.0 - found[:, 1]]))


def _around(picture: Floats, place: Floats) -> Floats:
    x, y = place.astype(int).tolist()
    return picture[y - _REACH : y + _REACH, x - _REACH : x + _REACH].reshape(-1, 3)


def _linear(colour: Floats) -> Floats:
    """Of sRGB."""
    return np.asarray(np.where(colour > 0.04045, ((colour + 0.055) / 1.055) ** 2.4, colour / 12.92))
