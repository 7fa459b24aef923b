"""The crop is a part of the camera's picture, and the ray is told apart from the head's turn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_driver import face

from deploy.heads.camera import Crop, eye_strip, face_crop, view_ray, whole_view
from deploy.heads.turning import euler_angles
from edge_pose.values import HeadPose
from edge_pose.vision.geometry import corrected_for_ray, rotation_matrix


def test_a_point_ahead_is_in_the_middle_and_right_is_right() -> None:
    crop = whole_view(60.0, (320, 240))
    ahead, right, above = crop.project(np.array([[0, 0, -1], [0.1, 0, -1], [0, 0.1, -1.0]]))
    assert ahead == pytest.approx([160.0, 120.0])
    assert right[0] > 160.0
    assert right[1] == pytest.approx(120.0)
    assert above[1] < 120.0
    assert above[0] == pytest.approx(160.0)


def test_the_views_edge_is_at_half_the_angle() -> None:
    edge = np.array([[np.tan(np.radians(30.0)), 0.0, -1.0]])
    assert whole_view(60.0, (320, 240)).project(edge)[0, 0] == pytest.approx(320.0)


def test_a_face_fills_half_of_its_crop() -> None:
    landmarks = face(rotation_matrix(25.0, -10.0, 8.0), np.array([0.2, -0.1, -0.7]))
    pixels = face_crop(landmarks, 128).project(landmarks)
    assert np.ptp(pixels, axis=0).max() == pytest.approx(64.0)
    assert (pixels.min(axis=0) + pixels.max(axis=0)) / 2.0 == pytest.approx([64.0, 64.0])


@given(st.floats(-30.0, 30.0), st.floats(-30.0, 30.0))
def test_a_strip_is_level_with_the_eyes_and_centred(yaw: float, roll: float) -> None:
    landmarks = face(rotation_matrix(yaw, 5.0, roll), np.array([0.1, 0.05, -0.6]))
    right, left = eye_strip(landmarks, (144, 64)).project(landmarks)[[36, 45]]
    assert right[1] == pytest.approx(left[1], abs=1e-6)
    assert (right + left) / 2.0 == pytest.approx([72.0, 32.0])
    assert left[0] - right[0] == pytest.approx(144.0 / 1.875)


def test_a_turned_crop_turns_the_picture_the_other_way() -> None:
    crop = Crop(centre=(0.0, 0.0), width=1.0, turn_rad=np.radians(90.0), size=(100, 100))
    point = crop.project(np.array([[0.0, 0.2, -1.0]]))[0]
    assert point == pytest.approx([30.0, 50.0]), "up in the scene is image left"


def test_a_head_that_faces_the_camera_off_axis_is_shown_frontal() -> None:
    place = np.array([0.4, 0.2, -0.8])
    upright = face(np.eye(3), place)
    ray = view_ray(upright)
    yaw, pitch, _ = euler_angles(ray.T @ ray)
    assert (yaw, pitch) == pytest.approx((0.0, 0.0), abs=1e-9)
    assert euler_angles(ray)[0] > 20.0, "at the right of the image it looks back to image left"
    assert euler_angles(ray)[1] < -5.0, "above the axis it looks down to the camera"


@given(st.floats(-0.12, 0.12), st.floats(-0.12, 0.12), st.floats(-40.0, 40.0))
def test_the_ray_is_the_products_own(x: float, y: float, yaw: float) -> None:
    head = rotation_matrix(yaw, 6.0, -3.0)
    landmarks = face(head, np.array([x, y, -0.7]))
    shown = euler_angles(view_ray(landmarks).T @ head)
    middle = landmarks[17:].mean(axis=0)
    pose = HeadPose(yaw_deg=shown[0], pitch_deg=shown[1], roll_deg=shown[2])
    back = corrected_for_ray(pose, tuple((middle / -middle[2]).tolist()))  # type: ignore[arg-type]
    assert back.yaw_deg == pytest.approx(yaw, abs=0.8)
    assert back.pitch_deg == pytest.approx(6.0, abs=1.2)
