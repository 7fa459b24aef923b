"""Long simulations tell what they measured."""

from __future__ import annotations

from collections.abc import Callable

import pytest

_told: list[str] = []


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Notes a measured result for the summary at the end."""

    def note(text: str) -> None:
        _told.append(f"{request.node.name}: {text}")

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _told:
        terminalreporter.section("simulated drives")
        for line in _told:
            terminalreporter.write_line(line)
