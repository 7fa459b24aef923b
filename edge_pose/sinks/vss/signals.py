"""From the monitor's view of the driver to VSS signals: names, signs and units. Pure.

COVESA Vehicle Signal Specification (github.com/COVESA/vehicle_signal_specification): Driver,
Vehicle.Occupant (HeadPosition, MidEyeGaze), ADAS.DMS. Its angles are the driver's own: yaw and
azimuth > 0 to the driver's left, roll > 0 to the right, about ISO 23150's vehicle axes with zero
straight ahead. Ours are the image's, with the driver seen from the front: yaw > 0 to the image's
left, which is the driver's right. So yaw and roll change their sign; pitch > 0 is up in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from edge_pose.kinds import FACTS, AlertKind, Family
from edge_pose.values import DriverState

Datatype = Literal["float", "boolean"]
Value = float | bool | None

_DRIVER = "Vehicle.Driver"
_OCCUPANT = "Vehicle.Occupant.Row1.DriverSide"
_DMS = "Vehicle.ADAS.DMS"

SIGNALS: Mapping[str, Datatype] = {
    f"{_DRIVER}.AttentiveProbability": "float",
    f"{_DRIVER}.DistractionLevel": "float",
    f"{_DRIVER}.FatigueLevel": "float",
    f"{_DRIVER}.IsEyesOnRoad": "boolean",
    f"{_OCCUPANT}.HeadPosition.Yaw": "float",
    f"{_OCCUPANT}.HeadPosition.Pitch": "float",
    f"{_OCCUPANT}.HeadPosition.Roll": "float",
    f"{_OCCUPANT}.MidEyeGaze.Azimuth": "float",
    f"{_OCCUPANT}.MidEyeGaze.Elevation": "float",
    f"{_DMS}.IsEnabled": "boolean",
    f"{_DMS}.IsWarning": "boolean",
    f"{_DMS}.IsError": "boolean",
}
"""What is published, and its VSS datatype. HeadPosition.X, Y, Z count from the rear axle: where
the camera sits there nobody has measured, so they are left to those who know."""

_NO_FAULT = {AlertKind.CALIBRATING, AlertKind.OFF}


def signals(state: DriverState) -> Mapping[str, Value]:
    """A value for every signal; None: not available now."""
    seen = state.enabled and state.face
    head = state.off_neutral_deg if seen else None
    roll = state.pose.roll_deg if seen and state.pose is not None else None
    sight = state.sight_deg if seen and state.gaze is not None else None
    return {
        f"{_DRIVER}.AttentiveProbability": _percent(state.attention if seen else None),
        f"{_DRIVER}.DistractionLevel": _percent(1.0 - state.attention if seen else None),
        f"{_DRIVER}.FatigueLevel": _percent(state.drowsiness if seen else None),
        f"{_DRIVER}.IsEyesOnRoad": _eyes_on_road(state) if seen else None,
        f"{_OCCUPANT}.HeadPosition.Yaw": _angle(head and -head[0], 180.0),
        f"{_OCCUPANT}.HeadPosition.Pitch": _angle(head and head[1], 90.0),
        f"{_OCCUPANT}.HeadPosition.Roll": _angle(None if roll is None else -roll, 180.0),
        f"{_OCCUPANT}.MidEyeGaze.Azimuth": _angle(sight and -sight[0], 180.0),
        f"{_OCCUPANT}.MidEyeGaze.Elevation": _angle(sight and sight[1], 90.0),
        f"{_DMS}.IsEnabled": state.enabled,
        f"{_DMS}.IsWarning": any(FACTS[e.kind].family is not Family.SYSTEM for e in state.episodes),
        f"{_DMS}.IsError": any(
            FACTS[e.kind].family is Family.SYSTEM and e.kind not in _NO_FAULT
            for e in state.episodes
        ),
    }


NOTHING: Mapping[str, Value] = {
    name: False if name == f"{_DMS}.IsEnabled" else None for name in SIGNALS
}
"""What is left when the monitor goes: it is not enabled, and knows nothing."""


def _eyes_on_road(state: DriverState) -> bool | None:
    """Shut lids are not on the road; where nothing can be judged nobody says so."""
    if state.lids == "closed":
        return False
    return None if state.sight_deg is None else not state.distracted and state.level == 0


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100.0 * min(1.0, max(0.0, share)), 1)


def _angle(degrees: float | None, limit: float) -> float | None:
    return None if degrees is None else round(min(limit, max(-limit, degrees)), 1) + 0.0
