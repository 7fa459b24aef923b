"""``edge-pose update`` refuses in one line where it cannot work, and lets one run at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_pose import cli
from edge_pose.commands import update
from edge_pose.errors import ConfigError


def test_in_a_checkout_it_says_whom_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["update", "--from", "edge-pose.deb"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "installed board" in told[0]


def test_it_asks_for_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(update, "release_folder", lambda: tmp_path)
    monkeypatch.setattr(update.os, "geteuid", lambda: 1000)
    assert cli.main(["update", "--from", "edge-pose.deb"]) == 2
    assert "sudo" in capsys.readouterr().err


def test_a_second_update_at_the_same_time_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "_HOME", tmp_path)
    update._alone()
    with pytest.raises(ConfigError, match="another update"):
        update._alone()
