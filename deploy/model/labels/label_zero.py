"""The zero of the labels of ../shared/faces: one of the three estimators behind them has another.

    python -m deploy.model.labels.label_zero out/morphable/faces.npz

A label is the average of a regressor trained on 300W-LP (weight 2), a bin-regression network and a
face mesh aligned to a 3D face (weight 1 each). "Straight ahead" of a mesh is a matter of the 3D
face it is aligned to, so its pitch may differ from the published one by a constant, of which the
label carries a quarter. The three are not told apart in the labels, but how far they disagree is,
and a mesh aligned to a face can be made anew. Its zero is not known either, but it need not be:

- Where the three agree entirely, each of them reads the label. So our mesh reads above the label,
  there, by the difference of its zero from theirs.
- Over all photos it reads above the label by that and the constant sought.

As the disagreement d goes to nothing, what remains of the constant falls with d² (the mean of a
Gaussian error within a small ball around zero), so a line in d² gives its value at d = 0.
The remedy takes the mesh's constant out of the average: the other two give the zero. The standard
error is that of sampling; how straight the line is down to d = 0 is not in it.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.model.base.accuracy import signed_errors
from deploy.model.data.mesh import AXES
from deploy.model.data.profile_sources import alignment
from deploy.model.labels.meshes import Meshes
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.vision.fit.face_basis import FaceBasis

Floats = NDArray[np.floating]

_MESH_SHARE = 1.0 / 4.0
_SMALL_DEG = 2.5
"""Disagreement up to which its square explains the mean (the line fits well to 3.5°)."""
_MAX_APART_DEG = 12.0
_MIN_SCORE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Zero:
    """Degrees of pitch. ``agreed``: our mesh above the label where the three agree; ``overall``:
    over all photos; ``error``: standard error of ``label``, over groups."""

    agreed: float
    overall: float
    error: float = float("nan")

    @property
    def mesh(self) -> float:
        """How far the mesh among the three reads above the label."""
        return self.overall - self.agreed

    @property
    def label(self) -> float:
        """What to add to a label, so that the other two alone give its zero."""
        return -self.mesh * _MESH_SHARE / (1.0 - _MESH_SHARE)


def zero_of(above_deg: Floats, disagreement_deg: Floats) -> Zero:
    """From our mesh's pitch above the label (N,) and the disagreement of the three (N,)."""
    small = disagreement_deg < _SMALL_DEG
    _, agreed = np.polyfit(disagreement_deg[small] ** 2, above_deg[small], 1)
    return Zero(agreed=float(agreed), overall=float(above_deg.mean()))


def with_error(
    above_deg: Floats, disagreement_deg: Floats, group: NDArray[np.str_], rounds: int = 200
) -> Zero:
    """The same with its standard error: a bootstrap over groups (persons, series)."""
    rng = np.random.default_rng(0)
    order = np.argsort(group, kind="stable")
    rows = np.split(order, np.flatnonzero(group[order][1:] != group[order][:-1]) + 1)
    values = []
    for _ in range(rounds):
        drawn = np.concatenate([rows[i] for i in rng.integers(len(rows), size=len(rows))])
        values.append(zero_of(above_deg[drawn], disagreement_deg[drawn]).label)
    found = zero_of(above_deg, disagreement_deg)
    return Zero(agreed=found.agreed, overall=found.overall, error=float(np.std(values)))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("meshes", type=Path)
    args = parser.parse_args()
    faces = Meshes.load(args.meshes)
    # A mask hides half of what a mesh is aligned by.
    clear = (faces.split == "train") & (faces.source != "masks") & (faces.score > _MIN_SCORE)
    faces = faces.pick(clear)
    mean = FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz").mean
    mean = mean - mean.mean(axis=0)
    seen = (mesh.astype(np.float64) * AXES for mesh in faces.still)
    turned = np.array([alignment(mean, points - points.mean(axis=0)) for points in seen])
    apart = signed_errors(turned, faces.rotation)
    plain = np.abs(apart).max(axis=1) < _MAX_APART_DEG
    zero = with_error(apart[plain, 1], faces.disagreement_deg[plain], faces.group[plain])
    print(
        f"{int(plain.sum())} photos: our mesh above the label {zero.agreed:+.2f}° where all agree, "
        f"{zero.overall:+.2f}° overall; so the mesh among them {zero.mesh:+.2f}°, "
        f"labels are to be raised by {zero.label:+.2f} ± {zero.error:.2f}°"
    )


if __name__ == "__main__":
    main()
