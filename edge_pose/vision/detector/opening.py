"""The face detector that the config names. A new one is a file of its own with a DetectorKind,
and one entry in ``KINDS``; other packages register a factory under ``edge_pose.detectors``."""

from __future__ import annotations

from typing import Final

from edge_pose.config.vision import DetectorConfig
from edge_pose.errors import PluginError
from edge_pose.plugins import DETECTORS, make_plugin, plugin_names
from edge_pose.vision.detector import blazeface, mediapipe_detector
from edge_pose.vision.detector.detection import FaceDetector
from edge_pose.vision.detector.kind import DetectorKind

KINDS: Final = (blazeface.INT8, blazeface.FLOAT, mediapipe_detector.KIND)


def open_detector(config: DetectorConfig) -> FaceDetector:
    """A ready detector; raises ModelError when its model or package is missing or damaged."""
    return detector_kind(config.backend).open(config)


def detector_kind(name: str) -> DetectorKind:
    """The kind that ``detector.backend`` names. Raises PluginError where there is none."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    plugins = plugin_names(DETECTORS)
    if name not in plugins:
        known = ", ".join([*(kind.name for kind in KINDS), *plugins])
        words = f"detector.backend = {name!r}: no such detector; there are {known}"
        raise PluginError(words, group=DETECTORS, name=name)
    return DetectorKind(
        name=name,
        what="of another package",
        model=None,
        open=lambda config: _from_plugin(name, config),
    )


def _from_plugin(name: str, config: DetectorConfig) -> FaceDetector:
    detector: FaceDetector = make_plugin(DETECTORS, name, config)
    return detector
