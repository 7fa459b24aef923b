"""Every column of a trace and of a table of observations, in one list.

A column is a place in ``Observation`` or, for what the monitor concluded, in ``DriverState``. The
same list writes ``trace.csv``, reads observation tables and is what the report may ask for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from edge_pose.values import DriverState, Observation

_FINE = 4
"""Decimals of what is measured, and nine of its time: rounded more coarsely, a trace replayed takes
some decisions a frame earlier or later than the clip did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """``path``: attributes from the observation (``pose.yaw_deg``) or from the state
    (``state.level``); a digit is a place in a tuple. Without ``flag`` and ``words`` a number."""

    name: str
    path: str
    decimals: int = _FINE
    flag: bool = False
    words: tuple[str, ...] = ()
    """What may stand there; any text for a column of results."""

    @property
    def measured(self) -> bool:
        """True for a column that an observation is read from."""
        return not self.path.startswith("state.")

    def cell(self, observation: Observation, state: DriverState) -> str:
        """As written; empty where it was not measured."""
        start: Any = observation if self.measured else state
        value = _follow(start, self.path.removeprefix("state.").split("."))
        return _text(value, self.decimals)


def _number(name: str, path: str = "", decimals: int = _FINE) -> Column:
    return Column(name=name, path=path or name, decimals=decimals)


def _flag(name: str, path: str = "") -> Column:
    return Column(name=name, path=path or name, flag=True)


def _each(prefix: str, *names: str) -> Iterable[Column]:
    return (_number(name, f"{prefix}.{name}") for name in names)


COLUMNS: tuple[Column, ...] = (
    _number("frame"),
    _number("t_s", decimals=9),
    _flag("face"),
    _number("score"),
    *_each("pose", "yaw_deg", "pitch_deg", "roll_deg"),
    _number("yaw_cam_deg", "pose_cam.yaw_deg"),
    _number("pitch_cam_deg", "pose_cam.pitch_deg"),
    _number("roll_cam_deg", "pose_cam.roll_deg"),
    _number("pose_std_deg", "pose_std_deg"),
    _number("fit_residual"),
    *_each("box", "x1", "y1", "x2", "y2"),
    _number("eye_left", "eyes.left"),
    _number("eye_right", "eyes.right"),
    _number("mouth", "eyes.mouth"),
    _number("lids_closed"),
    _number("eyes_visible"),
    _number("gaze_yaw_deg", "gaze.yaw_deg"),
    _number("gaze_pitch_deg", "gaze.pitch_deg"),
    _number("gaze_std_deg", "gaze.std_deg"),
    _number("speed_kmh", "vehicle.speed_kmh"),
    _flag("standstill", "vehicle.standstill"),
    _flag("engaged", "vehicle.engaged"),
    _flag("acknowledge", "vehicle.acknowledge"),
    Column(name="gear", path="vehicle.gear", words=("P", "R", "N", "D")),
    _number("steering_deg", "vehicle.steering_deg"),
    Column(name="indicator", path="vehicle.indicator", words=("left", "right", "off")),
    *_each("image", "brightness", "contrast", "change"),
    *_each("image", "face_brightness", "face_contrast"),
    *_each("image", "sharpness", "flicker"),
    _flag("camera_lost"),
    _number("level", "state.level"),
    _number("attention", "state.attention", 4),
    _flag("distracted", "state.distracted"),
    _number("off_yaw_deg", "state.off_neutral_deg.0", 2),
    _number("off_pitch_deg", "state.off_neutral_deg.1", 2),
    _number("perclos", "state.perclos", 2),
    _number("drowsiness", "state.drowsiness", 2),
)
TRACE_COLUMNS = tuple(column.name for column in COLUMNS)
MEASURED = {column.name: column for column in COLUMNS if column.measured}


def _follow(value: Any, path: Iterable[str]) -> Any:
    for step in path:
        if value is None:
            return None
        if step == "pose_std_deg":  # one error for both readings of the same angles
            pose = value.pose_cam or value.pose
            return pose.std_deg if pose else None
        value = value[int(step)] if step.isdecimal() else getattr(value, step)
    return value


def _text(value: Any, decimals: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int):
        return str(int(value))
    if not math.isfinite(value):
        return ""
    text = f"{value:.{decimals}f}"
    # A negative value that rounds to nothing would read "-0.00".
    return text.lstrip("-") if float(text) == 0.0 else text
