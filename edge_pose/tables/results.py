"""What a replay writes: one row for every frame, one object for every episode."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Self, TextIO

from edge_pose.values import Alert, DriverState, HeadPose, Observation

TRACE_COLUMNS = (
    "frame", "t_s", "face", "score", "yaw_deg", "pitch_deg", "roll_deg", "yaw_cam_deg",
    "pitch_cam_deg", "roll_cam_deg", "pose_std_deg", "fit_residual", "x1", "y1", "x2", "y2",
    "eye_left", "eye_right", "mouth", "speed_kmh", "standstill", "engaged", "acknowledge",
    "brightness", "contrast", "change", "level", "attention", "distracted", "off_yaw_deg",
    "off_pitch_deg", "perclos", "drowsiness",
)  # fmt: skip
_DECIMALS = {
    "t_s": 4, "score": 3, "fit_residual": 4, "x1": 1, "y1": 1, "x2": 1, "y2": 1, "attention": 4,
}  # fmt: skip


class _TextFile:
    """A text file written as it goes, in the same bytes on every machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        self._file = self._path.open("w", encoding="utf-8", newline="\n")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def _line(self, text: str) -> None:
        assert self._file is not None
        self._file.write(text + "\n")


class TraceWriter(_TextFile):
    """``trace.csv``: one row for every frame; an empty cell is *not measured*."""

    def __enter__(self) -> Self:
        super().__enter__()
        self._line(",".join(TRACE_COLUMNS))
        return self

    def write(self, observation: Observation, state: DriverState) -> None:
        """Append one row."""
        cells = _trace_cells(observation, state)
        self._line(",".join(_text(name, cells.get(name)) for name in TRACE_COLUMNS))


class EventsWriter(_TextFile):
    """``events.jsonl``: one object an episode, its last word, in the order they were raised."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._episodes: dict[int, Alert] = {}

    def write(self, alert: Alert) -> None:
        """Take note of one transition; the last one of its episode is what counts."""
        self._episodes[alert.id] = alert

    def __exit__(self, *_: object) -> None:
        for alert in sorted(self._episodes.values(), key=lambda a: (a.t_alert_s, a.id)):
            self._line(json.dumps(event_fields(alert), ensure_ascii=False))
        super().__exit__(*_)


def event_fields(alert: Alert) -> dict[str, Any]:
    """An episode as JSON-ready fields, times in seconds of the drive."""
    return {
        "id": alert.id,
        "kind": str(alert.kind),
        "kinds": [str(kind) for kind in alert.kinds or (alert.kind,)],
        "level": alert.level.label,
        "t_start_s": round(alert.t_start_s, 3),
        "t_alert_s": round(alert.t_alert_s, 3),
        "t_end_s": None if alert.t_end_s is None else round(alert.t_end_s, 3),
        "reason": alert.reason,
        "values": {name: round(value, 3) for name, value in alert.values.items()},
    }


def _trace_cells(observation: Observation, state: DriverState) -> dict[str, Any]:
    cells: dict[str, Any] = {
        "frame": observation.frame,
        "t_s": observation.t_s,
        "face": observation.face,
        "score": observation.score,
        "level": state.level,
        "attention": state.attention,
        "distracted": state.distracted,
        "perclos": state.perclos,
        "drowsiness": state.drowsiness,
    }
    cells |= _pose_cells(observation.pose, "deg") | _pose_cells(observation.pose_cam, "cam_deg")
    for part, names in (
        (observation.box, ("x1", "y1", "x2", "y2")),
        (observation.image, ("brightness", "contrast", "change")),
        (observation.vehicle, ("speed_kmh", "standstill", "engaged", "acknowledge")),
    ):
        cells |= {name: getattr(part, name, None) for name in names}
    pose = observation.pose_cam or observation.pose
    cells["pose_std_deg"] = pose.std_deg if pose else None
    cells["fit_residual"] = observation.fit_residual
    if (eyes := observation.eyes) is not None:
        cells |= {"eye_left": eyes.left, "eye_right": eyes.right, "mouth": eyes.mouth}
    if state.off_neutral_deg is not None:
        cells["off_yaw_deg"], cells["off_pitch_deg"] = state.off_neutral_deg
    return cells


def _pose_cells(pose: HeadPose | None, suffix: str) -> dict[str, Any]:
    if pose is None:
        return {}
    return {
        f"yaw_{suffix}": pose.yaw_deg,
        f"pitch_{suffix}": pose.pitch_deg,
        f"roll_{suffix}": pose.roll_deg,
    }


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int):
        return str(int(value))
    if not math.isfinite(value):
        return ""
    text = f"{value:.{_DECIMALS.get(name, 2)}f}"
    # A negative value that rounds to nothing would read "-0.00".
    return text.lstrip("-") if float(text) == 0.0 else text
