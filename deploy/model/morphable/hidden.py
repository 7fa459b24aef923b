"""What the fit says of hidden faces: how many leave a mesh, and how well the face fits it.

    python -m deploy.model.morphable.hidden ../shared/faces out/model/cache

Plain validation faces against the same ones under what ``augment/occlusion.py`` lays over them.
The limit of a clear face (``monitor.pose_filter.clear_residual``) comes from the plain ones.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.augment import occlusion
from deploy.model.data.datasets import SIDE, Samples, faces
from edge_pose.config.observing import PoseFilterConfig
from edge_pose.models import find
from edge_pose.values import Box
from edge_pose.vision.face.mesh import Landmarker
from edge_pose.vision.geometry import euler_angles, geodesic_deg
from edge_pose.vision.pose.files import FACE_BASIS
from edge_pose.vision.pose.mesh_fit import MeshFitter

Pixels = NDArray[np.uint8]
_BLUR_PX = 4.0
"""Of a face 80 px large."""
COVERS = ("plain", "mask", "sunglasses", "hand or phone", "patch", "blur", "nearly all hidden")


def covered(
    name: str, crop: Pixels, points: NDArray[np.float32], rng: np.random.Generator
) -> Pixels:
    """A crop under one of the covers. ``points``: (68, 3) in crop units, -1 to 1."""
    if name == "mask":
        return occlusion.mask(crop, points, rng)
    if name == "sunglasses":
        return occlusion.sunglasses(crop, points, rng)
    if name == "hand or phone":
        return occlusion.hand(crop, rng)[0]
    if name == "patch":
        return occlusion.patch(crop, rng)[0]
    if name == "blur":
        return np.asarray(cv2.GaussianBlur(crop, (0, 0), _BLUR_PX), np.uint8)
    return occlusion.hidden(crop, rng) if name == "nearly all hidden" else crop


def measured(samples: Samples, index: NDArray[np.intp], name: str) -> NDArray[np.float64]:
    """(N, 2): residual and error in degrees of each covered face; NaN without a usable mesh."""
    landmarker, fitter = Landmarker(find("face_landmark")), MeshFitter.load(FACE_BASIS)
    rng = np.random.default_rng(0)
    rows = []
    for i, crop in zip(index.tolist(), samples.images[index], strict=True):
        rotation = samples.rotation[i].astype(np.float64)
        points = samples.points[i] * np.float32(2.0 / SIDE) - np.float32(1.0)
        image = cv2.cvtColor(covered(name, crop, points, rng), cv2.COLOR_RGB2BGR)
        box = Box(**dict(zip(("x1", "y1", "x2", "y2"), samples.box[i].tolist(), strict=True)))
        mesh = landmarker.locate(np.asarray(image, np.uint8), box, euler_angles(rotation)[2])
        found = fitter.fit(mesh)
        rows.append(
            (np.nan, np.nan)
            if found is None
            else (found.fit.residual, geodesic_deg(found.rotation, rotation))
        )
    return np.array(rows)


def line(name: str, rows: NDArray[np.float64], limit: float) -> str:
    """One row of the table."""
    seen = rows[~np.isnan(rows[:, 0])]
    none = f"| {name} | {len(rows)} | {100 * (1 - len(seen) / len(rows)):.0f} % |"
    if not len(seen):
        return none + " – | – | – | – |"
    middle, most = np.percentile(seen[:, 0], [50, 95])
    above = 100 * float((seen[:, 0] > limit).mean())
    return f"{none} {middle:.4f} | {most:.4f} | {above:.1f} % | {np.median(seen[:, 1]):.1f}° |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("faces", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--every", type=int, default=20, help="every so many-th validation face")
    args = parser.parse_args()
    samples, limit = faces(args.faces, args.cache, "val"), PoseFilterConfig().clear_residual
    known = np.flatnonzero(np.isfinite(samples.points).all(axis=(1, 2)))[:: args.every]
    print(f"| | faces | no mesh | residual, median | 95 % | above {limit:g} | median error |")
    for name in COVERS:
        print(line(name, measured(samples, known, name), limit), flush=True)


if __name__ == "__main__":
    main()
