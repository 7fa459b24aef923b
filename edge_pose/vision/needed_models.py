"""Which model files a config needs."""

from __future__ import annotations

from edge_pose.config.root import Config
from edge_pose.models import FACE_LANDMARKS, HEAD_POSE, ModelFile
from edge_pose.models.catalog import EYES, FACE
from edge_pose.vision.detector.opening import detector_kind


def needed_models(config: Config) -> tuple[ModelFile, ...]:
    """Of the catalogue; a file that ``pose.model`` names is not in it. Raises ConfigError where
    ``detector.backend`` names no detector."""
    detector = detector_kind(config.detector.backend).model
    needed = [] if detector is None else [detector]
    pose, weights = config.pose, config.model.weights
    if pose.landmarks == "network":
        needed.append(FACE[weights])
        needed += [EYES[weights]] if config.eyes.enabled else []
        return tuple(needed)
    if pose.mode != "fit" and not pose.model:
        needed.append(HEAD_POSE)
    if config.eyes.enabled or pose.mode != "network":
        needed.append(FACE_LANDMARKS)
    return tuple(needed)
