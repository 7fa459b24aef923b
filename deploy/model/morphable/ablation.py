"""What each part of the fit is worth, on the validation split.

python -m deploy.model.morphable.ablation out/morphable/faces.npz
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.model.labels.meshes import Meshes
from deploy.model.morphable.errors import Errors
from edge_pose.values import Landmarks
from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.face_fit import FaceFitter
from edge_pose.vision.pose.files import FACE_BASIS
from edge_pose.vision.pose.mesh_fit import MESH_FIT, MeshFitter

Array = NDArray[np.float64]
Points = NDArray[np.float32]


def variants(full: FaceBasis) -> Iterator[tuple[str, FaceFitter, NDArray[np.intp]]]:
    """Fits of growing skill, each with the vertices it looks at."""
    every = np.arange(full.vertices)
    for name, vertices, identity, expression, depth, trust in (
        ("x y, mean face, 468 points", every, 0, 0, False, 1.0),
        ("x y z alike (Procrustes), mean face, 468 points", every, 0, 0, True, 1.0),
        ("z at half its weight, mean face, 468 points", every, 0, 0, True, 2.0),
        ("z at half its weight, 5 + 5 modes, 468 points", every, 5, 5, True, 2.0),
        ("z at half its weight, 5 + 5 modes, 68 points", IBUG_68, 5, 5, True, 2.0),
        ("x y, 5 + 5 modes, 68 points", IBUG_68, 5, 5, False, 1.0),
    ):
        part = full.chosen(vertices, identity=identity, expression=expression)
        noise = np.tile((1.0, 1.0, trust), (part.vertices, 1))
        basis = FaceBasis(mean=part.mean, modes=part.modes, identity=part.identity, noise_mm=noise)
        yield name, FaceFitter(basis, depth=depth, options=MESH_FIT), vertices


def rotations(fitter: FaceFitter, points: Points) -> Array:
    """(N, 3, 3); the identity where there is no fit."""
    fits = [fitter.fit(mesh) for mesh in points]
    return np.array([np.eye(3) if fit is None else fit.rotation for fit in fits])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("meshes", type=Path)
    args = parser.parse_args()
    meshes = Meshes.load(args.meshes)
    val = meshes.pick(meshes.split == "val")
    for name, fitter, vertices in variants(FaceBasis.load(FACE_BASIS)):
        turned = rotations(fitter, val.still[:, vertices])
        print(f"{name:50} {Errors.of(turned, val.rotation)}", flush=True)
    shipped = MeshFitter.load(FACE_BASIS)
    for name in ("still", "tracked"):
        found = [shipped.fit(Landmarks(points=mesh, score=1.0)) for mesh in getattr(val, name)]
        turned = np.array([np.eye(3) if pose is None else pose.rotation for pose in found])
        print(f"{'as shipped, ' + name:50} {Errors.of(turned, val.rotation)}", flush=True)


if __name__ == "__main__":
    main()
