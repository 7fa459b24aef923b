"""Is the camera well placed? Judged from what it measures while the driver looks ahead."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from edge_pose.values import Observation, PlacementVerdict

_SMALL, _TINY, _HUGE = 0.16, 0.115, 0.5
"""Face side over picture width. BlazeFace finds faces from 74 of 640 px (0.115)."""
_EDGE = 0.08
_YAW_DEG, _PITCH_DEG = 30.0, 25.0
"""Beyond these one eye hides on a glance to the far mirror, or behind lashes and lids."""
_DARK, _BRIGHT, _FLAT = 45.0, 215.0, 18.0
_EYES_SHARE, _FACE_SHARE = 0.8, 0.95


def judge(seen: Sequence[Observation], size: tuple[int, int]) -> tuple[PlacementVerdict, ...]:
    """All verdicts; ``size`` is the picture's (width, height). Empty without observations."""
    faces = [o for o in seen if o.face and o.box is not None]
    if not seen:
        return ()
    share = len(faces) / len(seen)
    verdicts = [_verdict("Face seen", f"{100 * share:.0f} %", share < _FACE_SHARE, _FACE_ADVICE)]
    if faces:
        verdicts += [_face_size(faces, size), _place(faces, size), _angle(faces), _eyes(faces)]
    light = _light(seen)
    return (*verdicts, light) if light else tuple(verdicts)


_FACE_ADVICE = "Point the camera at the face; take away what hides it."


def _verdict(name: str, found: str, bad: bool, advice: str) -> PlacementVerdict:
    return PlacementVerdict(name=name, found=found, good=not bad, advice=advice if bad else "")


def _face_size(faces: Sequence[Observation], size: tuple[int, int]) -> PlacementVerdict:
    share = median(o.box.side for o in faces if o.box) / size[0]
    advice = "Too near: move the camera back or use a wider lens."
    if share < _SMALL:
        worst = "hardly" if share < _TINY else "only just"
        advice = f"Small, {worst} enough: move the camera nearer or use a narrower lens."
    bad = not _SMALL <= share <= _HUGE
    return _verdict("Face size", f"{100 * share:.0f} % of the width", bad, advice)


def _place(faces: Sequence[Observation], size: tuple[int, int]) -> PlacementVerdict:
    left = median(o.box.x1 for o in faces if o.box) / size[0]
    right = 1.0 - median(o.box.x2 for o in faces if o.box) / size[0]
    top = median(o.box.y1 for o in faces if o.box) / size[1]
    bottom = 1.0 - median(o.box.y2 for o in faces if o.box) / size[1]
    rooms = {"left": left, "right": right, "upper": top, "lower": bottom}
    side, room = min(rooms.items(), key=lambda item: item[1])
    advice = f"The face is at the {side} edge: turn the camera towards it."
    return _verdict("Place", f"{100 * max(0.0, room):.0f} % room at least", room < _EDGE, advice)


def _angle(faces: Sequence[Observation]) -> PlacementVerdict:
    poses = [p for o in faces if (p := o.pose_cam or o.pose) is not None]
    if not poses:
        return _verdict("Angle", "not measured", True, "The head's pose could not be measured.")
    yaw, pitch = median(p.yaw_deg for p in poses), median(p.pitch_deg for p in poses)
    found = f"{abs(yaw):.0f}° aside, {abs(pitch):.0f}° {'below' if pitch > 0 else 'above'} the eyes"
    advice = "Move the camera towards the steering wheel's middle, near the height of the eyes."
    return _verdict("Angle", found, abs(yaw) > _YAW_DEG or abs(pitch) > _PITCH_DEG, advice)


def _eyes(faces: Sequence[Observation]) -> PlacementVerdict:
    seen = [o for o in faces if o.eyes and (o.eyes.left is not None or o.eyes.right is not None)]
    share = len(seen) / len(faces)
    advice = "The eyes are often not seen: lower the camera, add light, or take off dark glasses."
    return _verdict("Eyes seen", f"{100 * share:.0f} %", share < _EYES_SHARE, advice)


def _light(seen: Sequence[Observation]) -> PlacementVerdict | None:
    images = [o.image for o in seen if o.image is not None]
    if not images:
        return None
    bright, contrast = median(i.brightness for i in images), median(i.contrast for i in images)
    if bright < _DARK:
        words, advice = "dark", "Too dark: add an infrared lamp, or a camera that sees in the dark."
    elif bright > _BRIGHT:
        words, advice = "glaring", "Too bright: keep the sun and lamps out of the camera's view."
    elif contrast < _FLAT:
        words, advice = "flat", "Hardly any contrast: clean the lens, check the focus."
    else:
        return _verdict("Light", "good", False, "")
    return _verdict("Light", words, True, advice)
