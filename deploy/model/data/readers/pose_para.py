"""300W-LP and AFLW2000-3D as published: NAME.jpg with NAME.mat beside it.

The .mat holds ``Pose_Para`` (1, 7): pitch, yaw, roll in radians, then translation and scale, and
landmarks: ``pt2d`` (2, 68) in 300W-LP; in AFLW2000-3D ``pt3d_68`` (3, 68), while its ``pt2d``
(2, 21) has -1 where a point is not seen. Source: Zhu et al., CVPR 2016.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deploy.model.data.readers.photos import BadLabel, Photo, box_of_points, files_below
from edge_pose.vision.geometry import Matrix, rotation_matrix

_LP_EXPECTED = (
    "the unpacked 300W-LP.zip: subfolders AFW, HELEN, IBUG, LFPW and their *_Flip twins, "
    "each with NAME.jpg and NAME.mat"
)
_AFLW_EXPECTED = "the unpacked AFLW2000-3D.zip: imageNNNNN.jpg and imageNNNNN.mat"


def read_300w_lp(folder: Path) -> list[Photo]:
    """Every face of 300W-LP; names that end in _0 are the photos, the others are profiled."""
    labels = files_below(folder, "*/*.mat", _LP_EXPECTED)
    faces = [path for path in labels if path.with_suffix(".jpg").is_file()]
    if not faces:
        raise BadLabel(f"{folder}: labels without a .jpg beside them; expected {_LP_EXPECTED}")
    return [
        _photo(path, f"300w-lp {path.parent.name}", turned=not path.stem.endswith("_0"))
        for path in faces
    ]


def read_aflw2000(folder: Path) -> list[Photo]:
    """Every face of AFLW2000-3D."""
    labels = files_below(folder, "*.mat", _AFLW_EXPECTED)
    faces = [path for path in labels if path.with_suffix(".jpg").is_file()]
    if not faces:
        raise BadLabel(f"{folder}: labels without a .jpg beside them; expected {_AFLW_EXPECTED}")
    return [_photo(path, "aflw2000", turned=False) for path in faces]


def _photo(path: Path, tag: str, *, turned: bool) -> Photo:
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        label = loadmat(path)
    except (MatReadError, ValueError, TypeError, NotImplementedError, OSError) as error:
        raise BadLabel(f"{path}: not a MATLAB 5 file ({error})") from error
    return Photo(
        path=path.with_suffix(".jpg"),
        rotation=_rotation(path, label),
        box=box_of_points(_points(path, label)),
        tag=tag,
        turned=turned,
    )


def _rotation(path: Path, label: dict[str, Any]) -> Matrix:
    pose = np.asarray(label.get("Pose_Para", ()), np.float64).ravel()
    if pose.size < 3 or not np.isfinite(pose[:3]).all():
        raise BadLabel(f"{path}: no Pose_Para with pitch, yaw and roll in radians")
    pitch, yaw, roll = np.degrees(pose[:3]).tolist()
    return rotation_matrix(yaw, pitch, roll)


def _points(path: Path, label: dict[str, Any]) -> NDArray[np.float64]:
    """(N, 2): the 68 points where there are, else the seen ones of the 21."""
    for key in ("pt3d_68", "pt2d"):
        points = np.asarray(label.get(key, ()), np.float64)
        if points.ndim == 2 and points.shape[0] in (2, 3) and points.shape[1] >= 2:
            seen = points[:2, (points[:2] >= 0).all(axis=0)] if points.shape[1] < 68 else points[:2]
            if seen.shape[1] >= 2:
                return np.asarray(seen.T)
    raise BadLabel(f"{path}: no landmarks (pt2d with 68 points, or pt3d_68)")
