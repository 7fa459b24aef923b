"""Network inputs of labelled faces, cut by the very function that runs on the device."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deploy.model.data.datasets import Samples
from edge_pose.values import Box
from edge_pose.vision.image.crop import face_crop

CROP_SCALE = 1.4
"""Side of the network's crop in longer sides of the tight box; fixed for every model here.

Training sees 1.24 to 1.81. Chosen on validation faces: mean error 1.48, 1.40, 1.40, 1.41, 1.41,
1.50 at 1.2, 1.3, 1.4, 1.45, 1.5, 1.6.
"""


def crops_of(samples: Samples, size: int) -> NDArray[np.uint8]:
    """uint8 RGB (N, size, size, 3), unaugmented."""
    out = np.empty((len(samples), size, size, 3), np.uint8)
    for i in range(len(samples)):
        x1, y1, x2, y2 = samples.box[i].tolist()
        image = np.asarray(samples.images[i])
        face_crop(image, Box(x1=x1, y1=y1, x2=x2, y2=y2), CROP_SCALE, size, out=out[i])
    return out
