"""How well heads are read that lean to a shoulder: photos turned as a whole, faces found by itself.

    python -m deploy.model.evaluation.leaning ../shared/eval/aflw2000_dev

Every second photo, by turns to either side, as ``edge-pose pose`` reads it; beside it what the same
looks say where none is turned with the head.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import geodesic_deg
from deploy.model.data.photos import Photo, read_photos
from edge_pose.config.root import Config
from edge_pose.models.catalog import FACE, find
from edge_pose.values import Box, HeadPose
from edge_pose.vision.face.face_network import FaceNetwork
from edge_pose.vision.face.several_looks import SeveralLooks
from edge_pose.vision.geometry import rotation_matrix
from edge_pose.vision.stills.still_faces import StillFaces

TURNS_DEG = (0.0, 30.0, 40.0, 50.0, 60.0, 75.0, 90.0)
_EVERY = 2
Pixels = NDArray[np.uint8]


def turned(photo: Photo, turn_deg: float) -> tuple[Pixels, NDArray[np.float64]]:
    """The photo turned clockwise about its face, with room for its corners; the true rotation."""
    high, wide = photo.image.shape[:2]
    side = math.ceil(math.hypot(high, wide))
    turn = np.asarray(cv2.getRotationMatrix2D(photo.box.center, -turn_deg, 1.0), np.float64)
    turn[:, 2] += side / 2.0 - np.array(photo.box.center)
    image = cv2.warpAffine(photo.image, turn, (side, side))
    return np.asarray(image, np.uint8), rotation_matrix(0.0, 0.0, turn_deg) @ photo.rotation


def row_of(
    photos: list[Photo], reader: StillFaces, plain: SeveralLooks, turn_deg: float
) -> tuple[int, NDArray[np.float64]]:
    """Faces found, and the mean errors in an upright square and in one turned with the head."""
    errors = []
    for i, photo in enumerate(photos):
        image, rotation = turned(photo, turn_deg if i % 2 else -turn_deg)
        found = reader.largest(image)
        if found is None or found.face.pose is None or not _in_middle(found.face.box, image):
            continue
        upright = plain.read(image, found.face.box).pose
        errors.append([_error(pose, rotation) for pose in (upright, found.face.pose)])
    return len(errors), np.mean(errors, axis=0)


def _in_middle(box: Box, image: Pixels) -> bool:
    middle = image.shape[1] / 2.0
    return bool(max(abs(at - middle) for at in box.center) < box.side / 2.0)


def _error(pose: HeadPose, rotation: NDArray[np.float64]) -> float:
    said = rotation_matrix(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
    return float(geodesic_deg(said[None], rotation[None])[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("photos", type=Path)
    args = parser.parse_args()
    photos = read_photos(args.photos)[::_EVERY]
    reader = StillFaces.build(Config())
    plain = SeveralLooks(FaceNetwork(find(FACE["research"].name)))
    for turn_deg in TURNS_DEG:
        found, (upright, with_head) = row_of(photos, reader, plain, turn_deg)
        print(f"{turn_deg:.0f}°: {found} of {len(photos)} found; {upright:.1f}°, {with_head:.1f}°")


if __name__ == "__main__":
    main()
