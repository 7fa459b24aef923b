"""BIWI Kinect Head Pose as published: NN/frame_XXXXX_rgb.png with frame_XXXXX_pose.txt.

The text file holds the head's rotation (3 × 3) and, after an empty line, the head's centre in mm,
in camera axes (x right, y down, z away). Turned to our axes the rotation is M·R·M with
M = diag(-1, 1, 1), which gives the angles that the published comparisons use. There are no boxes:
as there, a face detector supplies them. Source: Fanelli et al., "Random Forests for Real Time 3D
Face Analysis", IJCV 2013.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.data.readers.photos import BadLabel, Photo, files_below
from edge_pose.values import Box
from edge_pose.vision.detector.detection import Detection, FaceDetector
from edge_pose.vision.geometry import Matrix

_EXPECTED = (
    "the unpacked kinect_head_pose_db (hpdb): folders 01 to 24, each with frame_XXXXX_rgb.png "
    "and frame_XXXXX_pose.txt"
)
_FOCAL_PX, _CENTRE_PX = 517.679, (320.0, 240.5)
_TO_OURS = np.diag([-1.0, 1.0, 1.0])


def read_biwi(folder: Path, detector: FaceDetector) -> list[Photo]:
    """Every frame in which the detector finds a face where the head is said to be."""
    images = files_below(folder, "[0-9][0-9]/frame_*_rgb.png", _EXPECTED)
    photos = [photo for image in images if (photo := _photo(image, detector))]
    print(f"{folder}: a face was found in {len(photos)} of {len(images)} frames")
    return photos


def _photo(path: Path, detector: FaceDetector) -> Photo | None:
    rotation, centre = read_pose(path.with_name(path.name.replace("_rgb.png", "_pose.txt")))
    image = cv2.imread(str(path))
    if image is None:
        return None
    box = _face_at(detector.detect(np.asarray(image, np.uint8)), centre)
    if box is None:
        return None
    return Photo(path=path, rotation=rotation, box=box, tag=f"biwi {path.parent.name}")


def read_pose(path: Path) -> tuple[Matrix, NDArray[np.float64]]:
    """Our rotation (3, 3) and the head's centre (3,) in mm, camera axes."""
    try:
        numbers = np.array(path.read_text(encoding="ascii").split(), np.float64)
    except FileNotFoundError as error:
        raise BadLabel(f"{path}: missing beside its image; expected {_EXPECTED}") from error
    except ValueError as error:
        raise BadLabel(f"{path}: not numbers ({error})") from error
    if numbers.size != 12:
        raise BadLabel(f"{path}: expected a 3 x 3 rotation and 3 numbers, got {numbers.size}")
    return _TO_OURS @ numbers[:9].reshape(3, 3) @ _TO_OURS, numbers[9:]


def _face_at(faces: list[Detection], centre: NDArray[np.float64]) -> Box | None:
    """The face nearest to where the head's centre is seen, if it is there at all."""
    if not faces or centre[2] <= 0:
        return None
    place = np.array(_CENTRE_PX) + _FOCAL_PX * centre[:2] / centre[2]
    nearest = min(faces, key=lambda face: float(np.hypot(*(face.box.center - place))))
    apart = float(np.hypot(*(nearest.box.center - place)))
    return nearest.box if apart <= nearest.box.side else None
