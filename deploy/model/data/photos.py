"""Evaluation photos with published truth: opened for the tables, and nothing is chosen by them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.data.crops import CROP_SCALE
from deploy.model.data.datasets import MissingData
from edge_pose.values import Box
from edge_pose.vision.geometry import rotation_matrix
from edge_pose.vision.image.crop import face_crop

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Photo:
    """An evaluation photo, BGR, with its tight box and true rotation."""

    image: Pixels
    box: Box
    rotation: NDArray[np.float64]


def read_photos(folder: Path) -> list[Photo]:
    """The photos of ../shared/eval/aflw2000_dev."""
    path = folder / "labels.csv"
    if not path.is_file():
        raise MissingData(f"{path}: not found; expected eval/aflw2000_dev of the shared data")
    with path.open(encoding="utf-8", newline="") as text:
        return [_photo(folder, row) for row in csv.DictReader(text)]


def _photo(folder: Path, row: dict[str, str]) -> Photo:
    image = cv2.imread(str(folder / row["file"]))
    if image is None:
        raise MissingData(f"{folder / row['file']}: no readable image")
    angles = (float(row[f"{axis}_deg"]) for axis in ("yaw", "pitch", "roll"))
    return Photo(
        image=np.asarray(image, np.uint8),
        box=Box(**{corner: float(row[corner]) for corner in ("x1", "y1", "x2", "y2")}),
        rotation=rotation_matrix(*angles),
    )


def crops(photos: Iterable[Photo], size: int) -> Pixels:
    """Network inputs, RGB, exactly as at run time."""
    cut = (face_crop(photo.image, photo.box, CROP_SCALE, size) for photo in photos)
    return np.stack([cv2.cvtColor(crop, cv2.COLOR_BGR2RGB) for crop in cut])


def rotations(photos: Iterable[Photo]) -> NDArray[np.float64]:
    return np.stack([photo.rotation for photo in photos])
