"""The page about tables names every column that a table has, and none that no table has."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from edge_pose.offline.stills.pose_list import COLUMNS
from edge_pose.sinks.store.stored import StoredAlert, StoredEpisode
from edge_pose.tables import TRACE_COLUMNS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "tables.md"


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
        ("The device's records", [field.name for field in dataclasses.fields(StoredEpisode)]),
    ],
)
def test_every_column_is_explained_and_no_other(title: str, columns: list[str]) -> None:
    assert named(section(title)) == set(columns)


def test_what_an_alert_has_is_named() -> None:
    text = section("The device's records").split("With `--alerts`")[1]
    names = [field.name for field in dataclasses.fields(StoredAlert)]
    assert set(re.findall(r"`(\w+)`", text)) == set(names)
