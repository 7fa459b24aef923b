"""The report of one replay, from its ``trace.csv`` and ``events.jsonl``."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edge_pose.errors import ConfigError
from edge_pose.view import wording
from edge_pose.view.report.story import LEVELS, Chart, Event, Line, Series, Story, counts

_COLUMNS = (
    "t_s", "face", "yaw_deg", "pitch_deg", "roll_deg", "yaw_cam_deg", "pitch_cam_deg",
    "roll_cam_deg", "eye_left", "eye_right", "mouth", "attention", "distracted", "perclos",
    "drowsiness",
)  # fmt: skip

_PERCENT = ((100.0, "100 %"), (50.0, "50 %"), (0.0, "0 %"))

Trace = dict[str, Series]
"""Column name → values, NaN where empty."""


def read_trace(path: Path) -> Trace:
    """The columns a report needs; a column the file lacks is all NaN."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or "t_s" not in rows[0]:
        raise ConfigError(f"{path}: not a trace (no row with t_s); make one with edge-pose replay")
    return {name: np.array([_number(row.get(name)) for row in rows]) for name in _COLUMNS}


def read_events(path: Path) -> list[dict[str, Any]]:
    """One object a line, as the replay wrote them."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def drive_story(title: str, trace: Trace, events: Sequence[dict[str, Any]]) -> Story:
    """The whole report as values; ``trace`` and ``events`` may come straight from memory."""
    times = trace["t_s"]
    told = tuple(_event(event) for event in events)
    start, end = float(times[0]), float(times[-1])
    return Story(
        title=title,
        subtitle=f"{len(times)} frames, {wording.duration(end - start)}",
        start_s=start,
        end_s=end,
        times=times,
        charts=tuple(chart for chart in _charts(trace) if chart.measured),
        events=told,
        facts=_facts(trace, told),
        clock=_elapsed,
    )


def attention_chart(lines: tuple[Line, ...]) -> Chart:
    return Chart(
        title="Attention",
        note="Empties while the driver looks away.",
        low=0.0,
        high=100.0,
        marks=_PERCENT,
        lines=lines,
    )


def fatigue_charts(perclos: Series, drowsiness: Series) -> tuple[Chart, Chart]:
    """PERCLOS on its bands, and the fused score; both as shares in [0, 1]."""
    high = 30.0 if not _any(perclos) or float(np.nanmax(perclos)) <= 0.30 else 60.0
    marks = ((high, f"{high:.0f} %"), (15.0, "15 %"), (7.5, "7.5 %"), (0.0, "0 %"))
    line = Line(name="PERCLOS", style="orange", values=100 * perclos, unit=" %", decimals=1)
    fused = Line(name="drowsiness", style="blue", values=100 * drowsiness, unit=" %")
    return (
        Chart(
            title="PERCLOS",
            note="Closed eyes in the last minute. Tinted: questionable, then drowsy.",
            low=0.0,
            high=high,
            marks=marks,
            lines=(line,),
            bands=((7.5, 15.0, "band-advisory"), (15.0, high, "band-warning")),
        ),
        Chart(
            title="Drowsiness",
            note="Several cues in one: 0 % awake, 100 % asleep.",
            low=0.0,
            high=100.0,
            marks=_PERCENT,
            lines=(fused,),
        ),
    )


def _angle_chart(lines: tuple[Line, ...]) -> Chart:
    widest = max((float(np.nanmax(np.abs(v.values))) for v in lines if _any(v.values)), default=0)
    reach = next((r for r in (30, 60) if widest <= r), 90)
    return Chart(
        title="Head angles",
        note="Corrected for the face's place in the picture.",
        low=-float(reach),
        high=float(reach),
        marks=tuple((float(v), wording.degrees(v)) for v in range(-reach, reach + 1, reach // 2)),
        lines=lines,
    )


def _charts(trace: Trace) -> tuple[Chart, ...]:
    yaw, pitch, roll = (
        trace[f"{name}_cam_deg"] if _any(trace[f"{name}_cam_deg"]) else trace[f"{name}_deg"]
        for name in ("yaw", "pitch", "roll")
    )
    attention = Line(name="attention", style="blue", values=100 * trace["attention"], unit=" %")
    angles = (
        Line(name="roll", style="grey", values=roll, unit="°"),
        Line(name="pitch", style="orange", values=pitch, unit="°"),
        Line(name="yaw", style="blue", values=yaw, unit="°"),
    )
    eyes = (
        Line(name="mouth", style="grey", values=100 * trace["mouth"], unit=" %"),
        Line(name="eyes", style="green", values=100 * _both(trace), unit=" %"),
    )
    return (
        attention_chart((attention,)),
        _angle_chart(angles),
        Chart(
            title="Eyes and mouth",
            note="100 % is this driver's normal open eye; short dips are blinks.",
            low=0.0,
            high=120.0,
            marks=_PERCENT,
            lines=eyes,
        ),
        *fatigue_charts(trace["perclos"], trace["drowsiness"]),
    )


def _facts(trace: Trace, events: Sequence[Event]) -> tuple[tuple[str, str, str], ...]:
    face = float(np.nanmean(trace["face"])) if _any(trace["face"]) else 0.0
    away = float(np.nanmean(trace["distracted"])) if _any(trace["distracted"]) else 0.0
    driver = [event for event in events if event.of_driver]
    facts = [
        (str(len(driver)), "episodes", counts(driver)),
        (f"{100 * face:.1f} %", "face seen", "share of all frames"),
        (f"{100 * away:.1f} %", "away from the road", "share of all frames"),
    ]
    if _any(trace["attention"]):
        lowest = float(np.nanmin(trace["attention"]))
        facts.append((f"{100 * lowest:.0f} %", "lowest attention", "100 % is full attention"))
    if _any(trace["perclos"]):
        peak = float(np.nanmax(trace["perclos"]))
        facts.append((f"{100 * peak:.1f} %", "highest PERCLOS", "drowsy from 15 %"))
    return tuple(facts)


def _event(fields: dict[str, Any]) -> Event:
    return Event(
        headline=wording.past(fields["kind"]),
        kind=fields["kind"],
        level=LEVELS.index(fields["level"]),
        start_s=float(fields["t_start_s"]),
        alert_s=float(fields["t_alert_s"]),
        end_s=None if fields["t_end_s"] is None else float(fields["t_end_s"]),
        reason=fields["reason"],
    )


def _both(trace: Trace) -> Series:
    """Mean openness of the eyes that were seen."""
    pair = np.stack([trace["eye_left"], trace["eye_right"]])
    seen = np.isfinite(pair)
    total = np.where(seen, pair, 0.0).sum(axis=0)
    return np.asarray(
        np.where(seen.any(axis=0), total / np.maximum(seen.sum(axis=0), 1), np.nan), np.float64
    )


def _any(values: Series) -> bool:
    return bool(np.isfinite(values).any())


def _number(text: str | None) -> float:
    return float(text) if text else float("nan")


def _elapsed(t_s: float) -> str:
    """Minutes and seconds of the drive: 1:05, or 1:02:05 past the hour."""
    whole = int(t_s)
    hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
