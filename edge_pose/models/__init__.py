"""The shipped models with their cards, and where to find and install the others."""

from __future__ import annotations

from edge_pose.models.catalog import (
    CATALOG,
    FACE_DETECTOR,
    FACE_DETECTOR_INT8,
    FACE_LANDMARKS,
    HEAD_POSE,
    ModelFile,
    find,
)

__all__ = [
    "CATALOG",
    "FACE_DETECTOR",
    "FACE_DETECTOR_INT8",
    "FACE_LANDMARKS",
    "HEAD_POSE",
    "ModelFile",
    "find",
]
