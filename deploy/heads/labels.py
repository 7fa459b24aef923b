"""The truth of a picture: one row of numbers, and how it changes when the picture is mirrored.

README.md lists every column. Angles in degrees (edge_pose.vision.geometry); r and l are the
person's own right and left; pixels count from the picture's upper left corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deploy.heads import GENERATOR
from deploy.heads.anatomy import EYE_LANDMARKS, LANDMARKS, SIDES, Floats, Side
from deploy.heads.camera import Crop, view_ray
from deploy.heads.expression import SHUT, eye_aspect_ratio, lid_gap
from deploy.heads.eyeball import iris_ring
from deploy.heads.figure import Eye, Posed
from deploy.heads.plan import Plan
from deploy.heads.turning import angles_of, euler_angles
from deploy.heads.wear import SEEN_THROUGH

Row = dict[str, float | int | str]

COLUMNS: Final = (
    "file", "yaw_deg", "pitch_deg", "roll_deg", "x1", "y1", "x2", "y2", "cam_yaw", "cam_pitch",
    "cam_roll", "identity", "pair", "light", "ir", "glasses", "dark_glasses", "head", "mask",
    "occ", "hand", "jaw", "mouth_gap", "ear_r", "ear_l", "gap_r", "gap_l", "open_r", "open_l",
    "shut_r", "shut_l", "eye_r_visible", "eye_l_visible", "gaze_cam_yaw", "gaze_cam_pitch",
    "gaze_head_yaw", "gaze_head_pitch", "gazeR_cam_yaw", "gazeR_cam_pitch", "gazeL_cam_yaw",
    "gazeL_cam_pitch", "iris_r_x", "iris_r_y", "iris_r_a", "iris_r_b", "iris_r_angle",
    "iris_l_x", "iris_l_y", "iris_l_a", "iris_l_b", "iris_l_angle", "level_deg", "distance_m",
    "african", "asian", "male", "age", "hair", "beard_mm", "skin", "number", "generator",
)  # fmt: skip
_NEGATED = (
    "yaw_deg", "roll_deg", "cam_yaw", "cam_roll", "gaze_cam_yaw", "gaze_head_yaw",
    "gazeR_cam_yaw", "gazeL_cam_yaw", "iris_r_angle", "iris_l_angle", "level_deg",
)  # fmt: skip
_SWAPPED = (
    ("ear_r", "ear_l"), ("gap_r", "gap_l"), ("open_r", "open_l"), ("shut_r", "shut_l"),
    ("eye_r_visible", "eye_l_visible"), ("gazeR_cam_yaw", "gazeL_cam_yaw"),
    ("gazeR_cam_pitch", "gazeL_cam_pitch"),
    *((f"iris_r_{part}", f"iris_l_{part}") for part in ("x", "y", "a", "b", "angle")),
)  # fmt: skip
_MIDDLE_LIPS, _LIP_CORNERS = (62, 66), (60, 64)
_PARTS: Final[dict[Side, str]] = {"right": "r", "left": "l"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ellipse:
    """Middle, half axes and the longer one's turn (clockwise from the picture's x, degrees)."""

    x: float
    y: float
    a: float
    b: float
    angle: float


def row(plan: Plan, posed: Posed, crop: Crop, visible: NDArray[np.bool_]) -> Row:
    """All columns but ``file``; ``visible`` (68,) by landmark."""
    pixels = crop.project(posed.landmarks)
    (x1, y1), (x2, y2) = pixels.min(axis=0).tolist(), pixels.max(axis=0).tolist()
    return {
        **_head_angles(plan.posture.head, posed.landmarks),
        "x1": x1, "y1": y1, "x2": x2, "y2": y2,
        **_flags(plan),
        **_mouth(plan, posed),
        **_lids(posed),
        **_eyes_visible(plan, visible),
        **_gaze(posed, plan.posture.head),
        **_irises(posed, crop),
        "level_deg": float(np.degrees(crop.turn_rad)),
        "distance_m": float(np.linalg.norm(plan.posture.eyes_m)),
        **_who(plan, posed),
        "number": plan.number, "generator": GENERATOR,
    }  # fmt: skip


def mirrored(labels: Row, width_px: int) -> Row:
    """The labels of the horizontally mirrored picture."""
    turned = dict(labels)
    for one, other in _SWAPPED:
        turned[one], turned[other] = labels[other], labels[one]
    for name in _NEGATED:
        turned[name] = -float(turned[name])
    for name in ("iris_r_x", "iris_l_x"):
        turned[name] = width_px - float(turned[name])
    turned["x1"], turned["x2"] = width_px - float(labels["x2"]), width_px - float(labels["x1"])
    return turned


def _head_angles(head: Floats, landmarks: Floats) -> Row:
    yaw, pitch, roll = euler_angles(view_ray(landmarks).T @ head)
    cam_yaw, cam_pitch, cam_roll = euler_angles(head)
    return {
        "yaw_deg": yaw, "pitch_deg": pitch, "roll_deg": roll,
        "cam_yaw": cam_yaw, "cam_pitch": cam_pitch, "cam_roll": cam_roll,
    }  # fmt: skip


def _flags(plan: Plan) -> Row:
    wear = plan.wear
    return {
        "identity": plan.identity, "pair": plan.pair, "light": plan.light.kind,
        "ir": int(plan.light.infrared), "glasses": wear.glasses.kind if wear.glasses else "",
        "dark_glasses": int(lenses_hide(plan)), "head": wear.headwear, "mask": int(wear.mask),
        "occ": wear.held, "hand": int(bool(wear.held)),
    }  # fmt: skip


def lenses_hide(plan: Plan) -> bool:
    """Whether the glasses keep the eyes from this camera in this light."""
    glasses = plan.wear.glasses
    if glasses is None:
        return False
    return (glasses.passes_ir if plan.light.infrared else glasses.passes) < SEEN_THROUGH


def _mouth(plan: Plan, posed: Posed) -> Row:
    lips = posed.moved.vertices[LANDMARKS]
    height = np.linalg.norm(lips[_MIDDLE_LIPS[0]] - lips[_MIDDLE_LIPS[1]])
    width = np.linalg.norm(lips[_LIP_CORNERS[0]] - lips[_LIP_CORNERS[1]])
    jaw = plan.expression.actions.get("jawOpen", 0.0)
    return {"jaw": jaw, "mouth_gap": float(height / width)}


def _lids(posed: Posed) -> Row:
    landmarks, found = posed.moved.vertices[LANDMARKS], {}
    for side, part in _PARTS.items():
        gap = lid_gap(landmarks, side)
        opening = max(0.0, gap) / posed.moved.open_gap[side]
        found[f"ear_{part}"] = eye_aspect_ratio(landmarks, side)
        found[f"gap_{part}"] = max(0.0, gap)
        found[f"open_{part}"] = opening
        found[f"shut_{part}"] = int(opening <= SHUT)
    return dict(found)


def _eyes_visible(plan: Plan, visible: NDArray[np.bool_]) -> Row:
    """An eye is visible when at least half of its lids' landmarks are, through these lenses."""
    hidden = lenses_hide(plan)
    return {
        f"eye_{part}_visible": int(not hidden and visible[list(EYE_LANDMARKS[side])].mean() >= 0.5)
        for side, part in _PARTS.items()
    }


def _gaze(posed: Posed, head: Floats) -> Row:
    """Of both eyes together from their middle to the point looked at, and of each."""
    middle = (posed.eyes["left"].centre + posed.eyes["right"].centre) / 2.0
    look = posed.target - middle
    cam_yaw, cam_pitch = angles_of(look)
    head_yaw, head_pitch = angles_of(head.T @ look)
    found: Row = {
        "gaze_cam_yaw": cam_yaw, "gaze_cam_pitch": cam_pitch,
        "gaze_head_yaw": head_yaw, "gaze_head_pitch": head_pitch,
    }  # fmt: skip
    for side in SIDES:
        yaw, pitch = angles_of(posed.eyes[side].turn[:, 2])
        part = _PARTS[side].upper()
        found |= {f"gaze{part}_cam_yaw": yaw, f"gaze{part}_cam_pitch": pitch}
    return found


def _irises(posed: Posed, crop: Crop) -> Row:
    found: Row = {}
    for side, part in _PARTS.items():
        ellipse = iris_ellipse(posed.eyes[side], crop)
        found |= {f"iris_{part}_{name}": getattr(ellipse, name) for name in Ellipse.__slots__}
    return found


def iris_ellipse(eye: Eye, crop: Crop) -> Ellipse:
    """The limbus in the picture, hidden parts included."""
    ring = crop.project(iris_ring() @ eye.turn.T * eye.radius_m + eye.centre)
    middle = ring.mean(axis=0)
    values, axes = np.linalg.eigh(np.cov((ring - middle).T, bias=True))
    # Points spread evenly over an ellipse vary by half the square of each half axis.
    short, long = np.sqrt(2.0 * np.maximum(values, 0.0)).tolist()
    angle = float(np.degrees(np.arctan2(axes[1, 1], axes[0, 1])))
    return Ellipse(
        x=float(middle[0]), y=float(middle[1]), a=long, b=short, angle=(angle + 90.0) % 180.0 - 90.0
    )


def _who(plan: Plan, posed: Posed) -> Row:
    traits, looks = posed.person.traits, posed.person.looks
    return {
        "african": traits.african, "asian": traits.asian, "male": traits.male,
        "age": traits.age, "hair": "" if plan.wear.headwear else looks.hair,
        "beard_mm": looks.beard_mm, "skin": looks.skin.removesuffix("_diffuse.jpg"),
    }  # fmt: skip


def text(value: float | int | str) -> str:
    """A cell: three decimals."""
    return f"{value:.3f}" if isinstance(value, float) else str(value)
