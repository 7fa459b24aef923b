"""The line of sight as the picture shows it, and when nothing may be drawn over the eyes."""

from __future__ import annotations

from dataclasses import replace

from edge_pose.values import AlertKind, DriverState, Gaze, HeadPose, Scene
from edge_pose.view.drawing.gizmo import Matrix, rotation

_ASLEEP = {AlertKind.MICROSLEEP, AlertKind.SLEEP}


def asleep(state: DriverState) -> bool:
    """The eyes are shut, or an alert says that the driver sleeps: whoever looks at the picture
    must see the eyes themselves."""
    return state.lids == "closed" or any(e.kind in _ASLEEP for e in state.episodes)


def sight_in_head(scene: Scene, *, mirrored: bool) -> Matrix | None:
    """The turn (3, 3) from straight ahead of the face to where the eyes look; None where the eyes
    do not tell it. Gaze and head are both measured in the camera's axes, so this turn is the same
    wherever the head is drawn."""
    gaze = scene.state.gaze or scene.observation.gaze
    head = scene.state.pose or scene.observation.pose_cam
    if gaze is None or head is None:
        return None
    if mirrored:
        gaze = Gaze(yaw_deg=-gaze.yaw_deg, pitch_deg=gaze.pitch_deg)
        head = replace(head, yaw_deg=-head.yaw_deg, roll_deg=-head.roll_deg)
    looking = HeadPose(yaw_deg=gaze.yaw_deg, pitch_deg=gaze.pitch_deg, roll_deg=0.0)
    return rotation(head).T @ rotation(looking)
