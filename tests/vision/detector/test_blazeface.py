"""The detector's decoding, and that it finds a real face wherever and however large it is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.values import Box
from edge_pose.vision.detector.blazeface import BlazeFace, _anchors, _merge
from edge_pose.vision.detector.tight_box import tight_box

FACE = Box(x1=182, y1=75, x2=264, y2=163)
"""The portrait's face, brow to chin and ear to ear, by eye."""


def test_anchors_are_the_cell_centres_of_each_layer() -> None:
    anchors = _anchors()
    assert anchors.shape == (896, 2)
    assert anchors[0].tolist() == anchors[1].tolist() == [4.0, 4.0]
    assert anchors[512].tolist() == anchors[517].tolist() == [8.0, 8.0]
    assert anchors[-1].tolist() == [120.0, 120.0]


def test_anchors_that_see_one_face_become_one() -> None:
    face = np.arange(16, dtype=np.float32).reshape(8, 2)
    face[0], face[1] = (10, 10), (50, 50)
    other = face + 60
    points = np.stack([face, face + 2, other])
    merged = _merge(points, np.array([0.9, 0.6, 0.7], np.float32))
    assert [score for _, score in merged] == pytest.approx([0.9, 0.7])
    assert merged[0][0][0] == pytest.approx([10.8, 10.8])  # weighted by score
    assert merged[1][0] == pytest.approx(other)


def test_finds_the_face_in_a_portrait(detector: BlazeFace, portrait: NDArray[np.uint8]) -> None:
    faces = detector.detect(portrait)
    assert len(faces) == 1
    assert faces[0].box.iou(FACE) > 0.7
    right_eye, left_eye, nose, mouth = faces[0].keypoints.inner
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_eye[1] < nose[1] < mouth[1]


def test_a_moved_and_scaled_face_is_found_where_it_is(
    detector: BlazeFace, portrait: NDArray[np.uint8]
) -> None:
    here = detector.detect(portrait)[0].box
    scale, dx, dy = 1.3, -60, -40
    canvas = np.zeros((480, 640, 3), np.uint8)
    small = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    part = small[-dy : 480 - dy, -dx : 640 - dx]
    canvas[: part.shape[0], : part.shape[1]] = part
    expected = Box(
        x1=here.x1 * scale + dx,
        y1=here.y1 * scale + dy,
        x2=here.x2 * scale + dx,
        y2=here.y2 * scale + dy,
    )
    assert detector.detect(canvas)[0].box.iou(expected) > 0.8


def test_several_faces_are_several_detections(
    detector: BlazeFace, portrait: NDArray[np.uint8]
) -> None:
    half = portrait[30:330, 100:350]
    faces = detector.detect(np.hstack([half, half[:, ::-1]]))
    assert len(faces) == 2
    assert faces[0].score >= faces[1].score


def test_looking_within_a_square_finds_what_is_too_small_at_large(
    detector: BlazeFace, portrait: NDArray[np.uint8]
) -> None:
    canvas = np.full((1080, 1920, 3), 90, np.uint8)
    small = cv2.resize(portrait, (256, 256), interpolation=cv2.INTER_AREA)
    canvas[500:756, 900:1156] = small
    near = Box(x1=900, y1=450, x2=1150, y2=700)
    faces = detector.detect(canvas, near)
    assert not detector.detect(canvas)
    assert faces[0].box.center == pytest.approx((900 + 111, 500 + 59), abs=8)


def test_no_face_in_an_empty_picture(detector: BlazeFace) -> None:
    assert detector.detect(np.full((480, 640, 3), 128, np.uint8)) == []


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (3, 2), (2000, 1)])
def test_odd_sizes_are_just_empty(detector: BlazeFace, size: tuple[int, int]) -> None:
    assert detector.detect(np.zeros((*size, 3), np.uint8)) == []
    assert detector.detect(np.zeros((*size, 3), np.uint8), Box(x1=5, y1=5, x2=5, y2=5)) == []


def test_a_mirrored_face_has_the_mirrored_tight_box() -> None:
    square = Box(x1=0, y1=0, x2=100, y2=100)
    points = np.array([[30, 35], [60, 33], [40, 55], [45, 75], [20, 40], [90, 40]], np.float32)
    mirror = points[[1, 0, 2, 3, 5, 4]] * (-1, 1) + (100, 0)
    box, flipped = tight_box(square, points), tight_box(square, mirror.astype(np.float32))
    assert (flipped.x1, flipped.x2) == pytest.approx((100 - box.x2, 100 - box.x1), abs=0.2)
    assert (flipped.y1, flipped.y2) == pytest.approx((box.y1, box.y2), abs=0.2)


def test_keypoints_of_no_face_leave_the_detectors_own_box() -> None:
    square = Box(x1=0, y1=0, x2=100, y2=100)
    upside_down = [[30, 70], [60, 70], [45, 50], [45, 20], [20, 60], [90, 60]]
    assert tight_box(square, np.array(upside_down, np.float32)) == square
