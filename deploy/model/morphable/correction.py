"""Learns what the landmarker gets wrong: the turn from fitted to labelled rotation, linear in the
pose and in the mesh's own shape, and what error is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.spatial.transform import Rotation

from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.face_fit import FaceFitter
from edge_pose.vision.fit.mesh_correction import (
    mode_reader,
    pose_terms,
    spread_terms,
)
from edge_pose.vision.pose.mesh_fit import EXPRESSION_MODES, IDENTITY_MODES, MESH_FIT, mesh_offset

Array = NDArray[np.float64]
Points = NDArray[np.float32]

_RIDGE = 0.3
_LABEL_STD_DEG = 1.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fits:
    """Fits of N meshes. ``rotation``: (N, 3, 3), uncorrected; ``terms``: (N, 4 + K), what the
    correction is linear in; ``residual``: (N,); ``usable``: (N,), fitted at all (else identity
    and zeros)."""

    rotation: Array
    terms: Array
    residual: Array
    usable: NDArray[np.bool_]


def fitted(basis: FaceBasis, points: Points) -> Fits:
    """Every mesh fitted cold, as the program fits it."""
    part = basis.chosen(IBUG_68, identity=IDENTITY_MODES, expression=EXPRESSION_MODES)
    fitter, reader = FaceFitter(part, depth=True, options=MESH_FIT), mode_reader(basis)
    count = len(points)
    rotation = np.tile(np.eye(3), (count, 1, 1))
    terms = np.zeros((count, 4 + basis.size))
    residual, usable = np.ones(count), np.zeros(count, bool)
    for i, mesh in enumerate(points):
        fit = fitter.fit(mesh[IBUG_68])
        if fit is None:
            continue
        offset = mesh_offset(mesh, fit, basis.mean)
        rotation[i], residual[i], usable[i] = fit.rotation, fit.residual, True
        terms[i] = [*pose_terms(fit.rotation), *(reader @ offset.reshape(-1))]
    return Fits(rotation=rotation, terms=terms, residual=residual, usable=usable)


def turns_deg(start: Array, end: Array) -> Array:
    """(N, 3): the rotation vectors in degrees with end = start · exp(turn)."""
    turn = np.einsum("nji,njk->nik", start, end)
    return np.asarray(np.degrees(Rotation.from_matrix(turn).as_rotvec()))


def learn_map(fits: Fits, rotation: Array, disagreement_deg: Array) -> Array:
    """(4 + K, 3) degrees per term: weighted ridge regression of the label's turn."""
    use = fits.usable
    terms, turns = fits.terms[use], turns_deg(fits.rotation[use], rotation[use])
    weight = 1.0 / (_LABEL_STD_DEG**2 + disagreement_deg[use] ** 2)
    weight *= 1.0 / (1.0 + (np.linalg.norm(turns, axis=1) / 6.0) ** 2)
    left = terms.T @ (terms * weight[:, None]) + _RIDGE * np.eye(terms.shape[1])
    return np.asarray(np.linalg.solve(left, terms.T @ (turns * weight[:, None])))


def corrected(fits: Fits, linear: Array) -> Array:
    """(N, 3, 3): all rotations put right."""
    turn = np.radians(np.clip(fits.terms @ linear, -8.0, 8.0))
    return np.asarray(fits.rotation @ Rotation.from_rotvec(turn).as_matrix())


def learn_spread(fits: Fits, error_deg: Array) -> Array:
    """(4,): weights of the log expected error, by maximum likelihood of exponential errors."""
    use = fits.usable
    rows = zip(fits.rotation[use], fits.residual[use], strict=True)
    terms = np.array([spread_terms(rotation, residual) for rotation, residual in rows])
    error = error_deg[use]

    def loss(weights: Array) -> float:
        logarithm = terms @ weights
        return float((logarithm + error * np.exp(-logarithm)).mean())

    return np.asarray(minimize(loss, [np.log(error.mean()), 0.0, 0.0, 0.0]).x)
