"""What was tried, as a table to read, a table to reckon with, and a picture of the trade-off."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from edge_pose.offline.tune.poisson import bounds
from edge_pose.offline.tune.trial import Outcome, Settings

_WIDTH, _HEIGHT, _MARGIN = 640, 420, 56


def name(words: Settings) -> str:
    return " ".join(words) or "as configured"


def false_per_hour(outcome: Outcome) -> tuple[float, float, float]:
    """(rate, lowest, highest) with 95 % bounds."""
    count, hours = outcome.false.total(), max(outcome.seconds / 3600.0, 1e-9)
    low, high = bounds(count)
    return count / hours, low / hours, high / hours


def found_share(outcome: Outcome) -> float | None:
    labelled = outcome.labelled.total()
    return outcome.found.total() / labelled if labelled else None


def text(settings: Sequence[Settings], outcomes: Sequence[Outcome]) -> str:
    """One paragraph for each setting."""
    lines = []
    for words, outcome in zip(settings, outcomes, strict=True):
        rate, low, high = false_per_hour(outcome)
        share = found_share(outcome)
        lines.append(name(words))
        found = "no labels" if share is None else (
            f"found {outcome.found.total()} of {outcome.labelled.total()} labelled ({share:.0%})"
        )  # fmt: skip
        lines.append(
            f"  {outcome.seconds / 3600.0:.2f} h, {found}, "
            f"{rate:.2f} other alerts an hour (95 %: {low:.2f}–{high:.2f})"
        )
        for kind, count in sorted(outcome.told.items()):
            missed = outcome.labelled[kind] - outcome.found[kind]
            lines.append(
                f"    {kind:24} told {count:4d}, unlabelled {outcome.false[kind]:4d}, "
                f"missed {missed:3d}"
            )
    return "\n".join(lines)


def write_table(path: Path, settings: Sequence[Settings], outcomes: Sequence[Outcome]) -> None:
    """``tune.csv``: one row for each setting."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(
            ["settings", "hours", "labelled", "found", "false", "false_per_h", "low", "high"]
        )
        for words, outcome in zip(settings, outcomes, strict=True):
            rates = [f"{value:.3f}" for value in false_per_hour(outcome)]
            table.writerow(
                [name(words), f"{outcome.seconds / 3600.0:.4f}", outcome.labelled.total(),
                 outcome.found.total(), outcome.false.total(), *rates]
            )  # fmt: skip


def picture(settings: Sequence[Settings], outcomes: Sequence[Outcome]) -> str:
    """An SVG: false alerts an hour to the right, share of the labels found upwards."""
    rates = [false_per_hour(outcome) for outcome in outcomes]
    most = max(1e-6, *(high for _, _, high in rates))
    parts = [_frame(most)]
    for words, outcome, (rate, low, high) in zip(settings, outcomes, rates, strict=True):
        share = found_share(outcome) or 0.0
        y = _y(share)
        parts.append(f'<path d="M{_x(low, most):.1f} {y:.1f}H{_x(high, most):.1f}" stroke="#999"/>')
        parts.append(
            f'<circle cx="{_x(rate, most):.1f}" cy="{y:.1f}" r="5" fill="#06c">'
            f"<title>{_escaped(name(words))}: {share:.0%}, {rate:.2f}/h</title></circle>"
        )
        parts.append(
            f'<text x="{_x(rate, most) + 7:.1f}" y="{y - 6:.1f}">{_escaped(name(words))}</text>'
        )
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" font-size="11">\n{body}\n</svg>\n'
    )


def _frame(most: float) -> str:
    right, bottom = _WIDTH - _MARGIN, _HEIGHT - _MARGIN
    ticks = "".join(
        f'<text x="{_MARGIN - 8}" y="{_y(share) + 4:.0f}" text-anchor="end">{share:.0%}</text>'
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    ) + "".join(
        f'<text x="{_x(part * most, most):.0f}" y="{bottom + 16}" text-anchor="middle">'
        f"{part * most:.1f}</text>"
        for part in (0.0, 0.5, 1.0)
    )  # fmt: skip
    return (
        f'<path d="M{_MARGIN} {_MARGIN}V{bottom}H{right}" fill="none" stroke="#333"/>{ticks}'
        f'<text x="{_WIDTH / 2:.0f}" y="{_HEIGHT - 14}" text-anchor="middle">other alerts an hour '
        f'(95 % bounds)</text><text x="14" y="{_MARGIN - 16}">labelled events found</text>'
    )


def _x(rate: float, most: float) -> float:
    return _MARGIN + rate / most * (_WIDTH - 2 * _MARGIN)


def _y(share: float) -> float:
    return _HEIGHT - _MARGIN - share * (_HEIGHT - 2 * _MARGIN)


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;")
