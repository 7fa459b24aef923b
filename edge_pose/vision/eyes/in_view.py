"""Whether a head is turned so far that an eye cannot be judged, whatever a network says."""

from __future__ import annotations

import math

from edge_pose.config.vision import EyesConfig
from edge_pose.values import HeadPose

_NEAR_EYE_MORE_DEG = 15.0


def in_view(pose: HeadPose, config: EyesConfig, *, right: bool) -> bool:
    """Of the person's own right or left eye, from the head's angles as its crop shows them."""
    # Nose to image left (yaw > 0) turns the person's right eye away from the camera.
    away = pose.yaw_deg if right else -pose.yaw_deg
    limit = config.max_yaw_deg + (0.0 if away > 0 else _NEAR_EYE_MORE_DEG)
    # One budget for both turns: at 35° of yaw and 20° down open eyes read 17 % too closed.
    return math.hypot(pose.yaw_deg / limit, pose.pitch_deg / config.max_pitch_deg) <= 1.0
