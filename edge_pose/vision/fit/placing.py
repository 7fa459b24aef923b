"""Where a head of known turn is, in metres: its landmarks' size and place, in closed form.

With the rotation known, a scaled mean face fits the landmarks by one weighted least-squares
solution; its size tells the distance. Adult heads differ by about 6 % in size, so it does too.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import HeadPosition
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.geometry import Matrix

Array = NDArray[np.float64]

RIGID: Final = np.array([*range(27, 36), 36, 39, 42, 45], np.intp)
"""Of the 68: nose and eye corners, which neither speech nor lids nor brows move."""
_LEAST_STD_PX = 0.5


class HeadPlacer:
    """Places heads seen by one camera. ``basis``: the 68 vertices, mm."""

    def __init__(self, basis: FaceBasis, *, hfov_deg: float) -> None:
        self._half_tan = math.tan(math.radians(hfov_deg) / 2.0)
        self._rigid = np.ascontiguousarray(basis.mean[RIGID].T)
        self._middle = basis.mean.mean(axis=0)
        # Rows: the turned face's x, y, z; the points seen, x right and y down; ones.
        self._numbers = np.ones((6, len(RIGID)))

    def place(
        self,
        points: NDArray[np.floating],
        std_px: NDArray[np.floating],
        rotation: Matrix,
        size: tuple[int, int],
    ) -> HeadPosition | None:
        """The middle of the face (of its 68 landmarks); None where it has no size.

        ``points``: (68, 2) image pixels, ``std_px``: (68,) their expected errors; ``rotation``: as
        the face crop shows the head; ``size``: (width, height) of the image in pixels.
        """
        focal = size[0] / (2.0 * self._half_tan)
        numbers = self._numbers
        np.matmul(rotation, self._rigid, out=numbers[:3])
        numbers[3:5] = points[RIGID].T
        weight = 1.0 / np.maximum(std_px[RIGID], _LEAST_STD_PX)
        weighted = numbers * (weight * weight)
        # One product gives every sum there is: of each row, and of each row times another.
        products = weighted @ numbers.T
        sums = (products / products[5, 5]).tolist()
        model_x, model_y, model_z, seen_x, seen_y, _ = sums[5]
        extent = sums[0][0] - model_x * model_x + sums[1][1] - model_y * model_y
        matched = sums[0][3] - model_x * seen_x - sums[1][4] + model_y * seen_y
        if not matched > 1e-6 * extent:
            return None
        scale = matched / extent
        x, y, z = (rotation @ self._middle).tolist()
        distance = focal / scale - (z - model_z)
        u = seen_x + scale * (x - model_x) - size[0] / 2.0
        v = size[1] / 2.0 - (seen_y - scale * (y - model_y))
        metres = distance / 1000.0
        return HeadPosition(x_m=u / focal * metres, y_m=v / focal * metres, z_m=-metres)
