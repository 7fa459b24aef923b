"""Face profiling: one photo of a face seen again at another, known head pose.

The mesh of the face gives depth, its rotation R and the wanted one R' give the turn D = R'·Rᵀ,
and the sheet of ``mesh.py`` is bent by it and rendered. Labels need no re-measuring: the new
pose is R' by construction, landmarks and box follow the same turn. Source of the idea: Zhu et
al., "Face Alignment Across Large Poses: A 3D Solution", CVPR 2016 (300W-LP).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deploy.model.data.mesh import AXES, Floats, build_mesh, outline_box, turned
from deploy.model.data.render import Image, render


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Face:
    """A labelled face in its picture. ``image``: uint8 BGR; ``landmarks``: (468, 3) pixels, y
    down, z away, MediaPipe order; ``rotation``: (3, 3), ``vision/geometry.py``; ``box``: tight
    box x1, y1, x2, y2 in pixels."""

    image: Image
    landmarks: NDArray[np.float32]
    rotation: Floats
    box: Floats


def profile(face: Face, rotation: Floats) -> Face:
    """The same face turned to ``rotation``, its tight box centred and sized as before.

    Keeping place and size of the box means the turned face needs no new crop: the picture's
    frame stays and the background round the face does not move.
    """
    height, width = face.image.shape[:2]
    turn = rotation @ face.rotation.T
    mesh = build_mesh(np.asarray(face.landmarks, np.float64), face.rotation, (width, height))
    pivot = mesh.points[:468].mean(axis=0)
    box = _box_after(face, (mesh.points[:468] - pivot) @ turn.T + pivot)
    scale = _side(face.box) / _side(box)
    middle = pivot[:2] * AXES[:2]
    drift = _centre(face.box) - (middle + (_centre(box) - middle) * scale)
    shift = np.array([drift[0], -drift[1], 0.0])
    target = turned(mesh, turn, pivot, shift, scale) * np.array([1.0, -1.0, 1.0])
    landmarks = ((mesh.points[:468] - pivot) @ turn.T * scale + pivot + shift) * AXES
    return Face(
        image=render(face.image, mesh.source, target, mesh.triangles),
        landmarks=landmarks.astype(np.float32),
        rotation=rotation,
        box=_scaled(box, middle, scale) + np.tile(drift, 2),
    )


def _box_after(face: Face, points: Floats) -> Floats:
    """The tight box of turned points: as far from the mesh's outline as the labelled box was."""
    margin = face.box - outline_box(np.asarray(face.landmarks, np.float64))
    return outline_box(points * AXES) + margin


def _scaled(box: Floats, about: Floats, scale: float) -> Floats:
    centre = np.tile(about, 2)
    return np.asarray(centre + (box - centre) * scale)


def _side(box: Floats) -> float:
    return float(max(box[2] - box[0], box[3] - box[1]))


def _centre(box: Floats) -> Floats:
    return np.asarray((box[:2] + box[2:]) / 2.0)
