"""Whole views of drivers at the wheel, from a camera at the instruments or beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from deploy.heads.camera import whole_view
from deploy.heads.develop import developed, sensor_of
from deploy.heads.plan import Plan, planned
from deploy.heads.sheet import tiled
from deploy.heads.studio import Studio, face_box
from deploy.heads.turning import rotation_matrix
from deploy.heads.wheel import sampled_wheel

HFOV_DEG, SIZE_PX = 75.0, (320, 240)
_MOUNTS = (((0.0, 0.20, -0.75), 0.0, -4.0), ((-0.16, 0.05, -0.72), -14.0, 2.0))
"""Where the eyes are before the camera (m), and the car's yaw and pitch (degrees)."""
_WHEEL_STREAM = 107


def write_wide(studio: Studio, out: Path, *, count: int, columns: int) -> None:
    """A sheet of ``count`` drivers by turns from each mount."""
    pictures = [_picture(studio, _wide_plan(number)) for number in range(count)]
    out.parent.mkdir(parents=True, exist_ok=True)
    sheet = tiled([np.ascontiguousarray(p[..., ::-1]) for p in pictures], columns)
    cv2.imwrite(str(out), sheet, [cv2.IMWRITE_JPEG_QUALITY, 85])


def _wide_plan(number: int) -> Plan:
    plan = planned("faces", 7 * number)
    eyes, yaw, pitch = _MOUNTS[number % len(_MOUNTS)]
    place, turn = np.array(eyes), rotation_matrix(yaw, pitch, 0.0)
    posture = replace(
        plan.posture, head=turn, torso=turn, cabin=turn, eyes_m=place, seat_m=place
    )  # fmt: skip
    return replace(
        plan, posture=posture, cabin=replace(plan.cabin, bare=False),
        wheel=sampled_wheel(np.random.default_rng([_WHEEL_STREAM, number])),
    )  # fmt: skip


def _picture(studio: Studio, plan: Plan) -> NDArray[np.uint8]:
    crop = whole_view(HFOV_DEG, SIZE_PX)
    posed = studio.figure.posed(plan)
    light = studio.stage.render(plan, posed, crop)
    sensor = replace(sensor_of(plan.number, plan.light.kind), blur_px=0.0, shake_px=(0.0, 0.0))
    return developed(light, sensor, plan.number, face_box(crop.project(posed.landmarks), crop))
