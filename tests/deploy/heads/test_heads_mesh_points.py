"""The table of where the face mesh's points lie on the skin."""

from __future__ import annotations

import numpy as np

from deploy.heads.anatomy import BODY, LANDMARKS, MIRROR
from deploy.heads.mesh_definition import _nearest, _Places
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


def test_of_many_places_the_nearest_is_taken_on_both_sides_alike() -> None:
    mean = np.random.default_rng(1).normal(size=(BODY, 3)) + np.array([0.0, 0.0, 9.0])
    left, right = np.arange(3), np.arange(3, 6)
    mean[right] = mean[left] * [-1.0, 1.0, 1.0]
    shares = np.array([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]])
    here, there = (_Places(np.tile(corners, (2, 1)), shares) for corners in (left, right))
    places = [here if other > k else there for k, other in enumerate(MIRROR.tolist())]
    places[int(np.flatnonzero(np.arange(68) == MIRROR)[0])] = here
    misses = [np.array([0.2, 0.1])] * 68
    found = _nearest(mean, places, misses)
    assert found[17] == {1: 0.5, 2: 0.5}
    assert found[26] == {4: 0.5, 5: 0.5}
