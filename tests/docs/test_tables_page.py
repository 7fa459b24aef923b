"""The page about tables names every column that a table has, and none that no table has."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from edge_pose.offline.stills.pose_list import COLUMNS
from edge_pose.sinks.store.query import as_record
from edge_pose.sinks.store.stored import StoredAlert, StoredEpisode
from edge_pose.tables import TRACE_COLUMNS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tables.md"
EPISODE = StoredEpisode(
    run=1,
    episode=2,
    kind="fatigue.sleep",
    kinds=("fatigue.sleep",),
    level=3,
    utc_start_s=0.0,
    utc_alert_s=3.0,
    utc_end_s=None,
    clock_synchronised=True,
    t_start_s=0.0,
    t_alert_s=3.0,
    t_end_s=None,
    reason="",
    values={},
)
ALERT = StoredAlert(
    run=1,
    episode=2,
    phase="new",
    kind="fatigue.sleep",
    level=3,
    utc_s=3.0,
    clock_synchronised=True,
    t_s=3.0,
    reason="",
    values={},
)


def section(title: str) -> str:
    return PAGE.read_text(encoding="utf-8").split(f"\n## {title}\n")[1].split("\n## ")[0]


def named(text: str) -> set[str]:
    """The words in backticks in the first cell of each row."""
    rows = re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE)
    return {word for row in rows for word in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize(
    ("title", "columns"),
    [
        ("A list of photos", COLUMNS),
        ("A replay", TRACE_COLUMNS),
        ("The device's records", as_record(EPISODE)),
    ],
)
def test_every_column_is_explained_and_no_other(title: str, columns: Iterable[str]) -> None:
    assert named(section(title)) == set(columns)


def test_what_an_alert_has_is_named() -> None:
    text = section("The device's records").split("With `--alerts`")[1]
    assert set(re.findall(r"`(\w+)`", text)) == set(as_record(ALERT))
