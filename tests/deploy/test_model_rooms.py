"""The training code's rooms: a later one may import an earlier one, never back."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2] / "deploy" / "model"
ORDER = (
    "base",
    "data",
    "labels",
    "augment",
    "architectures",
    "training",
    "export",
    "evaluation",
    "morphable",
)


def used(path: Path) -> set[str]:
    """The rooms that a file imports, also inside its functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    parts = [name.split(".") for name in names if name and name.startswith("deploy.model.")]
    return {part[2] for part in parts}


@pytest.mark.parametrize("room", ORDER)
def test_rooms_import_one_way(room: str) -> None:
    files = list((ROOT / room).rglob("*.py"))
    assert files
    allowed = set(ORDER[: ORDER.index(room) + 1])
    for path in files:
        assert used(path) <= allowed, f"{path.name} imports {sorted(used(path) - allowed)}"


def test_every_file_has_its_room() -> None:
    loose = {path.name for path in ROOT.glob("*.py")}
    assert loose == {"__init__.py", "__main__.py", "commands.py"}
