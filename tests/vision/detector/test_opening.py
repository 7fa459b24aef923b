"""Detectors by the name that the config gives them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from edge_pose import plugins
from edge_pose.config.root import Config
from edge_pose.config.vision import DetectorConfig
from edge_pose.errors import ConfigError, PluginError
from edge_pose.values import Box
from edge_pose.vision.detector import opening
from edge_pose.vision.detector.blazeface import BlazeFace
from edge_pose.vision.detector.detection import FaceKeypoints
from edge_pose.vision.detector.opening import KINDS, detector_kind, open_detector


def test_names_are_each_their_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_the_shipped_detector_finds_a_face_without_any_download(
    portrait: NDArray[np.uint8],
) -> None:
    detector = open_detector(DetectorConfig(backend="blazeface"))
    assert isinstance(detector, BlazeFace)
    (face,) = detector.detect(portrait)
    assert face.box.iou(Box(x1=182, y1=75, x2=264, y2=163)) > 0.6
    assert face.score > 0.6
    mirrored = np.ascontiguousarray(portrait[:, ::-1])
    (other,) = detector.detect(mirrored)
    assert other.box.center[0] == pytest.approx(511 - face.box.center[0], abs=6)


@pytest.mark.parametrize(
    "image", [np.zeros((480, 640, 3), np.uint8), np.zeros((1, 1, 3), np.uint8)]
)
def test_the_shipped_detector_sees_nothing_in_the_dark(image: NDArray[np.uint8]) -> None:
    assert open_detector(DetectorConfig(backend="blazeface")).detect(image) == []


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"'yunet': no such detector; there are blazeface,"):
        detector_kind("yunet")


def test_another_package_brings_a_detector(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[DetectorConfig] = []
    monkeypatch.setattr(opening, "plugin_names", lambda _: ("own",))
    monkeypatch.setattr(plugins, "load_plugin", lambda *_: made.append)
    config = DetectorConfig(backend="own")
    open_detector(config)
    assert made == [config]
    assert detector_kind("own").model is None


def test_a_detector_that_cannot_be_made_gives_way_to_the_shipped_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(_: DetectorConfig) -> None:
        raise OSError("no accelerator")

    config = Config.model_validate({"detector": {"backend": "own"}})
    monkeypatch.setattr(plugins, "load_plugin", lambda *_: fails)
    for names in ((), ("own",)):
        monkeypatch.setattr(opening, "plugin_names", lambda _, names=names: names)
        with pytest.raises(PluginError) as caught:
            open_detector(config.detector)
        less = config.without(caught.value.group, caught.value.name)
        assert isinstance(open_detector(less.detector), BlazeFace)


def test_keypoints_are_six() -> None:
    with pytest.raises(ValueError, match=r"\(6, 2\)"):
        FaceKeypoints(points=np.zeros((5, 2), np.float32))
