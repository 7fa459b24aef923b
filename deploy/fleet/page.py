"""The dashboard as one HTML page without a server: the same questions, drawn as SVG."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any

from deploy.fleet.panels import PANELS, Panel

_WIDTH, _HEIGHT = 560, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 12, 10, 24
_COLOURS = ("#1d4ed8", "#c2410c", "#15803d", "#7e22ce", "#b91c1c", "#0e7490", "#a16207", "#4b5563")
_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#111}
h1{font-size:22px;margin:18px 24px 4px}p{margin:0 24px 8px;color:#555}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(560px,1fr));gap:14px;
padding:14px 24px}
section{background:#fff;border:1px solid #ddd;border-radius:8px;padding:12px;overflow-x:auto}
h2{font-size:15px;margin:0 0 8px}table{border-collapse:collapse;width:100%;font-size:13px}
td,th{padding:3px 8px;text-align:left;border-bottom:1px solid #eee}
.key{font-size:12px;color:#333}
.key b{display:inline-block;width:10px;height:10px;margin:0 4px 0 10px}
"""


def page(connection: Any, start: datetime, end: datetime) -> str:
    """The HTML text of all panels for a range of time."""
    sections = "".join(_section(connection, panel, start, end) for panel in PANELS)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>edge_pose fleet</title>'
        f"<style>{_STYLE}</style><h1>edge_pose fleet</h1>"
        f"<p>{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC</p><main>{sections}</main></html>\n"
    )


def answer(connection: Any, panel: Panel, start: datetime, end: datetime) -> tuple[Any, Any]:
    """The names of the columns and the rows."""
    sql = panel.sql.replace("$from", "%(start)s").replace("$to", "%(end)s")
    cursor = connection.execute(sql, {"start": start, "end": end})
    return [column.name for column in cursor.description], cursor.fetchall()


def _section(connection: Any, panel: Panel, start: datetime, end: datetime) -> str:
    names, rows = answer(connection, panel, start, end)
    if not rows:
        drawn = "nothing"
    elif panel.kind == "lines":
        drawn = _lines(rows, start, end, share=panel.unit == "percentunit")
    else:
        drawn = _table(names, rows)
    return f"<section><h2>{escape(panel.title)}</h2>{drawn}</section>"


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_plain(cell))}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _plain(cell: Any) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _lines(rows: Sequence[Any], start: datetime, end: datetime, *, share: bool) -> str:
    series: dict[str, list[tuple[datetime, float]]] = defaultdict(list)
    for time, metric, value in rows:
        if value is not None:
            series[metric].append((time, float(value)))
    top = max([value for points in series.values() for _, value in points] or [1.0]) or 1.0
    span_s = max(1.0, (end - start).total_seconds())

    def place(time: datetime, value: float) -> str:
        x = _LEFT + (_WIDTH - _LEFT - _RIGHT) * max(0.0, (time - start).total_seconds()) / span_s
        y = _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * value / top
        return f"{x:.1f},{y:.1f}"

    drawn, key = [], []
    for colour, (metric, points) in zip(_COLOURS * 4, sorted(series.items()), strict=False):
        line = " ".join(place(*point) for point in points)
        drawn.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        key.append(f'<b style="background:{colour}"></b>{escape(metric)}')
    label = f"{100 * top:.0f} %" if share else f"{top:g}"
    axes = (
        f'<text x="{_LEFT - 6}" y="{_TOP + 10}" text-anchor="end" font-size="12">{label}</text>'
        f'<text x="{_LEFT - 6}" y="{_HEIGHT - _BOTTOM}" text-anchor="end" font-size="12">0</text>'
        f'<text x="{_LEFT}" y="{_HEIGHT - 6}" font-size="12">{start:%H:%M}</text>'
        f'<text x="{_WIDTH - _RIGHT}" y="{_HEIGHT - 6}" text-anchor="end" font-size="12">'
        f"{end:%H:%M}</text>"
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="100%">{axes}{"".join(drawn)}</svg>'
        f'<div class="key">{"".join(key)}</div>'
    )
