"""A program without page and screen carries nothing of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from edge_pose.config.loader import load
from edge_pose.live import app as composition
from edge_pose.live.app import App


def test_the_program_starts_without_what_only_page_and_screen_need() -> None:
    asked = "import sys, edge_pose.live.app; print(*sorted(sys.modules))"
    found = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    unneeded = {
        "asyncio",
        "ssl",
        "edge_pose.view.web",
        "edge_pose.view.screen",
        "uvicorn",
        "pygame",
    }
    assert "edge_pose.live.app" in found
    assert not unneeded & set(found)


@pytest.mark.parametrize("page", [True, False])
def test_what_machines_ask_is_made_for_a_page_only(
    page: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    probes = composition.HealthEndpoints

    def counted(*args: object, **kwargs: object) -> object:
        made.append(probes(*args, **kwargs))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(composition, "HealthEndpoints", counted)
    settings = [f"runtime.state_dir={str(tmp_path)!r}", f"web.enabled={str(page).lower()}"]
    App(load(None, ['camera.source="demo:"', *settings]))
    assert len(made) == int(page)
