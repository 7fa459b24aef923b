"""From a detector's own square box and keypoints to the tight face box that the crops need.

BlazeFace's square is neither brow to chin nor ear to ear, and how it differs depends on the
head's angles, which its keypoints tell. Each side of the tight box is therefore a fixed linear
function of the eyes, nose tip and mouth relative to the square (units: the square's width).

Derivation: ridge regression of the labelled tight boxes on 5 939 training crops (and their
mirror images) of ../shared/faces, each shown 108–240 px large in a 640×480 frame, by
``deploy/model/labels/tight_box.py``. On 1 491 validation crops, in shares of the box's longer side:
mean absolute error of a side 0.032, of the centre (standard deviation) 0.023 across and 0.034
down; a constant offset from the square gives 0.039, 0.038 and 0.037.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import Box

# Columns: x, y of right eye, left eye, nose tip, mouth; then a constant. x2 mirrors x1.
_X1 = (0.551, -0.744, -0.045, -0.772, -0.290, 0.923, 0.186, -0.144, -0.637)
_Y1 = (0.043, 0.458, -0.043, 0.458, 0.0, -1.327, 0.0, 2.140, -0.668)
_X2 = (-0.045, 0.772, 0.551, 0.744, -0.290, -0.923, 0.186, 0.144, 0.637)
_Y2 = (0.170, -0.298, -0.170, -0.298, 0.0, 1.234, 0.0, -1.479, 0.722)
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
