"""The mesh: its points come back to the image, whatever the roll and the size."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.values import Box
from edge_pose.vision.face.mesh import IBUG_68, Landmarker, box_around

FACE = Box(x1=182, y1=75, x2=264, y2=163)


def test_the_subset_is_68_vertices_in_mirror_order() -> None:
    assert IBUG_68.shape == (68,)
    assert len(set(IBUG_68.tolist())) == 68
    assert IBUG_68.min() >= 0
    assert IBUG_68.max() < 468


def test_the_mesh_lies_on_the_face(landmarker: Landmarker, portrait: NDArray[np.uint8]) -> None:
    mesh = landmarker.locate(portrait, FACE)
    assert mesh.score > 0.9
    assert mesh.points.shape == (468, 3)
    assert mesh.points.dtype == np.float32
    assert box_around(mesh).iou(FACE) > 0.7
    eyes, mouth = mesh.points[[33, 263], 1].mean(), mesh.points[[13, 14], 1].mean()
    assert FACE.y1 < eyes < mouth < FACE.y2
    assert mesh.points[1, 2] < mesh.points[234, 2]  # the nose is nearer than the ear


@pytest.mark.parametrize("roll_deg", [-40, 25, 70])
def test_points_of_a_rolled_face_roll_with_it(
    landmarker: Landmarker, portrait: NDArray[np.uint8], roll_deg: float
) -> None:
    upright = landmarker.locate(portrait, FACE, 0.0)
    turn = cv2.getRotationMatrix2D(FACE.center, -roll_deg, 1.0)  # clockwise by roll_deg
    rolled = cv2.warpAffine(portrait, turn, (512, 512))
    found = landmarker.locate(rolled, FACE, roll_deg)
    expected = upright.points[:, :2] @ turn[:, :2].T + turn[:, 2]
    assert np.abs(found.points[:, :2] - expected).mean() < 1.5
    assert np.abs(found.points[:, 2] - upright.points[:, 2]).mean() < 1.5


def test_nothing_is_no_face(landmarker: Landmarker) -> None:
    blank = np.full((300, 300, 3), 127, np.uint8)
    assert landmarker.locate(blank, Box(x1=100, y1=100, x2=200, y2=200)).score < 0.5


@pytest.mark.parametrize(
    "box", [Box(x1=-900, y1=-900, x2=-800, y2=-800), Box(x1=5, y1=5, x2=5, y2=5)]
)
def test_a_box_off_the_image_is_no_face(landmarker: Landmarker, box: Box) -> None:
    assert landmarker.locate(np.zeros((50, 50, 3), np.uint8), box).score < 0.5


def test_a_larger_picture_of_a_face_shows_it_at_the_same_place(
    landmarker: Landmarker, portrait: NDArray[np.uint8]
) -> None:
    """Half a pixel of the crop too far would be another length in each size."""
    times = 4
    large = cv2.resize(portrait, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    box = Box(x1=FACE.x1 * times, y1=FACE.y1 * times, x2=FACE.x2 * times, y2=FACE.y2 * times)
    here, there = (
        landmarker.locate(*one).points[:, :2] for one in ((portrait, FACE), (large, box))
    )
    np.testing.assert_allclose((there / times - here).mean(axis=0), 0.0, atol=0.08)
