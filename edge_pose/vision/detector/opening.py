"""The face detector that the config names."""

from __future__ import annotations

from edge_pose.config.vision import DetectorConfig
from edge_pose.models import FACE_DETECTOR, find
from edge_pose.vision.detector.blazeface import BlazeFace
from edge_pose.vision.detector.detection import FaceDetector
from edge_pose.vision.detector.mediapipe_detector import MediapipeDetector


def open_detector(config: DetectorConfig) -> FaceDetector:
    """A ready detector; raises ModelError when its model or package is missing or damaged."""
    if config.backend == "mediapipe":
        return MediapipeDetector(min_score=config.min_score)
    return BlazeFace(find(FACE_DETECTOR.name), min_score=config.min_score, threads=config.threads)
