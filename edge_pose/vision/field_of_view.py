"""The camera's field of view, from a face at a distance that somebody measured.

The metric fit places a head of mean size where its assumed focal length asks for it. The true
distance over that one is the true focal length over the assumed one. Perspective alone (how much
larger a nose looks than an ear) does not tell the focal length: faces differ by more.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from edge_pose.controls import FARTHEST_CM, NEAREST_CM
from edge_pose.errors import ConfigError
from edge_pose.values import HeadPose, Observation
from edge_pose.vision.geometry import corrected_for_ray, focal_px, rotation_matrix

HEAD_SHARE = 0.06
"""Adult heads differ from the mean by this share, one standard deviation."""
TAPE_M = 0.01
"""How well a person measures from the lens to between the eyes, one standard deviation."""

_BRIDGE_M = np.array([0.0, 0.0427, 0.0156])
"""From the middle of the mean face's landmarks to the bridge of its nose, between the eyes."""
_FAR_SHARE = 0.05
"""What the fit errs by at a distance that it does not believe: share of the focal length for each
e-fold that the assumed one is off; measured on synthetic heads 40 to 100 cm away (0.035 at 0.9)."""
_FAR = 0.3
_FEWEST = 10
_NARROW_DEG, _WIDE_DEG = 20.0, 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldOfView:
    """Horizontal, of a whole image. ``share``: standard deviation of its focal length."""

    hfov_deg: float
    share: float
    far: bool = False
    """What was assumed was so far off that measuring again, from here, is more exact."""

    @property
    def std_deg(self) -> float:
        """One standard deviation of the angle."""
        return math.degrees(math.sin(math.radians(self.hfov_deg)) * self.share)

    def across(self, sides: float) -> FieldOfView:
        """Along another side of the same image, ``sides`` times as long."""
        half = math.tan(math.radians(self.hfov_deg) / 2.0) * sides
        return replace(self, hfov_deg=2.0 * math.degrees(math.atan(half)))


def measured(
    seen: Iterable[Observation], *, assumed_deg: float, width_px: int, distance_m: float
) -> FieldOfView:
    """The field of view of images ``width_px`` wide, in which the observations were made with an
    assumed one, while the bridge of the nose was this far from the lens.

    Raises ConfigError that says what is wrong with the distance or with what was seen.
    """
    known = checked_distance(distance_m)
    looks = [o for o in seen if o.face]
    ratios = [ratio for o in looks if (ratio := _ratio(o, known)) is not None]
    if len(looks) >= _FEWEST and not any(o.position for o in looks):
        raise ConfigError("pose.mode = network measures no distance by the mesh; use hybrid or fit")
    if len(ratios) < _FEWEST:
        raise ConfigError(
            f"the field of view needs {_FEWEST} clear looks ahead, there were {len(ratios)}; "
            "sit in front of the camera, not nearer than the given distance, and calibrate again"
        )
    ratio = median(ratios)
    focal = focal_px(width_px, assumed_deg) * ratio
    hfov = 2.0 * math.degrees(math.atan(width_px / (2.0 * focal)))
    if not _NARROW_DEG <= hfov <= _WIDE_DEG:
        raise ConfigError(
            f"at {100 * known:.0f} cm the field of view would be {hfov:.0f}°, which no camera for "
            "this has; measure the distance again, in centimetres"
        )
    off = abs(math.log(ratio))
    share = math.hypot(HEAD_SHARE, TAPE_M / known, _FAR_SHARE * off)
    return FieldOfView(hfov_deg=hfov, share=share, far=off > _FAR)


def checked_distance(distance_m: float) -> float:
    """The distance, if a driver's face can be there; else ConfigError."""
    if not NEAREST_CM <= 100.0 * distance_m <= FARTHEST_CM:
        raise ConfigError(
            f"a distance of {100 * distance_m:g} cm: give the centimetres from the camera to the "
            f"bridge of the nose, {NEAREST_CM:.0f} to {FARTHEST_CM:.0f}"
        )
    return distance_m


def seen_through(seen: Observation, *, width_px: int, was_deg: float, is_deg: float) -> HeadPose:
    """What ``pose_cam`` of an observation would have been with another field of view."""
    assert seen.pose is not None
    place = seen.position
    if place is None:
        return seen.pose_cam or seen.pose
    farther = focal_px(width_px, is_deg) / focal_px(width_px, was_deg)
    return corrected_for_ray(seen.pose, (place.x_m, place.y_m, place.z_m * farther))


def _ratio(seen: Observation, distance_m: float) -> float | None:
    """True focal length over the assumed one, as this observation has it."""
    place, pose = seen.position, seen.pose_cam or seen.pose
    if place is None or pose is None:
        return None
    turned = rotation_matrix(pose.yaw_deg, pose.pitch_deg, pose.roll_deg) @ _BRIDGE_M
    right, up, nearer = (float(part) for part in turned)
    aside = math.hypot(place.x_m + right, place.y_m + up)
    if aside >= distance_m:
        return None
    return (math.sqrt(distance_m**2 - aside**2) + nearer) / -place.z_m
