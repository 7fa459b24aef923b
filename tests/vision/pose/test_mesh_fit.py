"""From mesh to pose: the fit with its correction, and where the head is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.testing.heads import Head, random_head
from edge_pose.values import Box, HeadPose, Landmarks
from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.fit.face_fit import FaceFitter
from edge_pose.vision.fit.mesh_correction import MeshCorrection
from edge_pose.vision.fit.metric_fit import MetricFitter
from edge_pose.vision.geometry import (
    Direction,
    Matrix,
    corrected_for_ray,
    euler_angles,
    focal_px,
    geodesic_deg,
    pixel_direction,
    rotation_matrix,
)
from edge_pose.vision.pose.mesh_fit import FitPose, MeshFitter, eye_line_deg, mesh_box

PATH = PACKAGE_FOLDER / "face_basis.npz"
BASIS = FaceBasis.load(PATH)
SMALL = BASIS.chosen(IBUG_68, identity=5, expression=5)
FITTER = MeshFitter.load(PATH)
IMAGE = np.zeros((480, 640, 3), np.uint8)
BOX = Box(x1=250.0, y1=170.0, x2=390.0, y2=310.0)
HFOV_DEG = 60.0


def mesh(head: Head, *, score: float = 0.99, size_px: float = 150.0) -> Landmarks:
    return Landmarks(points=head.seen(size_px=size_px).astype(np.float32), score=score)


def rough(clean: Landmarks, noise_px: float) -> Landmarks:
    noise = np.random.default_rng(0).normal(0.0, noise_px, clean.points.shape)
    return dataclasses.replace(clean, points=clean.points + noise.astype(np.float32))


def turned(yaw_deg: float = 0.0, pitch_deg: float = 0.0, roll_deg: float = 0.0) -> Head:
    return Head(shape=BASIS.mean, rotation=rotation_matrix(yaw_deg, pitch_deg, roll_deg))


@pytest.mark.parametrize("yaw", [-60.0, -30.0, 0.0, 30.0, 60.0])
@pytest.mark.parametrize("pitch", [-25.0, 0.0, 25.0])
def test_meshes_of_mean_faces_give_their_pose(yaw: float, pitch: float) -> None:
    head = turned(yaw, pitch, 10.0)
    found = FITTER.fit(mesh(head))
    assert found is not None
    assert geodesic_deg(found.fit.rotation, head.rotation) < 0.2
    assert geodesic_deg(found.rotation, head.rotation) < 4.0, "the correction stays small"


def test_the_correction_never_turns_by_more_than_eight_degrees() -> None:
    wild = MeshCorrection(
        pose=np.full((4, 3), 50.0), shape=np.full((3, 3 * BASIS.vertices), 9.0), spread=np.zeros(4)
    )
    head = turned(20.0)
    moved = wild.corrected(head.rotation, np.ones((BASIS.vertices, 3)))
    assert geodesic_deg(moved, head.rotation) <= 8.0 + 1e-6


def test_turned_heads_are_trusted_less() -> None:
    spread = [FITTER.fit(rough(mesh(turned(yaw)), 1.0)) for yaw in (0.0, 30.0, 60.0)]
    trust = [found.std_deg for found in spread if found is not None]
    assert len(trust) == 3
    assert trust[0] < trust[1] < trust[2]


def test_an_ill_fitting_mesh_is_trusted_less() -> None:
    clean = mesh(turned(10.0))
    sure, unsure = FITTER.fit(rough(clean, 1.0)), FITTER.fit(rough(clean, 4.0))
    assert sure is not None
    assert unsure is not None
    assert sure.fit.residual < unsure.fit.residual
    assert sure.std_deg < unsure.std_deg


def test_no_mesh_no_face_or_no_numbers_is_not_measured() -> None:
    estimator = FitPose(FITTER, hfov_deg=HFOV_DEG)
    good = mesh(turned())
    broken = good.points.copy()
    broken[int(IBUG_68[3]), 0] = np.nan
    assert estimator.estimate(IMAGE, BOX, None) is None
    assert estimator.estimate(IMAGE, BOX, mesh(turned(), score=0.01)) is None
    assert estimator.estimate(IMAGE, BOX, dataclasses.replace(good, points=broken)) is None
    assert estimator.estimate(IMAGE, BOX, good) is not None


def test_frames_after_one_another_give_what_each_gives_alone() -> None:
    rng = np.random.default_rng(1)
    heads = [random_head(BASIS, rng, std=0.5) for _ in range(10)]
    running, fresh = FitPose(FITTER, hfov_deg=HFOV_DEG), FitPose(FITTER, hfov_deg=HFOV_DEG)
    for head in heads:
        fresh.forget()
        one = running.estimate(IMAGE, BOX, mesh(head))
        two = fresh.estimate(IMAGE, BOX, mesh(head))
        assert one is not None
        assert two is not None
        assert one.pose.yaw_deg == pytest.approx(two.pose.yaw_deg, abs=0.5)
        assert one.pose.pitch_deg == pytest.approx(two.pose.pitch_deg, abs=0.5)


@given(
    x=st.floats(-250.0, 250.0),
    y=st.floats(-150.0, 150.0),
    distance=st.floats(450.0, 1500.0),
    yaw=st.floats(-40.0, 40.0),
    pitch=st.floats(-25.0, 25.0),
)
@settings(max_examples=60, deadline=None)
def test_the_head_is_found_in_space(
    x: float, y: float, distance: float, yaw: float, pitch: float
) -> None:
    focal = focal_px(640, HFOV_DEG)
    place = np.array([x, y, -distance])
    head = Head(shape=SMALL.mean, rotation=rotation_matrix(yaw, pitch, 0.0))
    points = head.through(place, focal_px=focal, center=(320.0, 240.0))
    start = FaceFitter(SMALL).fit(points)
    assert start is not None
    found = MetricFitter(SMALL, size=(640, 480), focal_px=focal).fit(points, start)
    assert found is not None
    assert found.place_mm == pytest.approx(place, abs=0.01 * distance)
    assert geodesic_deg(found.rotation, head.rotation) < 1.0
    middle = (place + head.rotation @ SMALL.mean.mean(axis=0)) / 1000.0
    where = (found.position.x_m, found.position.y_m, found.position.z_m)
    assert where == pytest.approx(middle, abs=0.01 * distance / 1000.0)


@given(x=st.floats(-600.0, 600.0), y=st.floats(-300.0, 300.0), yaw=st.floats(-40.0, 40.0))
@settings(max_examples=60, deadline=None)
def test_the_view_ray_explains_what_the_crop_shows(x: float, y: float, yaw: float) -> None:
    """Far away, the weak-perspective pose turned by the view ray is the perspective pose."""
    focal = focal_px(640, HFOV_DEG)
    head = Head(shape=SMALL.mean, rotation=rotation_matrix(yaw, 5.0, 3.0))
    points = head.through(np.array([x, y, -2500.0]), focal_px=focal, center=(320.0, 240.0))
    fit = FaceFitter(SMALL).fit(points)
    assert fit is not None
    middle = points.mean(axis=0).tolist()
    ray = pixel_direction(middle[0], middle[1], (640, 480), HFOV_DEG)
    assert geodesic_deg(to_camera(fit.rotation, ray), head.rotation) < 2.0


def to_camera(rotation: Matrix, direction: Direction) -> Matrix:
    """A crop's rotation relative to the camera, if the face lies in this direction."""
    turn = dict(zip(("yaw_deg", "pitch_deg", "roll_deg"), euler_angles(rotation), strict=True))
    pose = corrected_for_ray(HeadPose(**turn), direction)
    return rotation_matrix(pose.yaw_deg, pose.pitch_deg, pose.roll_deg)


def test_near_heads_off_the_axis_read_truer_along_the_ray_to_their_middle() -> None:
    """The box of a turned or lowered head is not centred on the head; the fit's place is."""
    focal, rng = focal_px(640, HFOV_DEG), np.random.default_rng(3)
    fitter = FaceFitter(SMALL)
    locator = MetricFitter(SMALL, size=(640, 480), focal_px=focal)
    by_box, by_fit = [], []
    for _ in range(150):
        yaw, pitch, x, y = rng.uniform(-1.0, 1.0, 4) * (50.0, 25.0, 230.0, 130.0)
        shape = SMALL.shape(rng.normal(0.0, 1.0, SMALL.size))
        head = Head(shape=shape, rotation=rotation_matrix(yaw, pitch, 0.0))
        points = head.through(np.array([x, y, -700.0]), focal_px=focal, center=(320.0, 240.0))
        fit = fitter.fit(points)
        assert fit is not None
        found = locator.fit(points, fit)
        assert found is not None
        center = ((points.min(axis=0) + points.max(axis=0)) / 2.0).tolist()
        ray = pixel_direction(center[0], center[1], (640, 480), HFOV_DEG)
        place = found.position
        by_box.append(geodesic_deg(to_camera(fit.rotation, ray), head.rotation))
        found_ray = (place.x_m, place.y_m, place.z_m)
        by_fit.append(geodesic_deg(to_camera(fit.rotation, found_ray), head.rotation))
    assert np.mean(by_fit) < 0.85 * np.mean(by_box)
    assert np.percentile(by_fit, 95) < np.percentile(by_box, 95)


def test_the_estimator_says_where_the_head_is() -> None:
    reading = FitPose(FITTER, hfov_deg=HFOV_DEG).estimate(IMAGE, BOX, mesh(turned(), size_px=100.0))
    assert reading is not None
    assert reading.position is not None
    assert reading.residual is not None
    expected = focal_px(640, HFOV_DEG) * np.ptp(BASIS.mean[:, :2], axis=0).max() / 100.0 / 1000.0
    assert -reading.position.z_m == pytest.approx(expected, rel=0.15)
    assert reading.position.x_m == pytest.approx(0.0, abs=0.02)


@given(roll=st.floats(-60.0, 60.0))
@settings(deadline=None)
def test_the_eye_line_shows_roll_and_the_mesh_box_turns_with_it(roll: float) -> None:
    upright, tilted = mesh(turned()), mesh(turned(roll_deg=roll))
    assert eye_line_deg(tilted) - eye_line_deg(upright) == pytest.approx(roll, abs=0.5)
    assert mesh_box(tilted).side == pytest.approx(mesh_box(upright).side, rel=0.02)
