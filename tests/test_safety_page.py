"""The safety case is true to its tests: each row names one that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROWS = [
    line
    for line in (ROOT / "docs" / "safety.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| Loss")
]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("row", ROWS, ids=[row.split("|")[1].strip() for row in ROWS])
def test_a_row_names_a_test_that_exists(row: str) -> None:
    assert len(row.strip("|").split("|")) == 5
    named = NAMED.findall(row)
    assert named, "a measure without a test is a wish"
    assert len(named) == row.count("`tests/")
    for path, test in named:
        assert test in names_in(ROOT / path)


def test_every_file_that_the_security_page_names_is_there() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)`", text)
    assert len(named) >= 5
    assert all((ROOT / path).is_file() for path in named)
