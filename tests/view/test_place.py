"""The drawn head stands where the real one is: projected, by its distance, else in its box."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_pose.config.view import OverlayConfig
from edge_pose.models.catalog import PACKAGE_FOLDER
from edge_pose.testing.heads import Head
from edge_pose.testing.scenes import face_box, head_position, picture, scene
from edge_pose.values import HeadPose, HeadPosition, Scene
from edge_pose.view.drawing.brush import Canvas
from edge_pose.view.drawing.overlay import Overlay
from edge_pose.view.drawing.palette import DAY
from edge_pose.view.drawing.place import FACE_M, BoxPlace, Place, SpacePlace, head_place
from edge_pose.view.screen.scaling import scaled
from edge_pose.view.wording import distance
from edge_pose.vision.face.mesh import IBUG_68
from edge_pose.vision.fit.face_basis import FaceBasis
from edge_pose.vision.geometry import rotation_matrix

AHEAD = HeadPose(yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0)


def drawn(shown: Scene) -> Canvas:
    return Overlay(OverlayConfig(palette="day")).draw(shown)


def place_of(shown: Scene, *, mirrored: bool = False) -> Place:
    box = shown.observation.box
    assert box is not None
    return head_place(shown, box, AHEAD, mirrored)


def at(**changes: float) -> Scene:
    """The scene with its head elsewhere, the box as it was."""
    still = scene()
    position = replace(head_position(), **changes)
    return replace(still, observation=replace(still.observation, position=position))


@given(
    x=st.floats(-0.3, 0.3),
    y=st.floats(-0.2, 0.2),
    z=st.floats(-2.0, -0.4),
    yaw=st.floats(-80, 80),
    pitch=st.floats(-40, 40),
)
def test_points_of_a_head_in_space_lie_where_the_camera_sees_them(
    x: float, y: float, z: float, yaw: float, pitch: float
) -> None:
    points = np.random.default_rng(0).uniform(-0.6, 0.6, (20, 3))
    turn = rotation_matrix(yaw, pitch, 5.0)
    place = SpacePlace(HeadPosition(x_m=x, y_m=y, z_m=z), 532.0, (320.0, 240.0), turn)
    head = Head(shape=points * FACE_M * 1000.0, rotation=turn)
    seen = head.through(np.array([x, y, z]) * 1000.0, focal_px=532.0, center=(320.0, 240.0))
    assert place.pixels(points) == pytest.approx(seen, abs=1e-6)


def test_a_head_twice_as_far_is_half_as_large() -> None:
    near, far = (
        SpacePlace(HeadPosition(x_m=0.0, y_m=0.0, z_m=z), 532.0, (320.0, 240.0), np.eye(3))
        for z in (-0.5, -1.0)
    )
    assert near.side == pytest.approx(2.0 * far.side)


def test_a_face_is_as_large_as_the_fits_mean_face() -> None:
    mean = FaceBasis.load(PACKAGE_FOLDER / "face_basis.npz").mean[IBUG_68] / 1000.0
    assert pytest.approx(np.ptp(mean[:, :2], axis=0).mean(), abs=0.002) == FACE_M
    eyes = (mean[36] + mean[45]) / 2.0 - mean.mean(axis=0)
    between = SpacePlace.eyes[0] * FACE_M
    assert between[:2] == pytest.approx(eyes[:2], abs=0.004)
    assert eyes[2] < between[2] < mean[:, 2].max() - mean[:, 2].mean()


def test_the_drawing_follows_the_head_and_not_the_box() -> None:
    shift_m = 0.03

    def column(shown: Scene) -> float:
        """Of the tip of the head's own right, drawn in its own colour."""
        apart = np.abs(drawn(shown)[100:330].astype(int) - DAY.axes[0]).sum(axis=2)
        return float(np.nonzero(apart < 30)[1].max())

    x_m = head_position().x_m
    moved = column(at(x_m=x_m + shift_m)) - column(at(x_m=x_m))
    assert moved == pytest.approx(532.5 * shift_m / -head_position().z_m, rel=0.1)


def test_a_mirrored_picture_mirrors_the_place() -> None:
    plain, mirrored = place_of(at()), place_of(at(x_m=-head_position().x_m), mirrored=True)
    origin = np.zeros((1, 3))
    assert plain.pixels(origin) == pytest.approx(mirrored.pixels(origin))
    assert plain.turn[0, 2] == pytest.approx(-mirrored.turn[0, 2])


@pytest.mark.parametrize(
    "wrong",
    [{"z_m": -5.0}, {"z_m": -0.1}, {"z_m": 0.5}, {"z_m": 0.0}, {"x_m": 0.4}, {"z_m": float("nan")}],
)
def test_a_place_that_the_box_contradicts_is_not_shown(wrong: dict[str, float]) -> None:
    place = place_of(at(**wrong))
    assert isinstance(place, BoxPlace)
    assert place.side == face_box().side
    assert drawn(at(**wrong)).shape == picture().shape


@pytest.mark.parametrize("size", [(320, 240), (1280, 960)])
def test_a_scene_at_another_size_has_its_head_at_the_same_share(size: tuple[int, int]) -> None:
    points = np.array([[0.0, 0.0, 0.0], [0.3, 0.4, 0.5]])
    before, after = place_of(scene()), place_of(scaled(scene(), size))
    assert isinstance(after, SpacePlace)
    assert after.pixels(points) / size == pytest.approx(before.pixels(points) / (640, 480))
    assert after.side / size[0] == pytest.approx(before.side / 640)


def test_without_a_place_in_space_the_box_is_the_place() -> None:
    assert isinstance(place_of(scene(placed=False)), BoxPlace)
    assert isinstance(place_of(scene()), SpacePlace)


def test_the_small_line_tells_the_distance_where_it_is_known() -> None:
    place = head_position()
    expected = f"{np.linalg.norm([place.x_m, place.y_m, place.z_m]):.1f} m"
    assert distance(scene().observation) == expected
    assert distance(scene(placed=False).observation) == ""
    assert not np.array_equal(drawn(scene())[:60], drawn(scene(placed=False))[:60])
