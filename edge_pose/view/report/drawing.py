"""Curves and episodes as SVG and HTML fragments. Plots stretch; letters do not."""

from __future__ import annotations

import math
from html import escape

import numpy as np

from edge_pose.view import wording
from edge_pose.view.report.story import LEVELS, Chart, Event, Line, Series, Story, condensed

COLUMNS = 1000
_WIDTH, _HEIGHT = 1000.0, 100.0
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800)
_TICKS_MOST = 8


def chart(story: Story, drawn: Chart) -> str:
    """One figure: grid, bands, curves, labels beside them."""
    times, lines = condensed(story.times, drawn.lines, COLUMNS)
    x = _WIDTH * (times - story.start_s) / story.span_s
    marks = "".join(_mark(drawn, value, label) for value, label in drawn.marks)
    shapes = "".join(_band(drawn, *band) for band in drawn.bands)
    shapes += "".join(
        f'<path class="grid" d="M0 {_y(drawn, v):.1f}H{_WIDTH:.0f}"/>' for v, _ in drawn.marks
    )
    shapes += "".join(_envelope(drawn, line, x) + _curve(drawn, line, x) for line in lines)
    key = "".join(f'<li class="key {line.style}">{escape(line.name)}</li>' for line in lines)
    return (
        f'<figure class="chart"><figcaption><h3>{escape(drawn.title)}</h3>'
        f"<p>{escape(drawn.note)}</p><ul>{key}</ul></figcaption>"
        f'<div class="plot"><div class="marks" aria-hidden="true">{marks}</div>'
        f'<svg viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(summary(drawn))}">{shapes}</svg></div></figure>'
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


def lane(story: Story) -> str:
    """All episodes as bars on the time axis, taller when more urgent."""
    bars = "".join(_bar(story, event) for event in story.events)
    return f'<div class="lane plotted" aria-hidden="true">{bars}</div>'


def axis(story: Story) -> str:
    """The time axis: a few round moments."""
    step = next((s for s in _TICKS_S if story.span_s / s <= _TICKS_MOST), 21600)
    first = np.ceil(story.start_s / step) * step
    moments = np.arange(first, story.end_s + 1e-6, step)
    ticks = "".join(
        f'<span style="left:{100 * story.share(float(t)):.2f}%">{story.clock(float(t))}</span>'
        for t in moments
    )
    return f'<div class="axis plotted" aria-hidden="true">{ticks}</div>'


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
    """What the page's script reads under the pointer: the drawn points of every curve."""
    times, curves = story.times, []
    for drawn in story.charts:
        times, lines = condensed(story.times, drawn.lines, COLUMNS)
        curves += [
            {
                "name": line.name,
                "unit": line.unit,
                "values": [
                    None if not np.isfinite(v) else round(float(v), line.decimals)
                    for v in line.values
                ],
            }
            for line in reversed(lines)
        ]
    shares = [round(story.share(float(t)), 5) for t in times]
    words = [story.clock(float(t)) for t in times]
    return {"shares": shares, "clock": words, "curves": curves}


def _row(story: Story, event: Event) -> str:
    lasted = "open" if event.end_s is None else wording.duration(event.end_s - event.start_s)
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
        return '<span class="tag note">note</span>'
    return f'<span class="tag level-{event.level}">{LEVELS[event.level]}</span>'


def _bar(story: Story, event: Event) -> str:
    left = 100 * story.share(event.start_s)
    end = story.end_s if event.end_s is None else event.end_s
    width = 100 * story.share(end) - left
    place = f"left:{min(left, 99.6):.3f}%;width:max(4px,{width:.3f}%)"
    style = f"level-{event.level}" if event.of_driver else "aside"
    return f'<i class="{style}" style="{place}" title="{escape(event.headline)}"></i>'


def _mark(drawn: Chart, value: float, label: str) -> str:
    return f'<span style="top:{_y(drawn, value):.1f}%">{escape(label)}</span>'


def _band(drawn: Chart, low: float, high: float, style: str) -> str:
    top, bottom = _y(drawn, high), _y(drawn, low)
    return (
        f'<rect class="{style}" x="0" y="{top:.1f}" width="{_WIDTH:.0f}" '
        f'height="{max(0.0, bottom - top):.1f}"/>'
    )


def _curve(drawn: Chart, line: Line, x: Series) -> str:
    """A path that lifts the pen where nothing was measured."""
    path, down = [], False
    for place, value in zip(x.tolist(), line.values.tolist(), strict=True):
        if math.isnan(value):
            down = False
            continue
        path.append(f"{'L' if down else 'M'}{place:.1f} {_y(drawn, value):.1f}")
        if not down:
            path.append(f"L{place:.1f} {_y(drawn, value):.1f}")  # a lone point shows as a dot
        down = True
    return f'<path class="line {line.style}" d="{"".join(path)}"/>' if path else ""


def _envelope(drawn: Chart, line: Line, x: Series) -> str:
    """The spread that a column's mean hides."""
    if line.low is None or line.high is None:
        return ""
    spans = [
        f"M{place:.1f} {_y(drawn, low):.1f}V{_y(drawn, high):.1f}"
        for place, low, high in zip(x.tolist(), line.low.tolist(), line.high.tolist(), strict=True)
        if not math.isnan(low) and high > low
    ]
    return f'<path class="spread {line.style}" d="{"".join(spans)}"/>' if spans else ""


def _y(drawn: Chart, value: float) -> float:
    share = (value - drawn.low) / (drawn.high - drawn.low)
    return _HEIGHT * (1.0 - min(1.0, max(0.0, share)))
