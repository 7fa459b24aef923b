"""The load test's picture: messages a second over time, and when what was killed. SVG by hand."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 900, 320, 70, 40, 30
_COLOURS = {"worker": "#1b7f4d", "database": "#7a3fb0", "broker": "#c2410c"}


def picture(result: dict[str, Any]) -> str:
    """The SVG text."""
    curve = result["curve"]
    rates = [((t0 + t1) / 2, (n1 - n0) / (t1 - t0)) for (t0, n0), (t1, n1) in pairwise(curve)]
    end_s: float = max(result["took_s"], 1.0)
    top: float = max([rate for _, rate in rates] or [1.0]) * 1.1

    def x(t: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - 20) * t / end_s

    def y(rate: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - _TOP) * rate / top

    line = " ".join(f"{x(t):.1f},{y(rate):.1f}" for t, rate in rates)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"'
        ' font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>',
        f'<polyline points="{line}" fill="none" stroke="#1d4ed8" stroke-width="2"/>',
    ]
    for share in (0.0, 0.5, 1.0):
        rate = top / 1.1 * share
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y(rate) + 4:.1f}" text-anchor="end">{rate:.0f}</text>'
            f'<line x1="{_LEFT}" x2="{_WIDTH - 20}" y1="{y(rate):.1f}" y2="{y(rate):.1f}"'
            ' stroke="#ddd"/>'
        )
    for at_s, name in result["killed"]:
        parts.append(
            f'<line x1="{x(at_s):.1f}" x2="{x(at_s):.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"'
            f' stroke="{_COLOURS[name]}" stroke-dasharray="4 3"/>'
            f'<text x="{x(at_s):.1f}" y="{_TOP - 8}" text-anchor="middle"'
            f' fill="{_COLOURS[name]}">{name}</text>'
        )
    parts.append(
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 10}" text-anchor="middle">seconds (to {end_s:.0f}):'
        f" messages confirmed a second, {result['boxes']} boxes; dashed: killed</text></svg>"
    )
    return "\n".join(parts) + "\n"
