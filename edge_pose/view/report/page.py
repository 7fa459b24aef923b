"""A story as one HTML page that needs nothing else: fonts, style and script inside."""

from __future__ import annotations

import base64
import json
from html import escape
from importlib.resources import files
from string import Template

from edge_pose.view.report import drawing
from edge_pose.view.report.meaning import MEANINGS
from edge_pose.view.report.story import Story, worst


def html(story: Story) -> str:
    """The whole page; the same story gives the same text."""
    static = files("edge_pose.view") / "static"
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}<small>{escape(word)}</small></dd></div>"
        for value, name, word in story.facts
    )
    meanings = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in MEANINGS
    )
    data = json.dumps(drawing.numbers(story), separators=(",", ":")).replace("<", "\\u003c")
    return Template((static / "report.html").read_text(encoding="utf-8")).substitute(
        title=escape(story.title),
        subtitle=escape(story.subtitle),
        verdict=escape(_verdict(story)),
        facts=facts,
        charts="".join(drawing.chart(i, chart) for i, chart in enumerate(story.charts)),
        table=drawing.table(story),
        course_hidden="" if story.charts or story.events else " hidden",
        meanings=meanings,
        data=data,
        style=(static / "report.css").read_text(encoding="utf-8"),
        script=(static / "report.js").read_text(encoding="utf-8"),
        library=(static / "uplot.min.js").read_text(encoding="utf-8"),
        library_style=(static / "uplot.min.css").read_text(encoding="utf-8"),
        library_licence=escape((static / "uplot-LICENSE.txt").read_text(encoding="utf-8")),
        regular=_coded(static.joinpath("b612-regular.woff2").read_bytes()),
        bold=_coded(static.joinpath("b612-bold.woff2").read_bytes()),
    )


def _verdict(story: Story) -> str:
    event = worst(story.events)
    if event is None:
        return story.empty
    return f"Most urgent: {event.headline} at {story.clock(event.start_s)}: {event.reason}."


def _coded(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")
