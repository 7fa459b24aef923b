"""The load test's result in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_NAME = 22


def report(result: dict[str, Any]) -> Iterator[str]:
    """One line a figure."""
    for name, words in _figures(result):
        yield f"{name:<{_NAME}} {words}"


def _figures(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    boxes, took_s = result["boxes"], result["took_s"]
    messages, rows = result["messages"], result["events"] + result["minute_rows"]
    centre_s = sum(result["cpu_s"].values())
    yield "boxes", f"{boxes}, {result['minutes']} minutes each"
    yield "messages, rows", f"{messages}, {rows}"
    yield "took", f"{took_s:.0f} s: {rows / took_s:.0f} rows/s, {messages / took_s:.0f} messages/s"
    yield "killed", ", ".join(f"{name} at {at_s:.0f} s" for at_s, name in result["killed"])
    yield "lost, twice, dead", f"{result['lost']}, {result['twice']}, {result['dead_letters']}"
    yield "lag at full speed", _lag(result["catch_up_lag_s"])
    paced = result["paced_messages"]
    yield "lag at the real pace", f"{_lag(result['paced_lag_s'])} ({paced} messages)"
    yield "processor seconds", ", ".join(f"{k} {v:.0f}" for k, v in result["cpu_s"].items())
    cost_ms, size_mb = 1000.0 * centre_s / boxes, result["database_mb"] / boxes
    yield "a box's day costs", f"{cost_ms:.0f} ms of a processor, {size_mb:.2f} MB"
    yield "memory", ", ".join(f"{k} {v:.0f} MB" for k, v in result["peak_mb"].items())
    yield "machine", f"{result['cores']} cores, load {result['load']:.1f}"


def _lag(quantiles: dict[str, float]) -> str:
    return f"p50 {quantiles['p50']:.2f} s, p99 {quantiles['p99']:.2f} s"
