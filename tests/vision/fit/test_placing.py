"""Where a head is, from its landmarks: exact heads seen by a pinhole camera."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_pose.testing.faces import mean_face
from edge_pose.testing.heads import Head
from edge_pose.vision.fit.placing import RIGID, HeadPlacer
from edge_pose.vision.geometry import focal_px, rotation_matrix, rotation_rows

BASIS = mean_face()
SIZE, HFOV_DEG = (640, 480), 62.0
EVEN = np.ones(68, np.float32)


@given(
    st.floats(-45, 45), st.floats(-25, 25), st.floats(-20, 20),
    st.floats(-150, 150), st.floats(-100, 100), st.floats(450, 1100),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_a_mean_head_is_found_where_it_is(
    yaw: float, pitch: float, roll: float, x: float, y: float, distance: float
) -> None:
    rotation = rotation_matrix(yaw, pitch, roll)
    focal = focal_px(SIZE[0], HFOV_DEG)
    head = Head(shape=BASIS.mean, rotation=rotation)
    points = head.through(np.array([x, y, -distance]), focal_px=focal, center=(320, 240))
    found = HeadPlacer(BASIS, hfov_deg=HFOV_DEG).place(
        points, EVEN, rotation_rows(yaw, pitch, roll), SIZE
    )
    middle = rotation @ BASIS.mean.mean(axis=0) + (x, y, -distance)
    assert found is not None
    where = 1000 * np.array([found.x_m, found.y_m, found.z_m])
    # The rotation given is the camera's here and the crop's in use; they differ by the ray.
    assert where == pytest.approx(middle, abs=0.09 * distance)


def test_doubted_points_do_not_count() -> None:
    rotation = rotation_matrix(10, -5, 3)
    focal = focal_px(SIZE[0], HFOV_DEG)
    head = Head(shape=BASIS.mean, rotation=rotation)
    points = head.through(np.array([0, 0, -700.0]), focal_px=focal, center=(320, 240))
    std = EVEN.copy()
    points[RIGID[0]] += 80.0
    std[RIGID[0]] = 100.0
    found = HeadPlacer(BASIS, hfov_deg=HFOV_DEG).place(points, std, rotation_rows(10, -5, 3), SIZE)
    assert found is not None
    assert found.z_m == pytest.approx(-0.7, abs=0.04)


def test_points_all_in_one_place_have_no_distance() -> None:
    placer = HeadPlacer(BASIS, hfov_deg=HFOV_DEG)
    assert placer.place(np.full((68, 2), 100.0), EVEN, rotation_rows(0, 0, 0), SIZE) is None
