"""Made-up scenes: a plain synthetic picture and any state of the driver, for the views."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_pose.values import (
    Alert,
    AlertKind,
    AlertLevel,
    AlertPhase,
    Box,
    CameraCondition,
    DriverState,
    EyeState,
    Frame,
    HeadPose,
    HeadPosition,
    Health,
    ImageQuality,
    Observation,
    Scene,
)

_FACE_M = 0.137


@lru_cache(maxsize=16)
def picture(width: int = 640, height: int = 480, brightness: int = 130) -> NDArray[np.uint8]:
    """A grey gradient with a lighter oval where ``face_box`` is; not to be written."""
    y, x = np.mgrid[0:height, 0:width]
    grey = brightness * (0.7 + 0.5 * y / height)
    box = face_box(width, height)
    across = (x - box.center[0]) / (0.62 * box.width)
    along = (y - box.center[1]) / (0.68 * box.height)
    grey = np.where(across**2 + along**2 < 1.0, grey * 1.25, grey)
    image = np.repeat((np.clip(grey, 0, 255) // 4 * 4).astype(np.uint8)[:, :, None], 3, axis=2)
    image.setflags(write=False)
    return image


def face_box(width: int = 640, height: int = 480) -> Box:
    """A face left of the middle, a quarter of the picture high."""
    x, y, half = 0.46 * width, 0.44 * height, 0.15 * height
    return Box(x1=x - 0.85 * half, y1=y - half, x2=x + 0.85 * half, y2=y + half)


def focal_px(width: int = 640) -> float:
    """A lens of 62° across."""
    return width / 2 / math.tan(math.radians(31.0))


def head_position(width: int = 640, height: int = 480) -> HeadPosition:
    """Where a head must be to fill ``face_box``."""
    box, focal = face_box(width, height), focal_px(width)
    z_m = -focal * _FACE_M / box.side
    right, up = box.center[0] - width / 2, height / 2 - box.center[1]
    return HeadPosition(x_m=-right * z_m / focal, y_m=-up * z_m / focal, z_m=z_m)


def episode(
    kind: AlertKind = AlertKind.GLANCE,
    level: AlertLevel = AlertLevel.WARNING,
    reason: str = "head turned 38° left",
    *,
    began_s: float = 96.8,
    t_s: float = 100.0,
    id: int = 1,
    phase: AlertPhase = AlertPhase.NEW,
) -> Alert:
    """One open (or, with phase END, closed) episode."""
    return Alert(
        id=id,
        kind=kind,
        level=level,
        phase=phase,
        t_s=t_s,
        t_start_s=began_s,
        t_alert_s=t_s,
        t_end_s=t_s if phase is AlertPhase.END else None,
        reason=reason,
        kinds=(kind,),
    )


def scene(
    size: tuple[int, int] = (640, 480),
    *,
    t_s: float = 100.0,
    index: int = 0,
    face: bool = True,
    yaw_deg: float = -6.0,
    pitch_deg: float = 3.0,
    roll_deg: float = 2.0,
    std_deg: float = 2.0,
    score: float = 0.96,
    openness: float | None = 0.94,
    placed: bool = True,
    brightness: int = 130,
    health: Health | None = None,
    **state: Any,
) -> Scene:
    """A scene with a driver who looks ahead. ``placed``: the 3D fit knows where the head is;
    ``state`` are fields of DriverState to change."""
    image = picture(*size, brightness)
    pose = HeadPose(yaw_deg=yaw_deg, pitch_deg=pitch_deg, roll_deg=roll_deg, std_deg=std_deg)
    eyes = None if openness is None else EyeState(left=openness, right=openness, mouth=0.04)
    observation = Observation(
        t_s=t_s,
        frame=index,
        face=face,
        score=score if face else None,
        box=face_box(*size) if face else None,
        pose=pose if face else None,
        pose_cam=pose if face else None,
        position=head_position(*size) if face and placed else None,
        focal_px=focal_px(size[0]),
        eyes=eyes if face else None,
        image=ImageQuality(brightness=float(brightness), contrast=40.0),
    )
    values: dict[str, Any] = {
        "t_s": t_s,
        "face": face,
        "attention": 0.93,
        "level": 0,
        "distracted": False,
        "pose": observation.pose,
        "eyes": observation.eyes,
        "perclos": 0.03,
    }
    return Scene(
        frame=Frame(image=image, t=t_s, index=index),
        observation=observation,
        state=DriverState(**(values | state)),
        health=health or Health(fps=29.7, frame_age_ms=38.0, temperature_c=54.0),
    )


def story_scenes(size: tuple[int, int] = (640, 480)) -> dict[str, Scene]:
    """Every state that the overlay must show, by name."""
    return {
        "attentive": scene(size),
        "glance": scene(size, yaw_deg=38.0, level=2, attention=0.42, episodes=(episode(),)),
        "down": scene(
            size,
            pitch_deg=-28.0,
            openness=0.5,
            level=1,
            attention=0.6,
            perclos=0.09,
            episodes=(episode(AlertKind.DOWN, AlertLevel.ADVISORY, "head down 24°"),),
        ),
        "microsleep": scene(
            size,
            pitch_deg=-12.0,
            openness=0.02,
            brightness=40,
            level=3,
            attention=0.06,
            perclos=0.21,
            episodes=(
                episode(AlertKind.MICROSLEEP, AlertLevel.CRITICAL, "eyes closed", began_s=98.6),
            ),
        ),
        "unsure": scene(
            size,
            score=0.6,
            std_deg=9.0,
            placed=False,
            openness=None,
            perclos=None,
            health=Health(fps=12.2, frame_age_ms=84.0, throttled=True, muted=True),
        ),
        "calibrating": scene(size, calibration=0.45),
        "no-face": scene(size, face=False, attention=0.8, perclos=None),
        "blocked": scene(
            size,
            face=False,
            brightness=24,
            attention=0.8,
            perclos=None,
            camera=CameraCondition.BLOCKED,
            episodes=(episode(AlertKind.BLOCKED, AlertLevel.ADVISORY, "the picture is dark"),),
        ),
        "off": scene(size, enabled=False),
    }
