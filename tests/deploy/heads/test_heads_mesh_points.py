"""The table of where the face mesh's points lie on the skin."""

from __future__ import annotations

import numpy as np

from deploy.heads.anatomy import BODY, LANDMARKS, MIRROR
from deploy.heads.mesh_points import mesh_corners, mesh_points


def test_each_point_is_a_mixture_of_skin_vertices() -> None:
    vertices, shares = mesh_corners()
    assert vertices.shape == shares.shape == (68, 3)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    assert (shares >= 0.0).all()
    assert vertices.max() < BODY


def test_both_sides_of_the_face_are_alike() -> None:
    _, shares = mesh_corners()
    np.testing.assert_allclose(np.sort(shares[MIRROR], axis=1), np.sort(shares, axis=1))


def test_a_point_follows_its_vertices() -> None:
    corners = mesh_corners()
    body = np.random.default_rng(0).normal(size=(BODY, 3))
    moved = mesh_points(corners, body + np.array([0.0, 1.0, 0.0])) - mesh_points(corners, body)
    np.testing.assert_allclose(moved, np.broadcast_to([0.0, 1.0, 0.0], (68, 3)), atol=1e-9)


def test_no_landmark_is_named_twice() -> None:
    assert len(set(LANDMARKS.tolist())) == 68
