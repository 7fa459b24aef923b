"""What is no number or cannot be is left out of an observation, and counted.

One angle that is not finite would stay in every filter behind it for good.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from edge_pose.values import (
    Box,
    EyeState,
    Gaze,
    HeadPose,
    ImageQuality,
    Observation,
    VehicleState,
)

_TURN_DEG = 180.0
_WIDEST = 5.0  # times the open eye: beyond it, a ratio was divided by nearly nothing
_FASTEST_KMH = 500.0
_LARGEST_PX = 1e6


class Refusal:
    """Counts what it leaves out, and says what was last."""

    def __init__(self) -> None:
        self.count = 0
        self.what = ""
        self.refused = False
        """Something was left out of the latest observation."""

    def clean(self, given: Observation) -> Observation:
        """The observation without what is impossible in it; the same one if nothing is."""
        self.refused = False
        pose, pose_cam, eyes, gaze = given.pose, given.pose_cam, given.eyes, given.gaze
        changes: dict[str, Any] = {}
        if pose is not None and not _is_pose(pose):
            changes["pose"] = None
            self._refuse(f"head pose {_short(pose)}")
        if pose_cam is not None and not _is_pose(pose_cam):
            # The other one may be sound; but half a correction is none.
            changes["pose_cam"] = changes["pose"] = None
            self._refuse(f"head pose {_short(pose_cam)}")
        if eyes is not None and not _are_eyes(eyes):
            changes["eyes"] = self._refuse_eyes(eyes)
        if gaze is not None and not _is_gaze(gaze):
            changes["gaze"] = None
            self._refuse(f"gaze {_short(gaze)}")
        if given.box is not None and not _is_box(given.box):
            changes["box"] = None
            self._refuse(f"face box {_short(given.box)}")
        if not _is_image(given.image):
            changes["image"] = None
            self._refuse(f"image {_short(given.image)}")
        if not _is_vehicle(given.vehicle):
            changes["vehicle"] = self._refuse_vehicle(given.vehicle)
        if not _is_probability(given.lids_closed):
            changes["lids_closed"] = None
            self._refuse(f"lids_closed {given.lids_closed}")
        if not _is_probability(given.eyes_visible):
            changes["eyes_visible"] = None
            self._refuse(f"eyes_visible {given.eyes_visible}")
        residual = given.fit_residual
        if residual is not None and not 0.0 <= residual < math.inf:
            changes["fit_residual"] = None
            self._refuse(f"fit residual {residual}")
        return replace(given, **changes) if changes else given

    def _refuse(self, what: str) -> None:
        self.count += 1
        self.what = what
        self.refused = True

    def _refuse_eyes(self, eyes: EyeState) -> EyeState:
        self._refuse(f"eyes {_short(eyes)}")
        parts = {name: getattr(eyes, name) for name in ("left", "right", "mouth")}
        return EyeState(**{name: v if _is_openness(v) else None for name, v in parts.items()})

    def _refuse_vehicle(self, vehicle: VehicleState) -> VehicleState:
        self._refuse(f"vehicle speed {vehicle.speed_kmh}, steering {vehicle.steering_deg}")
        return replace(vehicle, speed_kmh=None, steering_deg=None)


def _is_pose(pose: HeadPose) -> bool:
    std = pose.std_deg
    return (
        -_TURN_DEG <= pose.yaw_deg <= _TURN_DEG
        and -_TURN_DEG <= pose.pitch_deg <= _TURN_DEG
        and -_TURN_DEG <= pose.roll_deg <= _TURN_DEG
        and (std is None or 0.0 <= std < math.inf)
    )


def _is_gaze(gaze: Gaze) -> bool:
    std = gaze.std_deg
    return (
        -_TURN_DEG <= gaze.yaw_deg <= _TURN_DEG
        and -_TURN_DEG <= gaze.pitch_deg <= _TURN_DEG
        and (std is None or 0.0 <= std < math.inf)
    )


def _is_probability(value: float | None) -> bool:
    return value is None or 0.0 <= value <= 1.0


def _is_openness(value: float | None) -> bool:
    return value is None or -0.5 <= value <= _WIDEST


def _are_eyes(eyes: EyeState) -> bool:
    return _is_openness(eyes.left) and _is_openness(eyes.right) and _is_openness(eyes.mouth)


def _is_box(box: Box) -> bool:
    return (
        -_LARGEST_PX <= box.x1 < box.x2 <= _LARGEST_PX
        and -_LARGEST_PX <= box.y1 < box.y2 <= _LARGEST_PX
    )


def _is_image(image: ImageQuality | None) -> bool:
    if image is None:
        return True
    change, sharpness = image.change, image.sharpness
    return (
        0.0 <= image.brightness <= 255.0
        and 0.0 <= image.contrast <= 255.0
        and (change is None or 0.0 <= change <= 255.0)
        and (sharpness is None or 0.0 <= sharpness < math.inf)
    )


def _is_vehicle(vehicle: VehicleState) -> bool:
    speed, steering = vehicle.speed_kmh, vehicle.steering_deg
    return (speed is None or -1.0 <= speed <= _FASTEST_KMH) and (
        steering is None or -3600.0 <= steering <= 3600.0
    )


def _short(value: Any) -> str:
    names = [n for n in value.__dataclass_fields__ if getattr(value, n) is not None]
    return ", ".join(f"{n} {getattr(value, n):g}" for n in names)[:80]
