"""A frame put small into a wide picture: its face lies where it was wanted."""

from __future__ import annotations

import numpy as np
import pytest

from deploy.detector.small_faces import HEIGHT, WIDTH, found, scene
from edge_pose.testing.faces import detection
from edge_pose.values import Box

FACE = Box(x1=40, y1=60, x2=100, y2=120)


@pytest.mark.parametrize(("side_px", "at"), [(30.0, (640, 360)), (120.0, (20, 700))])
def test_the_face_has_its_size_and_place(side_px: float, at: tuple[int, int]) -> None:
    frame = np.zeros((200, 200, 3), np.uint8)
    frame[60:120, 40:100] = 255
    wide = scene(frame, FACE, side_px, *at)
    assert wide.shape == (HEIGHT, WIDTH, 3)
    rows, columns = np.nonzero(wide[..., 0] > 200)
    left, right = max(0.0, at[0] - side_px / 2), at[0] + side_px / 2
    top, bottom = at[1] - side_px / 2, min(float(HEIGHT), at[1] + side_px / 2)
    edges = [columns.min(), columns.max() + 1, rows.min(), rows.max() + 1]
    assert edges == pytest.approx([left, right, top, bottom], abs=3)


def test_a_find_elsewhere_does_not_count() -> None:
    class Detector:
        def detect(self, image: np.ndarray, within: Box | None = None) -> list[object]:
            del image, within
            return [detection(FACE)]

    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    assert found(Detector(), image, None, (75, 95), 60.0)  # type: ignore[arg-type]
    assert not found(Detector(), image, None, (300, 95), 60.0)  # type: ignore[arg-type]
