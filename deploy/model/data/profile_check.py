"""Does face profiling turn faces as far as it says? Re-detected meshes against intended poses.

    python -m deploy.model.data.profile_check DIR --landmarker FILE

Every image of a pool is read again by the mesh network; the rotation that takes the intended
mesh to the one found is the error. The mesh network itself falls short at large yaw: on real
faces it reads 5° too little at 50-55° and 11° at 60-65°. A renderer that is right shows the
same shortfall ("toward 0"); beyond about 75° the network no longer follows at all.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.model.data.mesh import AXES, Floats
from deploy.model.data.profile_sources import alignment, upright_deg
from edge_pose.values import Box
from edge_pose.vision.face.mesh import Landmarker
from edge_pose.vision.geometry import euler_angles, geodesic_deg

YAW_BINS = (0, 15, 30, 45, 60, 75, 91)


def measured_rotation(
    landmarker: Landmarker, image: NDArray[np.uint8], box: Box, rotation: Floats, mesh: Floats
) -> Floats | None:
    """The rotation of the face as found again, or None where no face is seen.

    ``mesh``: the landmarks (468, 3) that the image was rendered to show at ``rotation``.
    """
    found = landmarker.locate(image, box, upright_deg(rotation))
    if found.score < 0.5:
        return None
    return np.asarray(alignment(_centred(mesh), _centred(found.points)) @ rotation)


def _centred(points: NDArray[np.floating]) -> Floats:
    turned = np.asarray(points, np.float64) * AXES
    return np.asarray(turned - turned.mean(axis=0))


def check(folder: Path, landmarker: Landmarker, count: int) -> NDArray[np.float64]:
    """(N, 4): intended yaw, measured − intended yaw, geodesic error, 1 if a face was found."""
    images = np.load(folder / "images.npy", mmap_mode="r")
    with np.load(folder / "labels.npz") as table:
        rotations, boxes = table["rotation"].astype(np.float64), table["box"]
        meshes = table["landmarks"]
    rows = []
    for image, rotation, corners, mesh in zip(
        images[:count], rotations[:count], boxes[:count], meshes[:count], strict=True
    ):
        box = Box(**dict(zip(("x1", "y1", "x2", "y2"), corners.tolist(), strict=True)))
        found = measured_rotation(landmarker, image, box, rotation, mesh)
        yaw = euler_angles(rotation)[0]
        if found is None:
            rows.append((yaw, np.nan, np.nan, 0.0))
            continue
        error = euler_angles(found)[0] - yaw
        rows.append((yaw, error, geodesic_deg(found, rotation), 1.0))
    return np.array(rows)


def table(rows: NDArray[np.float64]) -> str:
    """One line a yaw range: images, faces found, yaw error and geodesic error in degrees."""
    lines = ["|yaw|        n  found  yaw error: median   95 %   toward 0   geodesic: median"]
    outward = np.sign(rows[:, 0]) * rows[:, 1]
    for low, high in pairwise(YAW_BINS):
        inside = (np.abs(rows[:, 0]) >= low) & (np.abs(rows[:, 0]) < high)
        seen = inside & (rows[:, 3] > 0)
        if not seen.any():
            continue
        yaw = np.abs(rows[seen, 1])
        lines.append(
            f"{low:3d}-{min(high, 90):2d} {inside.sum():8d} {seen.sum() / inside.sum():6.1%}"
            f" {np.median(yaw):14.1f} {np.percentile(yaw, 95):10.1f}"
            f" {-np.median(outward[seen]):10.1f} {np.median(rows[seen, 2]):18.1f}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="check a pool of profiled faces")
    parser.add_argument("pool", type=Path)
    parser.add_argument("--landmarker", type=Path, required=True, help="face_landmark.tflite")
    parser.add_argument("--count", type=int, default=2000, help="images to read again")
    args = parser.parse_args()
    print(table(check(args.pool, Landmarker(args.landmarker), args.count)))


if __name__ == "__main__":
    main()
