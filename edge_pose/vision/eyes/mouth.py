"""How far the mouth is open, from the 68 landmarks and the head's angles."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import HeadPose
from edge_pose.vision.face.ibug import lip_gap

MAX_YAW_DEG = 60.0
"""Beyond this the far corner of the mouth is hidden."""
_CLOSED, _WIDE = 0.05, 0.65
"""Inner-lip gap by width: closed mouths read 0.01–0.05; yawns 0.33 (10 %), 0.52 (median), 0.8."""


def mouth_opening(points: NDArray[np.floating], pose: HeadPose) -> float | None:
    """0 closed … 1 wide open; None in profile. ``points``: (68, 2), image pixels.

    A turned head shows the mouth narrower, a raised or lowered one lower; both are undone.
    """
    if abs(pose.yaw_deg) > MAX_YAW_DEG:
        return None
    height, width = lip_gap(points)
    height /= max(0.5, math.cos(math.radians(pose.pitch_deg)))
    width /= max(0.5, math.cos(math.radians(pose.yaw_deg)))
    share = height / max(width, 1e-6)
    return min(1.0, max(0.0, (share - _CLOSED) / (_WIDE - _CLOSED)))
