"""The demo's actor: a public-domain NASA portrait that turns its head and closes its eyes.

The portrait is ``skimage.data.astronaut()`` (Eileen Collins; NASA Great Images, no known
copyright restrictions). Face profiling turns the head about its neck; the picture stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.data.mesh import EARS, Floats, HeadMesh, build_mesh, turned
from deploy.model.data.profile_sources import upright_deg
from deploy.model.data.render import Image, render
from edge_pose.values import Box
from edge_pose.vision.face.mesh import Landmarker, box_around
from edge_pose.vision.geometry import rotation_matrix

CUT = (62, 0, 320, 240)
"""Left, top, width and height of the part shown, in portrait pixels: the face at its middle."""
BASE_DEG = (0.4, -9.0, 2.7)
"""Yaw, pitch, roll of the portrait (turn, then nod, then tilt): its mesh, as it is and mirrored,
aligned to the mean mesh of 900 labelled frontal faces, where that reading scatters by 1.2, 1.9 and
0.7 degrees."""
_FIRST_BOX = Box(x1=180.0, y1=88.0, x2=273.0, y2=176.0)

# Rows of mesh points from the lid's edge upward, with how far each follows the closing lid; the
# lid itself goes a little beyond the lower one, so that no white is left between them.
# fmt: off
_UPPER = ((246, 161, 160, 159, 158, 157, 173), (466, 388, 387, 386, 385, 384, 398))
_LOWER = ((7, 163, 144, 145, 153, 154, 155), (249, 390, 373, 374, 380, 381, 382))
_FOLDS = (
    (1.0, (247, 30, 29, 27, 28, 56, 190), (467, 260, 259, 257, 258, 286, 414)),
    (0.95, (113, 225, 224, 223, 222, 221, 189), (342, 445, 444, 443, 442, 441, 413)),
)
# fmt: on
_OVERLAP = 1.15


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Portrait:
    """A picture with its sheet, ready to be bent."""

    image: Image
    mesh: HeadMesh
    rotation: Floats
    pivot: Floats

    def at(self, rotation: Floats, closed: float = 0.0) -> Image:
        """The picture with the head at ``rotation`` and the eyes ``closed`` (0 open … 1 shut)."""
        mesh = close_eyes(self.mesh, closed) if closed > 0.0 else self.mesh
        target = turned(mesh, rotation @ self.rotation.T, self.pivot) * np.array([1.0, -1.0, 1.0])
        return render(self.image, mesh.source, target, mesh.triangles)


def load_portrait(landmarker: Landmarker, size: tuple[int, int]) -> Portrait:
    """The portrait cut and scaled to ``size`` (width, height), with its mesh."""
    whole = _photo()
    rotation = truth_deg((0.0, 0.0, 0.0))
    points = _points(landmarker, whole, upright_deg(rotation))
    left, top, width, height = CUT
    scale = np.array([size[0] / width, size[1] / height, size[0] / width])
    image = cv2.resize(
        whole[top : top + height, left : left + width], size, interpolation=cv2.INTER_CUBIC
    )
    points = (points - [left - 0.5, top - 0.5, 0.0]) * scale - [0.5, 0.5, 0.0]
    mesh = build_mesh(points, rotation, size)
    return Portrait(
        image=np.asarray(image, np.uint8), mesh=mesh, rotation=rotation, pivot=_neck(mesh, rotation)
    )


def _photo() -> Image:
    """The whole portrait, BGR, 512 x 512; scikit-image is needed for rendering only."""
    from skimage import data

    astronaut: Callable[[], NDArray[np.uint8]] = data.astronaut
    return np.ascontiguousarray(astronaut()[..., ::-1])


def _points(landmarker: Landmarker, image: Image, roll_deg: float) -> Floats:
    """The portrait's landmarks, read a few times on the box of the reading before."""
    box = _FIRST_BOX
    for _ in range(3):
        landmarks = landmarker.locate(image, box, roll_deg)
        box = box_around(landmarks)
    return np.asarray(landmarks.points, np.float64)


def _neck(mesh: HeadMesh, rotation: Floats) -> Floats:
    """Where a head turns: below and a little behind the line between the ears."""
    ears = mesh.points[list(EARS)]
    half_width = float(np.linalg.norm(ears[0] - ears[1])) / 2.0
    return np.asarray(ears.mean(axis=0) + rotation @ np.array([0.0, -0.9, -0.2]) * half_width)


def close_eyes(mesh: HeadMesh, closed: float) -> HeadMesh:
    """The sheet with the upper lids drawn over the lower ones; the skin above unrolls with them."""
    points = mesh.points.copy()
    for side, (upper, lower) in enumerate(zip(_UPPER, _LOWER, strict=True)):
        drop = mesh.points[list(lower)] - mesh.points[list(upper)]
        points[list(upper)] += drop * _OVERLAP * closed
        for share, *folds in _FOLDS:
            points[list(folds[side])] += drop * _OVERLAP * share * closed
    return replace(mesh, points=points)


def truth_deg(offset_deg: tuple[float, float, float]) -> Floats:
    """The rotation of the head when it is turned, nodded and tilted off the portrait's pose.

    ``offset_deg``: yaw, pitch, roll off the base. A neck turns first and nods second.
    """
    yaw, pitch, roll = offset_deg
    nod = rotation_matrix(0.0, BASE_DEG[1] + pitch, 0.0)
    tilt = rotation_matrix(0.0, 0.0, BASE_DEG[2] + roll)
    return np.asarray(rotation_matrix(BASE_DEG[0] + yaw, 0.0, 0.0) @ nod @ tilt)
