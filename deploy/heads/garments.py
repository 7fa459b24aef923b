"""Clothes on a bust, in the rest pose (dm): shirt, belt, cap with visor, beanie, scarf, mask."""

from __future__ import annotations

import numpy as np

from deploy.heads.anatomy import BODY, LANDMARKS, Floats
from deploy.heads.drape import Cloth
from deploy.heads.parts import Faces
from deploy.heads.tubes import tube, tube_faces

_UP, _FRONT = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])
_VISOR, _BELT, _STRAP = 17, 24, 8
_TRUNK = 3.4
"""Half width of where a belt may lie, and half its height, dm."""
_BY = 8
_BELT_OFF = 0.16
"""Of the belt from the skin, dm: above the shirt."""
_CHIN, _NOSE_TOP, _NOSE_TIP, _BROWS = 8, 27, 30, slice(17, 27)


def crown_cloth(thick: float) -> Cloth:
    """Cap, beanie or turban: from the crown down."""
    return Cloth(centre=np.zeros(3), pole=_UP, thick=thick, reach_rad=2.1)


def scarf_cloth() -> Cloth:
    """A head scarf: from the face's outline back over the head and down to the shoulders."""
    return Cloth(
        centre=np.zeros(3), pole=_FRONT, thick=0.09, reach_rad=3.05, hem=0.14, around=48, rings=22
    )


def mask_cloth() -> Cloth:
    return Cloth(centre=np.zeros(3), pole=_FRONT, thick=0.06, reach_rad=1.75, around=40, rings=12)


def crown(cloth: Cloth, vertices: Floats, *, low: float) -> Floats:
    """``low``: how far above the brows its edge is in front; it falls towards the nape."""
    head, landmarks = _head(vertices), vertices[LANDMARKS]
    brow = float(landmarks[_BROWS, 1].max())
    front = float(landmarks[_NOSE_TOP, 2])
    centre = np.array([0.0, brow + 0.25, front - 0.85])

    def covered(points: Floats) -> Floats:
        slope = 0.22 * (points[:, 2] + centre[2] - front)
        return np.asarray(points[:, 1] + centre[1] - (brow + low + slope))

    return centre + cloth.drape(head - centre, covered)


def scarf(cloth: Cloth, vertices: Floats) -> Floats:
    landmarks = vertices[LANDMARKS]
    below = vertices[:BODY]
    kept = (below[:, 1] > landmarks[_CHIN, 1] - 0.75) & (np.abs(below[:, 0]) < 1.15)
    top = float(landmarks[_BROWS, 1].max()) + 0.28
    bottom = float(landmarks[_CHIN, 1]) - 0.04
    middle, half = (top + bottom) / 2.0, (top - bottom) / 2.0
    half_width = 0.93 * float(np.ptp(landmarks[[1, 15], 0])) / 2.0
    front = float(landmarks[_NOSE_TOP, 2])
    centre = np.array([0.0, middle, front - 0.75])

    def covered(points: Floats) -> Floats:
        x, y = points[:, 0] / half_width, points[:, 1] / half
        return np.asarray(np.where(points[:, 2] > 0.0, x * x + y * y - 1.0, 1.0))

    return centre + cloth.drape(below[kept] - centre, covered)


def mask(cloth: Cloth, vertices: Floats) -> Floats:
    """From the bridge of the nose to below the chin, from cheek to cheek."""
    landmarks = vertices[LANDMARKS]
    top = 0.35 * landmarks[_NOSE_TOP, 1] + 0.65 * landmarks[_NOSE_TIP, 1] + 0.06
    bottom = landmarks[_CHIN, 1] - 0.06
    middle, half = float(top + bottom) / 2.0, float(top - bottom) / 2.0
    half_width = 0.80 * float(np.ptp(landmarks[[3, 13], 0])) / 2.0
    centre = np.array([0.0, middle, float(landmarks[_NOSE_TIP, 2]) - 0.75])
    below = vertices[:BODY]
    near = (np.abs(below[:, 1] - middle) < half + 0.1) & (below[:, 2] > centre[2] - 0.25)

    def covered(points: Floats) -> Floats:
        # The upper edge falls from the nose to the cheeks.
        y = (points[:, 1] + 0.28 * np.abs(points[:, 0])) / half
        return np.asarray(1.0 - np.abs(points[:, 0] / half_width) ** 3 - np.abs(y) ** 4)

    return centre + cloth.drape(below[near] - centre, covered)


def strap_faces() -> Faces:
    return tube_faces([(_STRAP, False)] * 4)


def straps(mask_vertices: Floats, vertices: Floats) -> Floats:
    """Four bands from the mask's corners to behind the ears."""
    landmarks, tubes = vertices[LANDMARKS], []
    middle = mask_vertices[:, 1].mean()
    for ear, sign in ((0, -1.0), (16, 1.0)):
        end = landmarks[ear] + np.array([0.06 * sign, 0.0, -0.12])
        for upper in (True, False):
            half = mask_vertices[(mask_vertices[:, 1] > middle) == upper]
            start = half[(half[:, 0] * sign - 0.5 * half[:, 2]).argmax()]
            share = np.linspace(0.0, 1.0, _STRAP)[:, None]
            target = end + np.array([0.0, 0.10 if upper else -0.14, 0.0])
            out = np.array([0.10 * sign, 0.0, 0.0]) * np.sin(np.pi * share)
            path = start + (target - start) * share + out
            tubes.append(tube(path, 0.012, closed=False, up=_UP))
    return np.concatenate(tubes)


def visor_faces() -> Faces:
    return [[i, i + 1, _VISOR + i + 1, _VISOR + i] for i in range(_VISOR - 1)]


def visor(cap: Floats, cloth: Cloth) -> Floats:
    """A cap's peak, from the front of its edge."""
    edge = cap.reshape(cloth.rings, cloth.around, 3)[-1]
    front = edge[edge[:, 2].argmax()]
    turn = np.linspace(-1.1, 1.1, _VISOR)
    reach = np.cos(turn)
    half_width = 0.60
    inner = np.stack(
        [np.sin(turn) * half_width, np.full(_VISOR, front[1] + 0.05), front[2] - 0.5 * (1 - reach)],
        axis=1,
    )
    droop = -0.10 - 0.10 * np.abs(np.sin(turn))
    outer = inner + np.stack([np.sin(turn) * 0.12, droop, 0.62 * reach**0.7], axis=1)
    return np.concatenate([inner, outer])


def belt_faces() -> Faces:
    return [[i, i + 1, _BELT + i + 1, _BELT + i] for i in range(_BELT - 1)]


def belt(vertices: Floats, side: int) -> Floats:
    """The shoulder belt, 48 mm wide, from the shoulder on the window's side across the chest."""
    neck_y = float(vertices[LANDMARKS[_CHIN], 1]) - 0.45
    chest = vertices[:BODY][np.abs(vertices[:BODY, 0]) < _TRUNK]
    chest = chest[np.abs(chest[:, 1] - neck_y + 1.0) < _TRUNK]
    share = np.linspace(0.0, 1.7, _BELT)
    middle = np.stack([side * (1.05 - 1.9 * share), neck_y - 0.05 - 1.5 * share], axis=1)
    across = np.array([side * 0.62, 0.78]) * 0.24
    return np.concatenate([_laid(chest, middle + across), _laid(chest, middle - across)])


def _laid(chest: Floats, line: Floats) -> Floats:
    """A line (N, 2) laid on the chest, smoothed."""
    depth = np.array([_depth(chest, x, y) for x, y in line.tolist()])
    smooth = np.convolve(np.pad(depth, 1, mode="edge"), [0.25, 0.5, 0.25], mode="valid")
    return np.column_stack([line, smooth + _BELT_OFF])


def _depth(chest: Floats, x: float, y: float) -> float:
    """How far out the chest is there; the belly's vertices are farther apart than the chest's."""
    away = np.hypot(chest[:, 0] - x, chest[:, 1] - y)
    near = away < max(0.2, float(np.partition(away, _BY)[_BY]))
    return float(chest[near, 2].max())


def _head(vertices: Floats) -> Floats:
    body = vertices[:BODY]
    return body[body[:, 1] > float(vertices[LANDMARKS[_NOSE_TIP], 1])]
