"""edge_pose: a driver monitor for small boards.

    from edge_pose import FaceAnalyzer, DriverMonitor, watch

    faces = FaceAnalyzer()(image)                  # stills: pose, box, landmarks, eyes
    result = DriverMonitor().step(image, t_s)      # a stream of your own: state, alerts
    for result in watch("drive.mp4"): ...          # the whole loop as an iterator

These names keep their meaning within a major version (semantic versioning). Each is loaded when
it is first asked for, so ``import edge_pose`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edge_pose.api.driver_monitor import DriverMonitor
    from edge_pose.api.face_analyzer import FaceAnalyzer
    from edge_pose.api.settings import load_config
    from edge_pose.api.watching import watch
    from edge_pose.clock import Clock
    from edge_pose.config.root import Config
    from edge_pose.errors import (
        ConfigError,
        EdgePoseError,
        ImageError,
        ModelError,
        SinkError,
        SourceError,
    )
    from edge_pose.pipeline import Result
    from edge_pose.values import (
        Alert,
        AlertKind,
        AlertLevel,
        AlertPhase,
        Box,
        DriverState,
        EyeState,
        Face,
        Frame,
        Gaze,
        HeadPose,
        NeutralPose,
        Observation,
        SightStatistics,
        VehicleState,
    )

__version__ = "0.1.0"

_HOMES = {
    "DriverMonitor": "edge_pose.api.driver_monitor",
    "FaceAnalyzer": "edge_pose.api.face_analyzer",
    "load_config": "edge_pose.api.settings",
    "watch": "edge_pose.api.watching",
    "Clock": "edge_pose.clock",
    "Config": "edge_pose.config.root",
    "Result": "edge_pose.pipeline",
    **dict.fromkeys(
        ("ConfigError", "EdgePoseError", "ImageError", "ModelError", "SinkError", "SourceError"),
        "edge_pose.errors",
    ),
    **dict.fromkeys(
        (
            "Alert", "AlertKind", "AlertLevel", "AlertPhase", "Box", "DriverState", "EyeState",
            "Face", "Frame", "Gaze", "HeadPose", "NeutralPose", "Observation", "SightStatistics",
            "VehicleState",
        ),
        "edge_pose.values",
    ),
}  # fmt: skip

__all__ = [
    "Alert",
    "AlertKind",
    "AlertLevel",
    "AlertPhase",
    "Box",
    "Clock",
    "Config",
    "ConfigError",
    "DriverMonitor",
    "DriverState",
    "EdgePoseError",
    "EyeState",
    "Face",
    "FaceAnalyzer",
    "Frame",
    "Gaze",
    "HeadPose",
    "ImageError",
    "ModelError",
    "NeutralPose",
    "Observation",
    "Result",
    "SightStatistics",
    "SinkError",
    "SourceError",
    "VehicleState",
    "__version__",
    "load_config",
    "watch",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'edge_pose' has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
