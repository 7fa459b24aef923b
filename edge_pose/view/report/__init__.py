"""After the drive: one HTML file that tells what happened and what the numbers mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from edge_pose.view.report.day import DayEpisode, DayMinute, day_story
from edge_pose.view.report.drive import drive_story, read_events, read_trace
from edge_pose.view.report.page import html

__all__ = ["write_day_report", "write_report"]


def write_report(title: str, trace: Path, events: Path, out: Path) -> None:
    """The report of a replay, from the files it wrote."""
    story = drive_story(title, read_trace(trace), read_events(events))
    out.write_text(html(story), encoding="utf-8", newline="\n")


def write_day_report(
    day: date, episodes: Sequence[DayEpisode], minutes: Sequence[DayMinute], out: Path
) -> None:
    """The report of a day, from the event database."""
    out.write_text(html(day_story(day, episodes, minutes)), encoding="utf-8", newline="\n")
