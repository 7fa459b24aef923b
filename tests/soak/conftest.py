"""Long runs tell what they measured, and on which commit."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

_told: list[str] = []


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Notes a measured result for the summary at the end."""

    def note(text: str) -> None:
        _told.append(f"{request.node.name}: {text}")

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not _told:
        return
    root = Path(__file__).resolve().parents[2]
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=root, capture_output=True, text=True,
        check=False,
    ).stdout.strip()  # fmt: skip
    terminalreporter.section(f"soak on {commit or 'an unknown commit'}")
    for line in _told:
        terminalreporter.write_line(line)
