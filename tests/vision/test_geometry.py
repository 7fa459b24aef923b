"""The angle convention, held by properties and by a head drawn through a pinhole camera."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from edge_pose.values import HeadPose
from edge_pose.vision.geometry import (
    EyeInHead,
    corrected_for_ray,
    euler_angles,
    focal_px,
    gaze_of,
    geodesic_deg,
    mirrored,
    pixel_direction,
    rotation_matrix,
)

yaws = st.floats(-85, 85)
pitches = st.floats(-85, 85)
rolls = st.floats(-179, 179)
SIZE, HFOV_DEG = (640, 480), 62.0

# A face in millimetres, x right, y up, z to the viewer.
_EYES, _NOSE_AND_CHIN = [[-32, 30, 0], [32, 30, 0]], [[0, 0, 32], [0, -70, 0]]
_MOUTH, _EARS = [[-25, -35, 5], [25, -35, 5]], [[-70, 10, -70], [70, 10, -70]]
HEAD = np.array([*_EYES, *_NOSE_AND_CHIN, *_MOUTH, *_EARS], dtype=float)


@given(yaws, pitches, rolls)
def test_angles_survive_the_way_through_the_matrix(yaw: float, pitch: float, roll: float) -> None:
    assert euler_angles(rotation_matrix(yaw, pitch, roll)) == pytest.approx((yaw, pitch, roll))


@given(yaws, pitches, rolls)
def test_the_matrix_is_a_proper_rotation(yaw: float, pitch: float, roll: float) -> None:
    rotation = rotation_matrix(yaw, pitch, roll)
    assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


@given(yaws, pitches, rolls)
def test_a_mirrored_head_is_the_matrix_mirrored(yaw: float, pitch: float, roll: float) -> None:
    flip = np.diag([-1.0, 1.0, 1.0])
    pose = mirrored(HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll))
    expected = flip @ rotation_matrix(yaw, pitch, roll) @ flip
    assert rotation_matrix(pose.yaw_deg, pose.pitch_deg, pose.roll_deg) == pytest.approx(expected)


@given(yaws, pitches, rolls, st.floats(-170, 170))
def test_turning_the_image_clockwise_composes_a_roll_from_the_left(
    yaw: float, pitch: float, roll: float, turn: float
) -> None:
    turned = rotation_matrix(0, 0, turn) @ rotation_matrix(yaw, pitch, roll)
    nose, crown = turned[:, 2], turned[:, 1]
    before = rotation_matrix(yaw, pitch, roll)
    angle = math.radians(-turn)  # clockwise as viewed, with y up
    spin = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    assert nose[:2] == pytest.approx(spin @ before[:2, 2], abs=1e-9)
    assert crown[:2] == pytest.approx(spin @ before[:2, 1], abs=1e-9)


@pytest.mark.parametrize(
    ("yaw", "pitch", "roll", "axis", "seen"),
    [(30, 0, 0, 2, (-1, 0)), (0, 30, 0, 2, (0, 1)), (0, 0, 30, 1, (1, None))],
)
def test_signs_are_as_written(
    yaw: float, pitch: float, roll: float, axis: int, seen: tuple[float | None, ...]
) -> None:
    """Yaw turns the nose to image left, pitch up, roll the crown to image right."""
    moved = rotation_matrix(yaw, pitch, roll)[:2, axis]
    for value, sign in zip(moved, seen, strict=True):
        if sign == 0:
            assert value == pytest.approx(0.0, abs=1e-12)
        elif sign is not None:
            assert value * sign > 0


@given(st.floats(0.1, 179))
def test_geodesic_is_the_angle_of_a_single_turn(angle: float) -> None:
    assert geodesic_deg(np.eye(3), rotation_matrix(0, 0, angle)) == pytest.approx(angle, abs=1e-4)


def test_gimbal_lock_still_gives_the_same_rotation() -> None:
    rotation = rotation_matrix(90, 20, 30)
    assert geodesic_deg(rotation, rotation_matrix(*euler_angles(rotation))) < 1e-3


def test_a_face_in_the_middle_needs_no_correction() -> None:
    pose = HeadPose(yaw_deg=12, pitch_deg=-7, roll_deg=3, std_deg=2)
    same = corrected_for_ray(pose, pixel_direction(320, 240, SIZE, HFOV_DEG))
    assert (same.yaw_deg, same.pitch_deg, same.roll_deg) == pytest.approx((12, -7, 3))
    assert same.std_deg == 2


@given(
    yaws.filter(lambda y: abs(y) < 50),
    st.floats(-35, 35),
    st.floats(-25, 25),
    st.floats(-0.45, 0.45),
    st.floats(-0.45, 0.45),
)
def test_a_head_that_slides_without_turning_keeps_its_corrected_angles(
    yaw: float, pitch: float, roll: float, across: float, down: float
) -> None:
    """A head drawn off the axis: its crop is solved for rotation, then corrected."""
    place_px = (SIZE[0] * (0.5 + across), SIZE[1] * (0.5 + down))
    drawn = _drawn(rotation_matrix(yaw, pitch, roll), place_px, distance_mm=20_000.0)
    seen = HeadPose(**_angles_of_crop(drawn))
    corrected = corrected_for_ray(seen, pixel_direction(*place_px, SIZE, HFOV_DEG))
    truth = rotation_matrix(yaw, pitch, roll)
    found = rotation_matrix(corrected.yaw_deg, corrected.pitch_deg, corrected.roll_deg)
    assert geodesic_deg(truth, found) < 0.6


def test_without_the_correction_the_slide_reads_as_a_turn() -> None:
    drawn = _drawn(rotation_matrix(0, 0, 0), (600.0, 240.0), distance_mm=20_000.0)
    assert _angles_of_crop(drawn)["yaw_deg"] < -20


def _drawn(
    rotation: NDArray[np.float64], place_px: tuple[float, float], distance_mm: float
) -> NDArray[np.float64]:
    """Bearings of the head's points through the camera, as unit vectors (n, 3), in the frame of
    the ray to the head: what a crop around the face shows, free of the lens's stretch."""
    focal = focal_px(SIZE[0], HFOV_DEG)
    right, down = place_px[0] - SIZE[0] / 2, place_px[1] - SIZE[1] / 2
    ray = np.array([right, -down, -focal]) / math.hypot(right, down, focal)
    points = ray * distance_mm + HEAD @ rotation.T
    back = -ray
    side = np.cross([0.0, 1.0, 0.0], back)
    side /= np.linalg.norm(side)
    frame = np.stack([side, np.cross(back, side), back])
    local = points @ frame.T
    return local / -local[:, 2:] * distance_mm


def _angles_of_crop(drawn: NDArray[np.float64]) -> dict[str, float]:
    """Weak-perspective pose of the drawn points: an affine fit made a rotation."""
    head = HEAD - HEAD.mean(axis=0)
    affine = (np.linalg.pinv(head) @ (drawn[:, :2] - drawn[:, :2].mean(axis=0))).T
    left, _, right = np.linalg.svd(affine, full_matrices=False)
    rows = left @ right
    yaw, pitch, roll = euler_angles(np.stack([*rows, np.cross(*rows)]))
    return {"yaw_deg": yaw, "pitch_deg": pitch, "roll_deg": roll}


AHEAD = EyeInHead(yaw_deg=0.0, pitch_deg=0.0, std_deg=2.0)


@given(st.floats(-60, 60), st.floats(-40, 40), st.floats(-40, 40))
def test_eyes_straight_in_the_head_look_where_the_nose_points(
    yaw: float, pitch: float, roll: float
) -> None:
    gaze = gaze_of(HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll), AHEAD)
    assert (gaze.yaw_deg, gaze.pitch_deg) == pytest.approx((yaw, pitch), abs=1e-6)


@given(st.floats(-30, 30), st.floats(-30, 30))
def test_an_unturned_head_leaves_the_eyes_as_they_are(yaw: float, pitch: float) -> None:
    head = HeadPose(yaw_deg=0, pitch_deg=0, roll_deg=0, std_deg=1.5)
    gaze = gaze_of(head, EyeInHead(yaw_deg=yaw, pitch_deg=pitch, std_deg=2.0))
    assert (gaze.yaw_deg, gaze.pitch_deg) == pytest.approx((yaw, pitch), abs=1e-6)
    assert gaze.std_deg == pytest.approx(2.5)


@given(st.floats(-50, 50), st.floats(-30, 30), st.floats(-30, 30), st.floats(-25, 25))
def test_the_mirror_negates_the_gazes_yaw(
    yaw: float, pitch: float, roll: float, eye: float
) -> None:
    head = HeadPose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll)
    gaze = gaze_of(head, EyeInHead(yaw_deg=eye, pitch_deg=-8.0, std_deg=2.0))
    other = gaze_of(mirrored(head), EyeInHead(yaw_deg=-eye, pitch_deg=-8.0, std_deg=2.0))
    assert (-gaze.yaw_deg, gaze.pitch_deg) == pytest.approx(
        (other.yaw_deg, other.pitch_deg), abs=1e-6
    )


def test_a_head_turned_left_with_eyes_back_to_the_lens_looks_at_the_lens() -> None:
    head = HeadPose(yaw_deg=25, pitch_deg=0, roll_deg=0)
    gaze = gaze_of(head, EyeInHead(yaw_deg=-25, pitch_deg=0, std_deg=1.0))
    assert (gaze.yaw_deg, gaze.pitch_deg) == pytest.approx((0.0, 0.0), abs=1e-6)
