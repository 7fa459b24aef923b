"""Shapes of our own: eyeball, cloth over a hull, tubes; and the sensor that pictures them."""

from __future__ import annotations

import numpy as np
import pytest

from deploy.heads.camera import whole_view
from deploy.heads.develop import developed, jpeg, sensor_of
from deploy.heads.drape import Cloth, hull_distance
from deploy.heads.eyeball import cornea_radius, eyeball_mesh, iris_ring
from deploy.heads.tubes import tube


def test_the_cornea_bulges_before_the_iris() -> None:
    assert cornea_radius(np.array([0.0])) > cornea_radius(np.radians([40.0])) + 0.05
    points, uvs, quads = eyeball_mesh()
    assert points[:, 2].argmax() < 32, "the gaze axis is +z"
    assert uvs.min() >= 0.0
    assert uvs.max() <= 1.0
    assert max(max(quad) for quad in quads) == len(points) - 1


def test_faces_of_the_eyeball_look_outwards() -> None:
    points, _, quads = eyeball_mesh()
    for quad in quads[64::97]:
        a, b, c = (points[i] for i in quad[:3])
        assert np.cross(b - a, c - a) @ a > 0.0


def test_the_limbus_is_as_wide_as_an_iris() -> None:
    across_mm = np.ptp(iris_ring()[:, 0]) * 12.0
    assert across_mm == pytest.approx(11.0, abs=1.2)


def test_a_hull_is_seen_from_inside_at_its_distance() -> None:
    rng = np.random.default_rng(0)
    sphere = rng.normal(size=(4000, 3))
    sphere *= 2.0 / np.linalg.norm(sphere, axis=1, keepdims=True)
    ways = rng.normal(size=(50, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    assert hull_distance(sphere, ways) == pytest.approx(2.0, rel=0.05)


def test_a_cloth_ends_where_its_cover_ends() -> None:
    rng = np.random.default_rng(0)
    sphere = rng.normal(size=(4000, 3))
    sphere /= np.linalg.norm(sphere, axis=1, keepdims=True)
    cloth = Cloth(
        centre=np.zeros(3), pole=np.array([0.0, 1.0, 0.0]), thick=0.0, reach_rad=3.0, rings=6
    )
    draped = cloth.drape(sphere, lambda points: points[:, 1] - 0.5)
    edge = draped.reshape(6, cloth.around, 3)[-1]
    assert edge[:, 1] == pytest.approx(0.5, abs=0.04)
    assert draped[:, 1].max() == pytest.approx(1.0, abs=0.05)


def test_a_tube_has_its_radius_everywhere() -> None:
    path = np.stack([np.linspace(0.0, 1.0, 5), np.zeros(5), np.zeros(5)], axis=1)
    ring = tube(path, 0.1, closed=False, up=np.array([0.0, 1.0, 0.0])).reshape(5, -1, 3)
    np.testing.assert_allclose(np.linalg.norm(ring - path[:, None], axis=2), 0.1, atol=1e-6)


def test_a_picture_is_exposed_for_the_face_and_the_same_each_time() -> None:
    light = np.ones((40, 40, 4), np.float32) * 0.01
    light[10:30, 10:30, :3] *= 5.0
    light[..., 3] = 1.0
    sensor = sensor_of(3, "day")
    first = developed(light, sensor, 3, (10, 10, 29, 29))
    brighter = developed(light * np.array([8, 8, 8, 1], np.float32), sensor, 3, (10, 10, 29, 29))
    assert first.tobytes() == developed(light, sensor, 3, (10, 10, 29, 29)).tobytes()
    assert jpeg(first, 90) == jpeg(first, 90)
    assert 60 < first[12:28, 12:28].mean() < 220
    assert abs(float(first.mean()) - float(brighter.mean())) < 3.0


def test_an_exposure_that_lags_leaves_a_tunnel_dark() -> None:
    light = np.ones((40, 40, 4), np.float32) * 0.5
    dark = light * np.array([0.1, 0.1, 0.1, 1.0], np.float32)
    sensor, face = sensor_of(3, "day"), (10, 10, 29, 29)
    settled = developed(dark, sensor, 3, face)
    entering = developed(dark, sensor, 3, face, metered=light)
    assert entering.mean() < 0.6 * settled.mean()


def test_an_infrared_picture_is_grey() -> None:
    light = np.random.default_rng(1).uniform(0.0, 1.0, (20, 20, 4)).astype(np.float32)
    grey = developed(light, sensor_of(5, "nir"), 5, (0, 0, 19, 19))
    assert (np.ptp(grey.astype(int), axis=2) == 0).all()


def test_the_whole_view_keeps_its_angle_at_any_size() -> None:
    edge = np.array([[np.tan(np.radians(23.0)), 0.0, -1.0]])
    for size in ((320, 240), (640, 480)):
        assert whole_view(46.0, size).project(edge)[0, 0] == pytest.approx(size[0])
