"""Learns and writes the shipped face basis and its card.

    python -m deploy.model.morphable.learn out/morphable/faces.npz

Modes, mean, noise and correction see only the training split; the expected error is fitted on
the validation split; the evaluation photos are seen by neither.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deploy.model.labels.meshes import Meshes
from deploy.model.morphable.correction import corrected, fitted, learn_map, learn_spread
from deploy.model.morphable.errors import Errors, geodesic
from deploy.model.morphable.statistics import Learned, aligned, learn, unexplained_mm
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.pose.mesh_fit import EXPRESSION_MODES, IDENTITY_MODES

Array = NDArray[np.float64]

IDENTITY, EXPRESSION = 30, 20
DEPTH_DISTRUST = 2.0
"""The landmarker's depth counts as if it were this much noisier than it is: it is a guess that
follows the mean face. Chosen on validation photos (1.5 and 3 do as well within 0.02°)."""
_MAX_DISAGREEMENT_DEG = 4.0
_MIN_SCORE = 0.8
_FIT_NOISE_FLOOR_MM = 0.3


def learned_basis(train: Meshes) -> Learned:
    """Mean, modes and noise from the clearly labelled, unmasked training photos."""
    clear = (train.disagreement_deg < _MAX_DISAGREEMENT_DEG) & (train.score > _MIN_SCORE)
    photos = train.pick(clear & (train.source != "masks"))
    learned = learn(photos.still, photos.rotation, photos.group, (IDENTITY, EXPRESSION))
    sample = photos.pick(np.arange(0, len(photos), 5))
    shapes, usable = aligned(sample.still, learned.basis.mean)
    coarse = learned.basis.chosen(identity=IDENTITY_MODES, expression=EXPRESSION_MODES)
    noise = np.maximum(unexplained_mm(coarse, shapes[usable]), _FIT_NOISE_FLOOR_MM)
    noise[:, 2] *= DEPTH_DISTRUST
    return with_noise(learned, noise)


def with_noise(learned: Learned, noise: Array) -> Learned:
    basis = learned.basis
    values = {name: getattr(learned, name) for name in learned.__slots__}
    values["basis"] = rounded(
        FaceBasis(mean=basis.mean, modes=basis.modes, identity=basis.identity, noise_mm=noise)
    )
    return Learned(**values)


def rounded(basis: FaceBasis) -> FaceBasis:
    """The basis as the file will hold it: modes in half precision (error below 0.005 mm)."""
    return FaceBasis(
        mean=basis.mean.astype(np.float32).astype(np.float64),
        modes=basis.modes.astype(np.float16).astype(np.float64),
        identity=basis.identity,
        noise_mm=basis.noise_mm.astype(np.float16).astype(np.float64),
    )


def write(path: Path, basis: FaceBasis, linear: Array, spread: Array) -> None:
    """The .npz file of a basis and its correction."""
    np.savez_compressed(
        path,
        mean=basis.mean.astype(np.float32),
        identity=basis.modes[:, :, : basis.identity].astype(np.float16),
        expression=basis.modes[:, :, basis.identity :].astype(np.float16),
        noise_mm=basis.noise_mm.astype(np.float16),
        correction_pose=linear[:4].astype(np.float32),
        correction_shape=linear[4:].astype(np.float32),
        spread=spread.astype(np.float32),
    )


def card(path: Path, learned: Learned, accuracy: dict[str, Any]) -> dict[str, Any]:
    """What the file is, where it comes from, and how well it does."""
    raw = path.read_bytes()
    return {
        "name": path.stem,
        "file": path.name,
        "sha256": hashlib.sha256(raw).hexdigest(),
        "bytes": len(raw),
        "what": "a linear 3D face over the 468 vertices of the MediaPipe mesh, with the correction "
        "of the mesh's known pose errors",
        "frame": "x right (image right), y up, z towards the viewer; origin midway between the "
        "outer eye corners; mm, outer eye corners of the mean 89 mm apart; modes in mm per "
        "standard deviation",
        "modes": {"identity": learned.basis.identity, "expression": learned.basis.expression},
        "variance_kept": {
            "identity": round(learned.identity_share, 4),
            "expression": round(learned.expression_share, 4),
        },
        "rms_mm": {
            "identity": round(learned.identity_rms_mm, 2),
            "expression": round(learned.expression_rms_mm, 2),
        },
        "data": f"meshes of {learned.shapes} labelled photos (public research collections); "
        f"{learned.photos} of them in {learned.series} series of one person separate identity "
        "from expression. Photos are for research use; no photo or derivative image is in the "
        "file",
        "licence": "Apache-2.0 for the numbers; learned from photos for research use",
        "recipe": "python -m deploy.model.morphable.learn",
        "commit": _commit(),
        "accuracy": accuracy,
    }


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("meshes", type=Path)
    parser.add_argument("--out", type=Path, default=PACKAGE_FOLDER / "face_basis.npz")
    args = parser.parse_args()
    meshes = Meshes.load(args.meshes)
    train, val = meshes.pick(meshes.split == "train"), meshes.pick(meshes.split == "val")
    learned = learned_basis(train)
    basis = learned.basis
    half = np.arange(len(train)) % 2 == 0
    points = np.where(half[:, None, None], train.tracked, train.still)
    linear = learn_map(fitted(basis, points), train.rotation, train.disagreement_deg)
    accuracy: dict[str, Any] = {}
    errors, spreads = [], []
    for name in ("tracked", "still"):
        fits = fitted(basis, getattr(val, name))
        final, use = corrected(fits, linear), fits.usable
        before = Errors.of(fits.rotation[use], val.rotation[use])
        after = Errors.of(final[use], val.rotation[use])
        accuracy[f"validation, {name}"] = after.as_dict() | {"uncorrected": before.mean}
        print(f"{name}: before {before}\n{name}: after  {after}")
        spreads.append(fits)
        errors.append(geodesic(final, val.rotation))
    spread = learn_spread(spreads[0], errors[0])
    write(args.out, basis, linear, spread)
    about = card(args.out, learned, accuracy)
    args.out.with_suffix(".json").write_text(json.dumps(about, indent=2) + "\n", "utf-8")
    print(json.dumps({k: about[k] for k in ("bytes", "modes", "variance_kept", "rms_mm", "data")}))
    print("spread", spread.round(3))


if __name__ == "__main__":
    main()
