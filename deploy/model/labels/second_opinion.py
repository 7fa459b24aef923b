"""A second opinion on every label: its average with the 3D fit of its photo's mesh.

The labels of ../shared/faces are a consensus of estimators that err by more than two degrees. The
fit of the morphable face errs as much but in part differently, so their average should err less;
that was not measured alone, since no training photo has published truth. Each counts as it can be
trusted: the label by its disagreement, the fit by its expected error, which grows for profiles and
unclear meshes; where the two are far apart, the sample loses weight.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.model.base.angles import geodesic_deg
from deploy.model.data.datasets import MissingData, Samples, disagreement_of
from edge_pose.values import HeadPose, Landmarks
from edge_pose.vision.geometry import Matrix, euler_angles, rotation_matrix
from edge_pose.vision.pose.files import FACE_BASIS
from edge_pose.vision.pose.fusion import Trust, fused
from edge_pose.vision.pose.mesh_fit import MeshFitter

LABEL_STD_DEG = 1.5
"""What a label errs by where its estimators agree entirely."""
DOUBT_DEG = 8.0
"""Distance between label and fit at which a sample counts half."""
_SAME_FACE_DEG = 20.0
"""Farther apart, one of the two has not seen the face: no average of them means anything."""
_BALANCED = Trust(fit_factor=1.0, sharpness=2.0)
_MIN_SCORE = 0.8


def second_opinion(samples: Samples, mesh: Path, rows: NDArray[np.intp]) -> Samples:
    """The same samples with averaged labels. ``mesh``: ``mesh.npz`` of ``mesh_targets``, whose
    row ``rows[i]`` belongs to sample i. A photo without a clear mesh keeps its label."""
    if not mesh.is_file():
        raise MissingData(f"{mesh}: not found; make it with deploy.model.labels.mesh_targets")
    with np.load(mesh) as file:
        points, score = file["points"][rows], file["score"][rows]
    fitter = MeshFitter.load(FACE_BASIS)
    rotation, weight = np.array(samples.rotation), np.array(samples.weight)
    for i in np.flatnonzero(score >= _MIN_SCORE):
        found = fitter.fit(Landmarks(points=points[i], score=float(score[i])))
        if found is None:
            continue
        apart = float(geodesic_deg(found.rotation[None], samples.rotation[i : i + 1])[0])
        weight[i] /= 1.0 + (apart / DOUBT_DEG) ** 2
        if apart < _SAME_FACE_DEG:
            rotation[i] = _average(samples.rotation[i], float(samples.weight[i]), found.pose)
    return replace(samples, rotation=rotation, weight=weight)


def _average(rotation: NDArray[np.floating], weight: float, fit: HeadPose) -> Matrix:
    yaw, pitch, roll = euler_angles(np.asarray(rotation, np.float64))
    std = math.hypot(LABEL_STD_DEG, disagreement_of(weight))
    label = HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, std_deg=std)
    pose = fused(label, fit, _BALANCED)
    return rotation_matrix(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)
