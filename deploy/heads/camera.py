"""The camera: a pinhole before the driver, of whose picture a square or a strip is rendered."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from deploy.heads.anatomy import INNER, OUTER_CORNERS, Floats
from deploy.heads.turning import rotation_between

FACE_MARGIN = 2.0
"""Side of a face crop by the longer side of the tight box."""
STRIP_WIDTH = 1.875
"""Width of an eye strip by the distance of the outer eye corners: the network's 1.5 with room to
shift, turn and scale it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """What is rendered: ``centre`` and ``width`` in tangents of the camera's own picture plane,
    turned clockwise about its centre by ``turn_rad`` (0: upright), ``size``: (width, height) px.
    """

    centre: tuple[float, float]
    width: float
    turn_rad: float
    size: tuple[int, int]

    def project(self, points: Floats) -> Floats:
        """Pixels (N, 2) of points (N, 3) in metres, the camera at the origin looking along −z."""
        flat = points[:, :2] / -points[:, 2:3] - np.array(self.centre)
        cosine, sine = math.cos(self.turn_rad), math.sin(self.turn_rad)
        right = flat[:, 0] * cosine - flat[:, 1] * sine
        up = flat[:, 0] * sine + flat[:, 1] * cosine
        scale = self.size[0] / self.width
        return np.stack([self.size[0] / 2 + right * scale, self.size[1] / 2 - up * scale], axis=1)


def face_crop(landmarks: Floats, size_px: int) -> Crop:
    """The square round a face (68, 3), twice the longer side of its tight box."""
    flat = landmarks[:, :2] / -landmarks[:, 2:3]
    low, high = flat.min(axis=0), flat.max(axis=0)
    x, y = ((low + high) / 2.0).tolist()
    width = FACE_MARGIN * float((high - low).max())
    return Crop(centre=(x, y), width=width, turn_rad=0.0, size=(size_px, size_px))


def eye_strip(landmarks: Floats, size: tuple[int, int]) -> Crop:
    """The strip of both eyes of a face (68, 3), level with the outer eye corners."""
    flat = landmarks[list(OUTER_CORNERS), :2] / -landmarks[list(OUTER_CORNERS), 2:3]
    across = flat[1] - flat[0]
    x, y = flat.mean(axis=0).tolist()
    return Crop(
        centre=(x, y),
        width=STRIP_WIDTH * float(np.linalg.norm(across)),
        turn_rad=-math.atan2(float(across[1]), float(across[0])),
        size=size,
    )


def whole_view(hfov_deg: float, size: tuple[int, int]) -> Crop:
    """The camera's whole picture."""
    width = 2.0 * math.tan(math.radians(hfov_deg) / 2.0)
    return Crop(centre=(0.0, 0.0), width=width, turn_rad=0.0, size=size)


def view_ray(landmarks: Floats) -> Floats:
    """The rotation (3, 3) from a head as its crop shows it to the same head in camera axes.

    The ray goes through the middle of landmarks 17–67; the rotation is the least one that takes
    the camera's own axis to it.
    """
    middle = landmarks[INNER].mean(axis=0)
    return rotation_between(np.array([0.0, 0.0, 1.0]), -middle)
