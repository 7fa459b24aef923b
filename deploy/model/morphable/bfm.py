"""Reader of the Basel Face Model, for those who hold its licence; gives a basis of our own form.

    python -m deploy.model.morphable.bfm 01_MorphableModel.mat out/bfm_basis.npz

The Basel Face Model 2009 (Paysan et al., "A 3D Face Model for Pose and Illumination Invariant Face
Recognition", AVSS 2009) has 53 490 vertices in micrometres, x right, y up, z towards the viewer,
and 199 identity modes; it has no expressions. It is brought onto our mean face (similarity, then
nearest vertices in turns), its shape is sampled at our 468 vertices, and our expression modes and
noise are kept.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat
from scipy.io.matlab import MatReadError
from scipy.spatial import cKDTree

from edge_pose.errors import ModelError
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.vision.fit.face_basis import FaceBasis

Array = NDArray[np.float64]

_UM_PER_MM = 1000.0
_ROUNDS = 60
_FRONT_SHARE = 0.25
"""Vertices of the mean this far back (share of its depth) have no certain partner on a whole
head; they follow the rest."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaselFace:
    """The shape part of the model. ``mean``: (N, 3) mm; ``modes``: (N, 3, K) mm per standard
    deviation, strongest first."""

    mean: Array
    modes: Array


def read_bfm(path: Path, count: int = 60) -> BaselFace:
    """The leading ``count`` shape modes of a Basel Face Model .mat file."""
    if not path.is_file():
        raise ModelError(f"{path}: no such Basel Face Model")
    try:
        file = loadmat(path, variable_names=["shapeMU", "shapePC", "shapeEV"])
        mean = np.asarray(file["shapeMU"], np.float64).reshape(-1, 3)
        deviation = np.asarray(file["shapeEV"], np.float64).reshape(-1)[:count]
        modes = np.asarray(file["shapePC"], np.float64)[:, : len(deviation)]
        turned = (modes * deviation).reshape(len(mean), 3, -1)
    except (KeyError, ValueError, TypeError, NotImplementedError, OSError, MatReadError) as error:
        raise ModelError(
            f"{path}: not a Basel Face Model 2009 (needs shapeMU, shapePC, shapeEV): {error}"
        ) from error
    return BaselFace(mean=mean / _UM_PER_MM, modes=turned / _UM_PER_MM)


def as_basis(face: BaselFace, ours: FaceBasis) -> FaceBasis:
    """Our basis with the Basel model's mean and identity, at our vertices, in our frame."""
    scale, rotation, offset, nearest = aligned(face.mean, ours.mean)
    placed = scale * face.mean[nearest] @ rotation.T + offset
    modes = scale * np.einsum("ij,vjk->vik", rotation, face.modes[nearest])
    return FaceBasis(
        mean=placed,
        modes=np.concatenate([modes, ours.modes[:, :, ours.identity :]], axis=2),
        identity=modes.shape[2],
        noise_mm=ours.noise_mm,
    )


def aligned(cloud: Array, target: Array) -> tuple[float, Array, Array, NDArray[np.intp]]:
    """Scale, rotation, offset that bring a cloud onto a target, and each target point's partner.

    Iterated closest points (Besl and McKay 1992) from equal height and centre; both frames have
    y up and z towards the viewer, so no turn has to be guessed. The worst quarter of the pairs
    (ears, neck, forehead of a cloud that reaches further) is left out of each round.
    """
    scale = float(np.ptp(target[:, 1]) / np.ptp(cloud[:, 1]))
    rotation = np.eye(3)
    offset = _front_center(target) - scale * _front_center(cloud)
    nearest = np.zeros(len(target), np.intp)
    tree = cKDTree(cloud)
    for _ in range(_ROUNDS):
        back = (target - offset) @ rotation / scale
        distance, nearest = tree.query(back)
        sure = distance <= np.quantile(distance, 1.0 - _FRONT_SHARE)
        scale, rotation, offset = _similarity(cloud[nearest[sure]], target[sure])
    return scale, rotation, offset, np.asarray(tree.query((target - offset) @ rotation / scale)[1])


def _front_center(points: Array) -> Array:
    """The middle across and in height, and the foremost depth: the nose tip, roughly."""
    low, high = points.min(axis=0), points.max(axis=0)
    return np.array([(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0, high[2]])


def _similarity(source: Array, target: Array) -> tuple[float, Array, Array]:
    """The least-squares similarity between paired points (Umeyama 1991)."""
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    left, size, right = np.linalg.svd(b.T @ a)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    rotation = (left * sign) @ right
    scale = float((size * sign).sum() / (a**2).sum())
    return scale, rotation, target.mean(axis=0) - scale * rotation @ source.mean(axis=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    basis = as_basis(read_bfm(args.model), FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz"))
    args.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        args.out,
        mean=basis.mean,
        identity=basis.modes[:, :, : basis.identity],
        expression=basis.modes[:, :, basis.identity :],
        noise_mm=basis.noise_mm,
    )
    print(f"{args.out}: {basis.identity} identity and {basis.expression} expression modes")


if __name__ == "__main__":
    main()
