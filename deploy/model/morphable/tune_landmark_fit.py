"""Chooses how the 3D fit reads the face network's own 68 points, and how the hybrid weighs the two.

    python -m deploy.model.morphable.tune_landmark_fit FACE.tflite --faces ../shared/faces \\
        --cache out/model/cache

Validation photos only: every other block of twenty chooses, the others show what the choice is
worth.
Prints the best options of ``LandmarkFit`` and the best ``Trust``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.model.data.datasets import Samples, faces
from deploy.model.morphable.errors import angle_errors
from deploy.model.morphable.tune_hybrid import hybrid, rotations
from edge_pose.values import Box, HeadPose
from edge_pose.vision.face.face_network import FaceNetwork, FaceReading
from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.pose.files import FACE_BASIS
from edge_pose.vision.pose.fusion import Trust
from edge_pose.vision.pose.landmark_fit import FitChoice, LandmarkFit

Floats = NDArray[np.float64]

PRIORS = (20.0, 5.0, 1.0, 0.5, 0.2, 0.1)
CONTOURS = (3.0, 1.5, 1.0)
MODES = ((5, 5), (10, 10))
FIT_FACTORS = (0.7, 1.0, 1.5, 2.0, 3.0)
SHARPNESSES = (1.0, 1.5, 2.0, 3.0)


def readings(network: FaceNetwork, samples: Samples) -> list[FaceReading]:
    """What the network says of each photo."""
    found = []
    for image, box in zip(samples.images, samples.box.tolist(), strict=True):
        place = Box(**dict(zip(("x1", "y1", "x2", "y2"), box, strict=True)))
        found.append(network.read(np.ascontiguousarray(image[..., ::-1]), place))
    return found


def fitted(seen: Sequence[FaceReading], choice: FitChoice) -> list[HeadPose | None]:
    """What the fit says of each, started anew."""
    fitter = LandmarkFit.of_68(FaceBasis.load(FACE_BASIS).chosen(IBUG_68), choice)
    found: list[HeadPose | None] = []
    for one in seen:
        fitter.forget()
        fit = fitter.fit(one.points, one.point_std_px)
        found.append(fit.pose if fit else None)
    return found


def choices() -> Iterable[FitChoice]:
    for (identity, expression), prior, contour in product(MODES, PRIORS, CONTOURS):
        yield FitChoice(
            identity=identity, expression=expression, prior=prior, contour_doubt=contour
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("face", type=Path)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--every", type=int, default=2, help="every n-th validation photo")
    args = parser.parse_args()
    every = faces(args.faces, args.cache, "val")
    samples = every.pick(np.arange(0, len(every), args.every))
    # Photos of one person or series lie side by side: blocks of twenty choose, or are held out.
    chooses = np.arange(len(samples)) // 20 % 2 == 0
    seen = readings(FaceNetwork(args.face), samples)
    network = [one.pose for one in seen]
    truth = np.asarray(samples.rotation, np.float64)

    def error(poses: list[HeadPose]) -> Floats:
        return np.asarray(angle_errors(rotations(poses), truth).mean(axis=1), np.float64)

    def row(name: str, each: Floats) -> None:
        print(f"{name:60} {each[chooses].mean():.3f}, held out {each[~chooses].mean():.3f}")

    row("network", error(network))
    fits = {choice: fitted(seen, choice) for choice in choices()}
    whole = {
        c: error([two or one for one, two in zip(network, f, strict=True)]) for c, f in fits.items()
    }
    ranked = sorted(whole, key=lambda choice: float(whole[choice][chooses].mean()))
    for choice in ranked[:6]:
        row(str(choice), whole[choice])
    fit = fits[ranked[0]]
    trusts = [Trust(fit_factor=f, sharpness=s) for f, s in product(FIT_FACTORS, SHARPNESSES)]
    mixed = {trust: error(hybrid(network, fit, trust)) for trust in trusts}
    for trust in sorted(mixed, key=lambda trust: float(mixed[trust][chooses].mean()))[:4]:
        row(f"hybrid {trust}", mixed[trust])


if __name__ == "__main__":
    main()
