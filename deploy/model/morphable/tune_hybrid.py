"""Chooses how network and fit are weighed in the hybrid, on the validation split.

    python -m deploy.model.morphable.tune_hybrid ../shared/faces out/morphable/faces.npz

Prints errors of network, fit and hybrid over a grid of trusts, and the best one. Half of the
groups choose (even hashes), the other half shows what the choice is worth.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from deploy.model.labels.meshes import Meshes, photo_reader
from deploy.model.morphable.errors import Errors, angle_errors, geodesic
from edge_pose.models import HEAD_POSE, find
from edge_pose.values import Box, HeadPose, Landmarks
from edge_pose.vision.face.pose_network import HeadPoseModel
from edge_pose.vision.fit.levenberg_marquardt import rotation_vector
from edge_pose.vision.geometry import rotation_matrix
from edge_pose.vision.pose.files import FACE_BASIS
from edge_pose.vision.pose.fusion import Trust, fused
from edge_pose.vision.pose.mesh_fit import MeshFitter

Array = NDArray[np.float64]

FIT_FACTORS = (0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.25)
SHARPNESSES = (1.5, 2.0, 3.0)


def matrix(pose: HeadPose) -> Array:
    return rotation_matrix(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)


def network_poses(folder: Path, meshes: Meshes) -> list[HeadPose]:
    """What the shipped network says of each photo."""
    read, model = photo_reader(folder), HeadPoseModel(find(HEAD_POSE.name))
    names = ("x1", "y1", "x2", "y2")
    return [
        model.estimate(read(photo), Box(**dict(zip(names, box.tolist(), strict=True))))
        for photo, box in zip(meshes.photo, meshes.box, strict=True)
    ]


def fit_poses(points: NDArray[np.float32], score: NDArray[np.float32]) -> list[HeadPose | None]:
    """What the fit says of each mesh."""
    fitter = MeshFitter.load(FACE_BASIS)
    found = [
        fitter.fit(Landmarks(points=mesh, score=float(value)))
        for mesh, value in zip(points, score, strict=True)
    ]
    return [None if one is None else one.pose for one in found]


def hybrid(network: list[HeadPose], fit: list[HeadPose | None], trust: Trust) -> list[HeadPose]:
    return [
        one if two is None else fused(one, two, trust)
        for one, two in zip(network, fit, strict=True)
    ]


def rotations(poses: list[HeadPose] | list[HeadPose | None]) -> Array:
    return np.array([np.eye(3) if pose is None else matrix(pose) for pose in poses])


def report(name: str, poses: list[HeadPose], truth: Array, yaw_deg: Array) -> None:
    turned = rotations(poses)
    std = np.array([pose.std_deg or np.nan for pose in poses])
    apart = geodesic(turned, truth)
    rank = np.corrcoef(std.argsort().argsort(), apart.argsort().argsort())[0, 1]
    side = yaw_deg > 40.0
    print(
        f"{name:26} {Errors.of(turned, truth)}; |yaw| > 40: {apart[side].mean():.2f}; "
        f"error/std {np.nanmean(apart) / np.nanmean(std):.2f}; rank {rank:.2f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("faces", type=Path)
    parser.add_argument("meshes", type=Path)
    args = parser.parse_args()
    meshes = Meshes.load(args.meshes)
    val = meshes.pick(meshes.split == "val")
    yaw = np.abs(np.degrees(np.arcsin(np.clip(-val.rotation[:, 0, 2], -1.0, 1.0))))
    chooses = np.array([crc32(group.encode()) % 2 == 0 for group in val.group])
    network = network_poses(args.faces, val)
    report("network", network, val.rotation, yaw)
    grid: dict[tuple[float, float], list[Array]] = {}
    for name in ("tracked", "still"):
        fit = fit_poses(getattr(val, name), val.score)
        report(
            f"fit, {name}", [p or n for p, n in zip(fit, network, strict=True)], val.rotation, yaw
        )
        for factor in FIT_FACTORS:
            for sharpness in SHARPNESSES:
                trust = Trust(fit_factor=factor, sharpness=sharpness)
                turned = rotations(hybrid(network, fit, trust))
                each = angle_errors(turned, val.rotation).mean(axis=1)
                grid.setdefault((factor, sharpness), []).append(each)
    means = {key: np.mean(each, axis=0) for key, each in grid.items()}
    ranked = sorted(means, key=lambda key: float(means[key][chooses].mean()))
    for key in ranked[:8]:
        chosen, held = means[key][chooses].mean(), means[key][~chooses].mean()
        print(f"fit_factor {key[0]} sharpness {key[1]}: choosing {chosen:.3f}, held out {held:.3f}")
    best = Trust(fit_factor=ranked[0][0], sharpness=ranked[0][1])
    for name in ("tracked", "still"):
        fit = fit_poses(getattr(val, name), val.score)
        report(f"hybrid, {name}", hybrid(network, fit, best), val.rotation, yaw)
    still = fit_poses(val.still, val.score)
    one, two = (
        np.array([_turn(pose or other, truth) for pose, other, truth in rows])
        for rows in (
            zip(network, network, val.rotation, strict=True),
            zip(still, network, val.rotation, strict=True),
        )
    )
    print("correlation of the errors of network and fit, by axis:", end=" ")
    print(np.round([np.corrcoef(one[:, i], two[:, i])[0, 1] for i in range(3)], 2))


def _turn(pose: HeadPose, truth: Array) -> Array:
    return rotation_vector(truth.T @ matrix(pose))


if __name__ == "__main__":
    main()
