"""Episodes and the places of the curves as HTML; the curves' numbers for the page's script."""

from __future__ import annotations

from html import escape

import numpy as np

from edge_pose.view import wording
from edge_pose.view.kind_words import LEVEL_NAMES
from edge_pose.view.report.story import Chart, Event, Line, Series, Story, condensed

COLUMNS = 2000
"""Points of a curve at most: more than a screen has columns, so that zooming shows more."""


def chart(number: int, drawn: Chart) -> str:
    """One figure; the script draws the curves into it."""
    return (
        f'<figure class="chart"><figcaption><h3>{escape(drawn.title)}</h3>'
        f"<p>{escape(drawn.note)}</p></figcaption>"
        f'<div class="plot" data-chart="{number}" role="img" '
        f'aria-label="{escape(summary(drawn))}"></div></figure>'
    )


def summary(drawn: Chart) -> str:
    """The chart in one sentence, for people who cannot see it."""
    parts = []
    for line in drawn.lines:
        known = line.values[np.isfinite(line.values)]
        if known.size:
            low, high = float(known.min()), float(known.max())
            parts.append(f"{line.name} from {low:.0f}{line.unit} to {high:.0f}{line.unit}")
    return f"{drawn.title}: {', '.join(parts)}" if parts else f"{drawn.title}: not measured"


def table(story: Story) -> str:
    """The episodes as a table, or a sentence that there were none."""
    if not story.events:
        return f"<p>{escape(story.empty)}</p>"
    rows = "".join(_row(story, event) for event in story.events)
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Episodes"><table>'
        '<thead><tr><th scope="col">Began</th><th scope="col">What</th><th scope="col">Level</th>'
        '<th scope="col">Alert after</th><th scope="col">Lasted</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def numbers(story: Story) -> dict[str, object]:
    """What the page's script draws: curves at most ``COLUMNS`` points long, and the episodes."""
    times = condensed(story.times, (), COLUMNS)[0]
    return {
        "start": story.start_s,
        "end": story.end_s,
        "offset_s": story.utc_offset_s,
        "times": [round(float(t), 2) for t in times],
        "charts": [_curves(story, drawn) for drawn in story.charts],
        "events": [_bar(story, event) for event in story.events],
    }


def _curves(story: Story, drawn: Chart) -> dict[str, object]:
    _, lines = condensed(story.times, drawn.lines, COLUMNS)
    return {
        "low": drawn.low,
        "high": drawn.high,
        "marks": [[value, label] for value, label in drawn.marks],
        "bands": [list(band) for band in drawn.bands],
        "lines": [_line(line) for line in reversed(lines)],
    }


def _line(line: Line) -> dict[str, object]:
    told: dict[str, object] = {
        "name": line.name,
        "style": line.style,
        "unit": line.unit,
        "decimals": line.decimals,
        "values": _plain(line.values, line.decimals),
    }
    if line.low is not None and line.high is not None:
        told |= {
            "low": _plain(line.low, line.decimals),
            "high": _plain(line.high, line.decimals),
        }
    return told


def _plain(values: Series, decimals: int) -> list[float | None]:
    return [round(float(v), decimals) if np.isfinite(v) else None for v in values]


def _bar(story: Story, event: Event) -> dict[str, object]:
    unended_s = story.end_s if story.ends_seen else event.alert_s
    return {
        "start": event.start_s,
        "end": unended_s if event.end_s is None else event.end_s,
        "level": event.level if event.of_driver else 0,
        "headline": event.headline,
    }


def _row(story: Story, event: Event) -> str:
    unended = "open" if story.ends_seen else "end not known"
    lasted = unended if event.end_s is None else wording.duration(event.end_s - event.start_s)
    after = wording.duration(max(0.0, event.alert_s - event.start_s))
    return (
        f'<tr><td class="num">{story.clock(event.start_s)}</td>'
        f"<td>{escape(event.headline)}<small>{escape(event.reason)}</small></td>"
        f"<td>{_tag(event)}</td>"
        f'<td class="num">{after}</td><td class="num">{lasted}</td></tr>'
    )


def _tag(event: Event) -> str:
    """Its level; what the monitor says of itself is a note, as it is not counted."""
    if not event.of_driver:
        return f'<span class="tag note">{LEVEL_NAMES[0]}</span>'
    return f'<span class="tag level-{event.level}">{LEVEL_NAMES[event.level]}</span>'
