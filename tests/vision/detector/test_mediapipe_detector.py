"""The detector through the mediapipe package, proved on a stand-in for its solution."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose.config.vision import DetectorConfig
from edge_pose.errors import ModelError
from edge_pose.values import Box
from edge_pose.vision.detector.mediapipe_detector import MediapipeDetector
from edge_pose.vision.detector.opening import open_detector
from edge_pose.vision.detector.tight_box import tight_box

MODULE = "mediapipe.python.solutions.face_detection"
POINTS = [(0.3, 0.35), (0.6, 0.33), (0.4, 0.55), (0.45, 0.75), (0.2, 0.4), (0.9, 0.4)]


def _found(score: float) -> SimpleNamespace:
    """One face that fills the region, as mediapipe's messages tell it: shares of its size."""
    return SimpleNamespace(
        score=[score],
        location_data=SimpleNamespace(
            relative_bounding_box=SimpleNamespace(xmin=0.0, ymin=0.0, width=1.0, height=1.0),
            relative_keypoints=[SimpleNamespace(x=x, y=y) for x, y in POINTS],
        ),
    )


class FakeSolution:
    """Finds two faces in any picture, the less sure one first."""

    seen: tuple[int, ...] = ()

    def __init__(self, **options: Any) -> None:
        self.options = options

    def process(self, image: NDArray[np.uint8]) -> SimpleNamespace:
        FakeSolution.seen = image.shape
        return SimpleNamespace(detections=[_found(0.6), _found(0.9)] if image.any() else None)


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> MediapipeDetector:
    module = ModuleType(MODULE)
    module.FaceDetection = FakeSolution  # type: ignore[attr-defined]
    parts = MODULE.split(".")
    for end in range(1, len(parts)):
        name = ".".join(parts[:end])
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, MODULE, module)
    return MediapipeDetector()


def test_the_same_detection_values_come_out(backend: MediapipeDetector) -> None:
    first, second = backend.detect(np.ones((100, 100, 3), np.uint8))
    assert (first.score, second.score) == (0.9, 0.6)
    points = np.array(POINTS, np.float32) * 100
    assert first.keypoints.points == pytest.approx(points)
    assert first.box == tight_box(Box(x1=0, y1=0, x2=100, y2=100), points)


def test_within_a_square_points_are_still_image_pixels(backend: MediapipeDetector) -> None:
    image = np.ones((300, 400, 3), np.uint8)
    face = backend.detect(image, Box(x1=200, y1=100, x2=300, y2=200))[0]
    assert FakeSolution.seen == (100, 100, 3)
    assert face.keypoints.points[0].tolist() == pytest.approx([230, 135])
    assert backend.detect(image, Box(x1=500, y1=0, x2=600, y2=100)) == []


def test_no_face_is_an_empty_list(backend: MediapipeDetector) -> None:
    assert backend.detect(np.zeros((50, 50, 3), np.uint8)) == []


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, MODULE, None)
    with pytest.raises(ModelError, match=r"edge-pose\[mediapipe\].*blazeface"):
        open_detector(DetectorConfig(backend="mediapipe"))
