"""How a detector registers: one value that says its name, its model file and how it opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge_pose.config.vision import DetectorConfig
from edge_pose.models import ModelFile
from edge_pose.vision.detector.detection import FaceDetector


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorKind:
    """``name``: as ``detector.backend`` names it; ``model``: the file it runs, None where its
    package brings it; ``open``: a ready detector, raises ModelError where it cannot be."""

    name: str
    what: str
    model: ModelFile | None
    open: Callable[[DetectorConfig], FaceDetector]
