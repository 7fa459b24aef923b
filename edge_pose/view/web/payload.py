"""What the page is told, as plain values ready for JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from edge_pose.kinds import FACTS
from edge_pose.values import EyeState, HeadPose, Health, Scene
from edge_pose.view import wording
from edge_pose.view.feed import PastEpisode, Sample, SceneFeed

STALE_S = 2.0
"""A live picture older than this is said to be so."""


def state(number: int, scene: Scene | None, feed: SceneFeed) -> dict[str, Any]:
    """Everything that changes from frame to frame."""
    age = feed.age_s
    stale = age is None or age > STALE_S
    guide = feed.guide
    base = {
        "guide": None if guide is None else asdict(guide),
        "number": number,
        "age_s": _plain(age),
        "stale": stale,
    }
    if scene is None:
        return base | {"notice": _notice(wording.Notice("Waiting for the camera", level=None))}
    current = scene.state
    return base | {
        "wall_s": _plain(feed.wall_s(current.t_s)),
        "face": current.face,
        "attention": _plain(current.attention),
        "level": current.level,
        "distracted": current.distracted,
        "enabled": current.enabled,
        "locked_out": current.locked_out,
        "muted": scene.health.muted,
        "calibration": _plain(current.calibration),
        "pose": _pose(current.pose),
        "off_neutral_deg": [_plain(v) for v in current.off_neutral_deg or ()] or None,
        "neutral": asdict(current.neutral) if current.neutral else None,
        "eyes": _eyes(current.eyes),
        "camera": current.camera.value,
        "gaze": [_plain(v) for v in (current.gaze.yaw_deg, current.gaze.pitch_deg)]
        if current.gaze
        else None,
        "sight_deg": [_plain(v) for v in current.sight_deg or ()] or None,
        "region": current.region,
        "movement": current.movement,
        "lids": current.lids,
        "limits": list(current.limits),
        "refused": current.refused,
        "perclos": _plain(current.perclos),
        "drowsiness": _plain(current.drowsiness),
        "notice": _notice(feed.notice or wording.notice(scene, stale=stale)),
        "open": len(current.episodes),
        "family": str(FACTS[current.episodes[0].kind].family) if current.episodes else None,
        "health": health(scene.health),
    }


def health(values: Health) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(values).items()}


def episodes(past: Iterable[PastEpisode]) -> list[dict[str, Any]]:
    return [{name: _plain(value) for name, value in asdict(one).items()} for one in past]


def trend(samples: Iterable[Sample]) -> list[list[float | None]]:
    """[wall_s, yaw, pitch, attention, level, eyes, perclos] for each point, oldest first."""
    return [
        [
            _plain(s.wall_s),
            _plain(s.yaw_deg),
            _plain(s.pitch_deg),
            _plain(s.attention),
            s.level,
            _plain(s.eyes),
            _plain(s.perclos),
        ]
        for s in samples
    ]


def _notice(notice: wording.Notice) -> dict[str, Any]:
    return asdict(notice)


def _pose(pose: HeadPose | None) -> list[float | None] | None:
    return (
        None if pose is None else [_plain(v) for v in (pose.yaw_deg, pose.pitch_deg, pose.roll_deg)]
    )


def _eyes(eyes: EyeState | None) -> dict[str, Any] | None:
    if eyes is None:
        return None
    return {name: _plain(getattr(eyes, name)) for name in ("left", "right", "mouth")}


def _plain(value: Any) -> Any:
    """Numbers at the precision people read; JSON knows no NaN."""
    if isinstance(value, float):
        return round(value, 3) if math.isfinite(value) else None
    return value
