"""The 468-point face mesh: MediaPipe's face_landmark.tflite run directly.

Source: Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile
GPUs", 2019 (model card: Face Mesh V1).
"""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_pose.errors import ModelError
from edge_pose.values import Box, Landmarks
from edge_pose.vision.image.crop import face_crop, square_around
from edge_pose.vision.tflite.interpreter import ImageModel

POINTS = 468
_MESH, _FLAG = "conv2d_21", "conv2d_31"

# The crop's side in shares of the tight box's longer side, along the face's own axes; MediaPipe
# uses 1.5 × the whole mesh, which reaches up to the hairline. On 1000 labelled crops the mesh's
# rotation errs least at 1.6 (1.70°; 1.77° at 1.5, 1.98° at 1.9). It is centred on the box: on
# 1 033 photos with the detector's own boxes a shift up by 0.15 cost the split of yawning from
# talking mouths (AUC 0.92 instead of 0.96), because a dropped jaw left the crop.
_CROP_SCALE = 1.6

# fmt: off
_JAW = [127, 234, 132, 58, 172, 150, 176, 148, 152, 377, 400, 379, 397, 288, 361, 454, 356]
_BROWS = [70, 63, 105, 66, 107, 336, 296, 334, 293, 300]
_NOSE = [168, 6, 195, 4, 98, 97, 2, 326, 327]
_EYES = [33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380]
_LIPS = [61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91, 78, 81, 13, 311, 308, 402, 14, 178]
# fmt: on
IBUG_68: NDArray[np.intp] = np.array([*_JAW, *_BROWS, *_NOSE, *_EYES, *_LIPS], dtype=np.intp)
"""Mesh vertices nearest to the 68 iBUG landmarks, in iBUG order (person's right = image left)."""


class Landmarker:
    """Finds the mesh of the face in a box."""

    def __init__(self, path: Path, *, threads: int = 1, delegate: str | None = None) -> None:
        self._model = ImageModel(
            path, gain=1.0 / 255.0, offset=0.0, threads=threads, delegate=delegate
        )
        if not {_MESH, _FLAG} <= set(self._model.output_shapes):
            raise ModelError(f"{path}: not a face_landmark model (no outputs {_MESH}, {_FLAG})")
        self._size = self._model.size[0]
        self._crop = np.zeros((self._size, self._size, 3), np.uint8)

    def locate(self, image: NDArray[np.uint8], box: Box, roll_deg: float = 0.0) -> Landmarks:
        """The mesh of the face in a tight box, turned upright by its roll before it is read.

        ``image``: uint8, BGR, (height, width, 3). Points come back in image pixels.
        """
        to_image, scale = _from_crop(box, roll_deg, self._size)
        face_crop(image, box, _CROP_SCALE, self._size, out=self._crop, turn_deg=roll_deg)
        cv2.cvtColor(self._crop, cv2.COLOR_BGR2RGB, dst=self._crop)
        found = self._model.run(self._crop)
        mesh = found[_MESH].reshape(POINTS, 3)
        points = np.empty((POINTS, 3), np.float32)
        points[:, :2] = mesh[:, :2] @ to_image[:, :2].T + to_image[:, 2]
        points[:, 2] = mesh[:, 2] * scale
        return Landmarks(points=points, score=_sigmoid(float(found[_FLAG].ravel()[0])))


def box_around(landmarks: Landmarks) -> Box:
    """The tight box (brow to chin, ear to ear) of a mesh: that of its 68-point subset."""
    points = landmarks.points[IBUG_68, :2]
    (x1, y1), (x2, y2) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return Box(x1=x1, y1=y1, x2=x2, y2=y2)


def _from_crop(box: Box, roll_deg: float, size: int) -> tuple[NDArray[np.float64], float]:
    """Affine map (2, 3) from the crop's pixels to the image's, both counted from their edges; and
    image pixels per crop pixel."""
    side = square_around(box, _CROP_SCALE)[2]
    angle = math.radians(roll_deg)
    right = np.array([math.cos(angle), math.sin(angle)])
    down = np.array([-math.sin(angle), math.cos(angle)])
    turn = np.stack([right, down], axis=1) * side / size
    to_image = np.column_stack([turn, np.array(box.center) - turn @ np.full(2, size / 2.0)])
    return to_image, side / size


def _sigmoid(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-min(60.0, max(-60.0, x))))
