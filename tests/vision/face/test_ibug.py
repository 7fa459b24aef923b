"""The 68 landmarks: box and lips."""

from __future__ import annotations

import numpy as np

from edge_pose.vision.face.ibug import lip_gap, tight_box


def test_the_box_spans_all_points() -> None:
    points = np.random.default_rng(1).uniform(10, 90, (68, 2)).astype(np.float32)
    points[3], points[60] = (5, 50), (50, 95)
    box = tight_box(points)
    assert (box.x1, box.y2) == (5, 95)
    assert box.x2 == points[:, 0].max()


def test_the_gap_is_that_of_the_inner_lips() -> None:
    points = np.zeros((68, 2), np.float32)
    points[62], points[66], points[60], points[64] = (50, 40), (50, 52), (40, 46), (60, 46)
    assert lip_gap(points) == (12.0, 20.0)
