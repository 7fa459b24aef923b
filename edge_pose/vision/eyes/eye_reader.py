"""Eyes and mouth of the driver, from the face mesh; what cannot be seen is not measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_pose.config.vision import EyesConfig
from edge_pose.values import EyeBaseline, EyeState, HeadPose, Landmarks
from edge_pose.vision.eyes.in_view import in_view
from edge_pose.vision.eyes.lids import (
    LEFT_EYE,
    RIGHT_EYE,
    eye_aspect_ratio,
    eye_view,
    mouth_openness,
)
from edge_pose.vision.eyes.open_eye import MESH_RATIOS, OpenEye, OpenEyePair

_SCALE = "mesh"
_MOUTH_MAX_YAW_DEG = 60.0


class EyeReader:
    """Reads one driver's eyes and mouth, and learns what their open eyes measure."""

    def __init__(self, config: EyesConfig, remembered: EyeBaseline | None = None) -> None:
        self._config = config
        self._open = OpenEyePair(_SCALE, MESH_RATIOS, remembered)

    @property
    def baseline(self) -> EyeBaseline | None:
        """This driver's open eyes, once they are learned."""
        return self._open.baseline

    def forget(self) -> None:
        """Start anew: another driver."""
        self._open.forget()

    def read(
        self, image: NDArray[np.uint8], landmarks: Landmarks, pose: HeadPose, t_s: float
    ) -> EyeState:
        """Eyes and mouth in a BGR image; fields that cannot be measured are None."""
        if landmarks.score < self._config.min_mesh_score:
            return EyeState()
        right = self._ratio(image, landmarks, pose, RIGHT_EYE)
        left = self._ratio(image, landmarks, pose, LEFT_EYE)
        facing = abs(pose.yaw_deg) <= _MOUTH_MAX_YAW_DEG
        return EyeState(
            left=self._openness(self._open.left, left, t_s),
            right=self._openness(self._open.right, right, t_s),
            mouth=mouth_openness(landmarks.points) if facing else None,
            ear_left=left,
            ear_right=right,
        )

    def _ratio(
        self,
        image: NDArray[np.uint8],
        landmarks: Landmarks,
        pose: HeadPose,
        eye: tuple[int, ...],
    ) -> float | None:
        """The eye's aspect ratio; None when turned away, covered, blurred or too small."""
        config = self._config
        if not in_view(pose, config, right=eye == RIGHT_EYE):
            return None
        view = eye_view(image, landmarks.points, eye)
        hidden = view.shade < config.min_shade or view.sharpness < config.min_sharpness
        if hidden or view.width_px < config.min_eye_px:
            return None
        return eye_aspect_ratio(landmarks.points, eye, pose.pitch_deg)

    def _openness(self, open_eye: OpenEye, ratio: float | None, t_s: float) -> float | None:
        if ratio is None:
            return None
        open_eye.learn(ratio, t_s)
        return open_eye.openness(ratio, self._config.floor_share)
