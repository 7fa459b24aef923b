"""Where the mesh's 68 points lie on a rendered head, beside its own 68 vertices.

    python -m deploy.model.labels.point_definition FACES.csv … --landmarker FILE --out offsets.npz

Both stand for the same iBUG landmarks, but not for quite the same places of skin. In the axes of
the head, in units of the face's size, the difference is a constant vector for each point; it is
found by least squares over rendered heads that the mesh reads well, and added to every render.
"""

from __future__ import annotations

import argparse
import csv
import tarfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import rotations_from_euler
from deploy.model.data.mesh import AXES
from deploy.model.data.profile_sources import upright_deg
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.values import Box
from edge_pose.vision.face.mesh import IBUG_68, Landmarker
from edge_pose.vision.fit.face_basis import FaceBasis

Floats = NDArray[np.float64]
_MIN_SCORE, _MAX_YAW_DEG = 0.95, 40.0
_ROUNDS, _FAR = 4, 3.0


def mean_points() -> Floats:
    """(68, 3) of the mean face, centred, head axes."""
    points = FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz").mean[IBUG_68]
    return np.asarray(points - points.mean(axis=0), np.float64)


def scales(points: NDArray[np.floating], rotation: NDArray[np.floating]) -> Floats:
    """(N,) pixels for one unit of the mean face, by least squares; ``points`` (N, 68, 2) pixels."""
    seen = np.asarray(points, np.float64) * AXES[:2]
    seen = seen - seen.mean(axis=1, keepdims=True)
    shape = (mean_points() @ np.asarray(rotation, np.float64).transpose(0, 2, 1))[..., :2]
    return np.asarray((seen * shape).sum(axis=(1, 2)) / (shape**2).sum(axis=(1, 2)))


def shifted(
    points: NDArray[np.floating], rotation: NDArray[np.floating], offsets: NDArray[np.floating]
) -> NDArray[np.float32]:
    """Vertices' pixels (N, 68, 2) → where the mesh's points lie. ``offsets``: (68, 3)."""
    move = (np.asarray(offsets) @ np.asarray(rotation, np.float64).transpose(0, 2, 1))[..., :2]
    size = scales(points, rotation)[:, None, None]
    return np.asarray(points + move * AXES[:2] * size, np.float32)


def turned_like(
    points: NDArray[np.floating], rotation: NDArray[np.floating]
) -> NDArray[np.float32]:
    """The rotations (N, 3, 3), each turned in the picture's plane as its points (N, 68, 2) lie."""
    seen = np.asarray(points, np.float64) * AXES[:2]
    seen = seen - seen.mean(axis=1, keepdims=True)
    shape = (mean_points() @ np.asarray(rotation, np.float64).transpose(0, 2, 1))[..., :2]
    plane = (seen[..., 0] + 1j * seen[..., 1]) * (shape[..., 0] - 1j * shape[..., 1])
    angle = np.angle(plane.sum(axis=1))
    turn = np.zeros((len(angle), 3, 3))
    turn[:, 0, 0] = turn[:, 1, 1] = np.cos(angle)
    turn[:, 1, 0], turn[:, 0, 1], turn[:, 2, 2] = np.sin(angle), -np.sin(angle), 1.0
    return np.asarray(turn @ rotation, np.float32)


def offsets_of(mesh: Floats, points: Floats, rotation: Floats) -> Floats:
    """(68, 3) by least squares that lets far rows go. ``mesh``, ``points``: (N, 68, 2) pixels."""
    size = scales(points, rotation)[:, None, None]
    apart = (mesh - points) * AXES[:2] / size
    out = np.empty((68, 3))
    for k in range(68):
        keep = np.ones(len(apart), bool)
        for _ in range(_ROUNDS):
            rows = rotation[keep, :2].reshape(-1, 3)
            out[k] = np.linalg.lstsq(rows, apart[keep, k].reshape(-1), rcond=None)[0]
            miss = np.linalg.norm(apart[:, k] - rotation[:, :2] @ out[k], axis=1)
            keep = miss < _FAR * np.median(miss)
    return out


def read_by_mesh(
    table: Path, landmarker: Landmarker, most: int
) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Mesh points, vertices (pixel centres whole) and rotation of the heads it reads well."""
    with table.open(encoding="utf-8", newline="") as text:
        rows = {row["file"].split("/")[-1]: (i, row) for i, row in enumerate(csv.DictReader(text))}
    pixels = np.load(points_of(table))["px"]
    with tarfile.open(table.with_suffix(".tar")) as archive:
        for entry in archive:
            found = rows.get(entry.name.split("/")[-1])
            if found is None or not _plain(found[1]) or most <= 0:
                continue
            stream = archive.extractfile(entry)
            image = cv2.imdecode(np.frombuffer(stream.read() if stream else b"", np.uint8), 1)
            index, row = found
            angles = np.array([[float(row[f"{a}_deg"]) for a in ("yaw", "pitch", "roll")]])
            rotation = rotations_from_euler(angles)[0]
            box = Box(**{corner: float(row[corner]) for corner in ("x1", "y1", "x2", "y2")})
            seen = landmarker.locate(np.asarray(image, np.uint8), box, upright_deg(rotation))
            if seen.score >= _MIN_SCORE:
                most -= 1
                yield seen.points[IBUG_68, :2].astype(float), pixels[index] - 0.5, rotation


def points_of(table: Path) -> Path:
    """The landmarks' file beside a table."""
    beside = table.with_suffix(".npz")
    return beside if beside.is_file() else table.with_name(f"{table.stem}_points.npz")


def _plain(row: dict[str, str]) -> bool:
    clear = row["mask"] in ("", "0") and not row["occ"] and row["glasses"] != "sun"
    opened = min(float(row["open_r"]), float(row["open_l"])) > 0.6
    return clear and opened and abs(float(row["yaw_deg"])) < _MAX_YAW_DEG


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tables", type=Path, nargs="+")
    parser.add_argument("--landmarker", type=Path, required=True)
    parser.add_argument("--most", type=int, default=2000)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    landmarker = Landmarker(args.landmarker)
    each = -(-args.most // len(args.tables))
    found = [x for table in args.tables for x in read_by_mesh(table, landmarker, each)]
    mesh, points, rotation = (np.stack(part) for part in zip(*found, strict=True))
    offsets = offsets_of(mesh, points, rotation)
    np.savez(args.out, offsets=offsets)
    eye = np.linalg.norm(points[:, 36] - points[:, 45], axis=1)[:, None]
    before, after = (
        float(np.median(np.linalg.norm(at - mesh, axis=2) / eye))
        for at in (points, shifted(points, rotation, offsets))
    )
    print(f"{len(found)} heads: mesh against vertices {before:.3f} eye distances, then {after:.3f}")


if __name__ == "__main__":
    main()
