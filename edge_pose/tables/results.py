"""What a replay writes: one row for every frame, one object for every episode."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self, TextIO

from edge_pose.tables.columns import COLUMNS, TRACE_COLUMNS
from edge_pose.values import Alert, DriverState, Observation


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
        self._line(",".join(column.cell(observation, state) for column in COLUMNS))


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
        "steps": [
            {"t_s": round(step.t_s, 3), "kind": str(step.kind), "level": step.level.label}
            for step in alert.steps
        ],
        **({"shadow": True} if alert.shadow else {}),
    }
