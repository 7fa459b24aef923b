"""One page that shows how every label of a production is spread."""

from __future__ import annotations

import html
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from deploy.heads.reader import tables

_BINS, _BAR_PX, _HEIGHT_PX = 40, 8, 60
_LEFT_OUT = ("file", "number")

Column = tuple[str, list[str]]


def write_statistics(folder: Path, out: Path) -> None:
    """A self-contained HTML page over all finished shards of both subjects."""
    parts = []
    for subject in ("faces", "eyes"):
        columns = _columns(folder, subject)
        if columns:
            parts.append(f"<h1>{subject}: {len(columns[0][1])} pictures</h1>")
            parts += [_chart(name, cells) for name, cells in columns if name not in _LEFT_OUT]
    style = "body{font:14px sans-serif}figure{display:inline-block;margin:8px}svg{background:#eee}"
    out.parent.mkdir(parents=True, exist_ok=True)
    page = f"<!doctype html><meta charset=utf-8><title>Rendered heads</title><style>{style}</style>"
    out.write_text(page + "".join(parts), encoding="utf-8")


def _columns(folder: Path, subject: str) -> list[Column]:
    if not list(folder.glob(f"{subject}-*.csv")):
        return []
    lines: list[list[str]] = []
    head: list[str] = []
    for table in tables(folder, subject):
        first, *rest = table.read_text("utf-8").splitlines()
        head = first.split(",")
        lines += [line.split(",") for line in rest]
    return [(name, [line[k] for line in lines]) for k, name in enumerate(head)]


def _chart(name: str, cells: list[str]) -> str:
    numbers = _numbers(cells)
    few = sorted(set(cells))
    if numbers is None or len(few) <= 12:
        counts = Counter(cells)
        text = " · ".join(f"{html.escape(k) or 'none'} {v}" for k, v in counts.most_common(20))
        return f"<figure><figcaption><b>{name}</b> {text}</figcaption></figure>"
    counted, edges = np.histogram(numbers, _BINS)
    bars = "".join(
        f'<rect x="{k * _BAR_PX}" y="{_HEIGHT_PX * (1 - c / counted.max()):.0f}" '
        f'width="{_BAR_PX - 1}" height="{_HEIGHT_PX * c / counted.max():.0f}"/>'
        for k, c in enumerate(counted.tolist())
    )
    caption = (
        f"<b>{name}</b> {edges[0]:.2f} … {edges[-1]:.2f}, median {float(np.median(numbers)):.2f}"
    )
    size = f'width="{_BINS * _BAR_PX}" height="{_HEIGHT_PX}"'
    return f"<figure><svg {size}>{bars}</svg><figcaption>{caption}</figcaption></figure>"


def _numbers(cells: list[str]) -> NDArray[np.float64] | None:
    try:
        return np.array([float(cell) for cell in cells])
    except ValueError:
        return None
