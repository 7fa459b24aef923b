"""From a detector's own square box and keypoints to the tight face box that the crops need.

BlazeFace's square is neither brow to chin nor ear to ear, and how it differs depends on the
head's angles, which its keypoints tell. Each side of the tight box is therefore a fixed linear
function of the eyes, nose tip and mouth relative to the square (units: the square's width).

Derivation: ridge regression of the labelled tight boxes on 5 936 training crops (and their
mirror images) of ../shared/faces, each shown 108–240 px large in a 640×480 frame, by
``deploy/model/tight_box.py``. On 1 493 validation crops, in shares of the box's longer side:
mean absolute error of a side 0.032, of the centre (standard deviation) 0.024 across and 0.035
down, of the size 0.059; a constant offset from the square gives 0.039, 0.038, 0.038 and 0.062.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box

# Columns: x, y of right eye, left eye, nose tip, mouth; then a constant. x2 mirrors x1.
_X1 = (0.495, -0.567, -0.109, -0.766, -0.047, 0.817, -0.033, -0.116, -0.600)
_Y1 = (0.023, 0.517, -0.023, 0.517, 0.0, -1.416, 0.0, 2.186, -0.658)
_X2 = (-0.109, 0.766, 0.495, 0.567, -0.047, -0.817, -0.033, 0.116, 0.600)
_Y2 = (0.148, -0.197, -0.148, -0.197, 0.0, 1.081, 0.0, -1.375, 0.739)
_SIDES: NDArray[np.float64] = np.array([_X1, _Y1, _X2, _Y2])
_LANDMARKS = 4
_PLAUSIBLE_IOU = 0.3


def tight_box(square: Box, keypoints: NDArray[np.float32]) -> Box:
    """The tight box of a face from BlazeFace's box and its six keypoints (6, 2) in pixels."""
    width = max(square.width, 1e-6)
    x, y = square.center
    relative = (keypoints[:_LANDMARKS] - np.array([x, y])) / width
    left, top, right, bottom = (_SIDES @ np.append(relative.ravel(), 1.0) * width).tolist()
    box = Box(x1=x + left, y1=y + top, x2=x + right, y2=y + bottom)
    return box if box.iou(square) > _PLAUSIBLE_IOU else square  # keypoints of no possible face
