"""WFLW as published: list files of 98 landmarks, a box, six attributes and the image's name.

WFLW has no poses. They are fitted: the morphable face to the inner landmarks (brows, nose, eyes,
mouth), leaving the cheeks out, which annotators draw along the visible outline. Source: Wu et
al., "Look at Boundary", CVPR 2018.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.model.data.datasets import MissingData
from deploy.model.data.readers.photos import BadLabel, Photo, box_of_points
from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.face_fit import FaceFitter

_LISTS = "WFLW_annotations/list_98pt_rect_attr_train_test/list_98pt_rect_attr_{split}.txt"
_NUMBERS = 98 * 2 + 4 + 6
# fmt: off
_INNER = [
    33, 34, 35, 36, 37, 42, 43, 44, 45, 46, 51, 52, 53, 54, 55, 56, 57, 58, 59,
    60, 61, 63, 64, 65, 67, 68, 69, 71, 72, 73, 75, *range(76, 96),
]
# fmt: on
"""The WFLW points that are iBUG points 17 to 67, in iBUG order."""
_JAW_POINTS = 17
MAX_RESIDUAL = 0.05
"""A fit worse than this share of the face's size is no label."""


def read_wflw(folder: Path, basis: FaceBasis, split: str = "train") -> list[Photo]:
    """The faces of a split (``train`` or ``test``) whose landmarks a face fits well."""
    path = folder / _LISTS.format(split=split)
    if not path.is_file():
        raise MissingData(
            f"{path}: not found; expected WFLW_annotations.tar.gz and WFLW_images.tar.gz "
            f"unpacked in {folder}"
        )
    fitter = FaceFitter(basis.chosen(IBUG_68[_JAW_POINTS:]))
    lines = path.read_text(encoding="utf-8").splitlines()
    photos = [_photo(folder, path, i, line, fitter) for i, line in enumerate(lines, start=1)]
    kept = [photo for photo in photos if photo is not None]
    print(f"{path.name}: {len(kept)} of {len(lines)} faces have landmarks that fit a face")
    return kept


def _photo(folder: Path, path: Path, line_no: int, line: str, fitter: FaceFitter) -> Photo | None:
    points, name = _parsed(path, line_no, line)
    fit = fitter.fit(points[_INNER])
    if fit is None or fit.residual > MAX_RESIDUAL:
        return None
    return Photo(
        path=folder / "WFLW_images" / name,
        rotation=fit.rotation,
        box=box_of_points(points[:76]),
        tag=f"wflw {name.split('/', 1)[0]}",
    )


def _parsed(path: Path, line_no: int, line: str) -> tuple[NDArray[np.float64], str]:
    """The 98 points (98, 2) and the image's name of one line."""
    fields = line.split(maxsplit=_NUMBERS)
    if len(fields) != _NUMBERS + 1:
        raise BadLabel(
            f"{path}, line {line_no}: expected 98 points, 4 box and 6 attribute numbers and a "
            f"name, got {len(fields)} fields"
        )
    try:
        points = np.array(fields[:196], np.float64).reshape(98, 2)
    except ValueError as error:
        raise BadLabel(f"{path}, line {line_no}: {error}") from error
    return points, fields[-1].strip()
