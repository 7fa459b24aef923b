"""The report of one day, from the event database's episodes and minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

import numpy as np

from edge_pose.plural import counted
from edge_pose.view import wording
from edge_pose.view.report.drive import attention_chart, fatigue_charts
from edge_pose.view.report.story import Chart, Event, Line, Series, Story, counts

_MARGIN_S = 60.0
_LONGEST_S = 2 * 86_400.0
"""An episode that ends later, by a clock that was set meanwhile, makes no day of years."""


class DayEpisode(Protocol):
    """An episode as the database gives it; times in UTC seconds."""

    @property
    def kind(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def utc_start_s(self) -> float: ...
    @property
    def utc_alert_s(self) -> float: ...
    @property
    def utc_end_s(self) -> float | None: ...
    @property
    def reason(self) -> str: ...


class DayMinute(Protocol):
    """One driven minute; shares in [0, 1]."""

    @property
    def utc_s(self) -> float: ...
    @property
    def face(self) -> float: ...
    @property
    def distracted(self) -> float: ...
    @property
    def attention(self) -> float: ...
    @property
    def attention_min(self) -> float: ...
    @property
    def perclos(self) -> float | None: ...
    @property
    def drowsiness(self) -> float | None: ...


def day_story(day: date, episodes: Sequence[DayEpisode], minutes: Sequence[DayMinute]) -> Story:
    """The whole report as values; minutes that were not driven stay gaps. A minute that two runs
    of the program share counts once."""
    minutes = list({round(m.utc_s / 60): m for m in minutes}.values())
    events = tuple(_event(episode) for episode in episodes)
    moments = [m.utc_s for m in minutes] + [m.utc_s + 60 for m in minutes]
    moments += [e.start_s for e in events] + [e.end_s or e.alert_s for e in events]
    start = min(moments, default=0.0) - _MARGIN_S
    end = min(max(moments, default=3600.0) + _MARGIN_S, start + _LONGEST_S)
    times, rows = _minute_axis(start, end, minutes)
    return Story(
        title=f"{day:%A}, {day.day} {day:%B %Y}",
        subtitle=f"{counted(len(minutes), 'minute')} driven",
        start_s=start,
        end_s=end,
        times=times,
        charts=tuple(chart for chart in _charts(rows) if chart.measured),
        events=events,
        facts=_facts(minutes, events),
        clock=lambda t: f"{datetime.fromtimestamp(t):%H:%M}",
        utc_offset_s=_utc_offset_s(start),
        ends_seen=False,
        empty="Nothing happened that called for an alert."
        if minutes
        else "Nothing was recorded on this day.",
    )


def _utc_offset_s(utc_s: float) -> float:
    """Of the device's local time, at that moment."""
    offset = datetime.fromtimestamp(utc_s).astimezone().utcoffset()
    return offset.total_seconds() if offset else 0.0


def _minute_axis(
    start: float, end: float, minutes: Sequence[DayMinute]
) -> tuple[Series, list[DayMinute | None]]:
    """Every minute from start to end, with what was recorded in it."""
    known = {round(m.utc_s / 60): m for m in minutes}
    numbers = range(round(start / 60), round(end / 60) + 1)
    return np.array([60.0 * n + 30 for n in numbers]), [known.get(n) for n in numbers]


def _charts(rows: Sequence[DayMinute | None]) -> tuple[Chart, ...]:
    def share(name: str) -> Series:
        values = [None if row is None else getattr(row, name) for row in rows]
        return np.array([np.nan if v is None else 100.0 * v for v in values])

    lowest = Line(name="lowest", style="grey", values=share("attention_min"), unit=" %")
    mean = Line(name="mean", style="blue", values=share("attention"), unit=" %")
    return (
        attention_chart((lowest, mean)),
        Chart(
            title="Looking away, face seen",
            note="Share of each minute.",
            low=0.0,
            high=100.0,
            marks=((100, "100 %"), (50, "50 %"), (0, "0 %")),
            lines=(
                Line(name="face seen", style="grey", values=share("face"), unit=" %"),
                Line(name="away", style="orange", values=share("distracted"), unit=" %"),
            ),
        ),
        *fatigue_charts(share("perclos") / 100, share("drowsiness") / 100),
    )


def _facts(
    minutes: Sequence[DayMinute], events: Sequence[Event]
) -> tuple[tuple[str, str, str], ...]:
    driver = [event for event in events if event.of_driver]
    facts = [(str(len(driver)), "episodes", counts(driver))]
    if not minutes:
        return tuple(facts)
    hours = len(minutes) / 60
    facts.append((f"{len(minutes) // 60}:{len(minutes) % 60:02d} h", "driven", "recorded minutes"))
    if hours >= 0.25:
        facts.append((f"{len(driver) / hours:.1f}", "episodes an hour", "attentive: about one"))
    away = sum(m.distracted for m in minutes) / len(minutes)
    facts.append((f"{100 * away:.1f} %", "away from the road", "mean of all minutes"))
    eyes = [m.perclos for m in minutes if m.perclos is not None]
    if eyes:
        facts.append((f"{100 * max(eyes):.1f} %", "highest PERCLOS", "drowsy from 15 %"))
    return tuple(facts)


def _event(episode: DayEpisode) -> Event:
    return Event(
        headline=wording.past(episode.kind),
        kind=episode.kind,
        level=episode.level,
        start_s=episode.utc_start_s,
        alert_s=episode.utc_alert_s,
        end_s=episode.utc_end_s,
        reason=episode.reason,
    )
