"""Evaluation photos seen again at large poses, by face profiling."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from deploy.model.base.angles import euler_deg
from deploy.model.data.photos import Photo
from deploy.model.data.profile_sources import upright_deg
from deploy.model.data.profiling import Face, profile
from edge_pose.values import Box
from edge_pose.vision.face.mesh import Landmarker
from edge_pose.vision.geometry import rotation_matrix
from edge_pose.vision.image.crop import face_crop

SIDE = 240
"""Pixels of the square of twice the box in which a face is turned."""
YAWS_DEG = (22.0, 38.0, 50.0, 57.0, 65.0, 72.0, 82.0)


def turned(photos: list[Photo], landmarker: Path) -> list[Photo]:
    """Each photo at every yaw of ``YAWS_DEG`` beyond its own, outward, pitch and roll kept."""
    finder = Landmarker(landmarker)
    out = []
    for photo in photos:
        face = _face(photo, finder)
        yaw, pitch, roll = euler_deg(photo.rotation[None])[0].tolist()
        side = 1.0 if yaw >= 0 else -1.0
        for target in YAWS_DEG:
            if target > abs(yaw) + 5.0:
                made = profile(face, rotation_matrix(side * target, pitch, roll))
                out.append(_photo(made))
    return out


def _face(photo: Photo, finder: Landmarker) -> Face:
    image = face_crop(photo.image, photo.box, 2.0, SIDE)
    scale = SIDE / (2.0 * photo.box.side)
    wide, high = photo.box.width * scale / 2, photo.box.height * scale / 2
    middle = SIDE / 2
    box = Box(x1=middle - wide, y1=middle - high, x2=middle + wide, y2=middle + high)
    mesh = finder.locate(image, box, upright_deg(photo.rotation))
    corners = np.array([box.x1, box.y1, box.x2, box.y2])
    return Face(image=image, landmarks=mesh.points, rotation=photo.rotation, box=corners)


def _photo(face: Face) -> Photo:
    x1, y1, x2, y2 = face.box.tolist()
    return Photo(
        image=face.image, box=Box(x1=x1, y1=y1, x2=x2, y2=y2), rotation=np.asarray(face.rotation)
    )
