"""A preset chosen while it ran holds over restarts, and nothing but a preset does."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_pose.remembered.preset import choose_preset, chosen_preset


def test_the_choice_is_kept(tmp_path: Path) -> None:
    assert chosen_preset(tmp_path) is None
    choose_preset(tmp_path / "new", "gentle")
    assert chosen_preset(tmp_path / "new") == "gentle"


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", '{"preset": "reckless"}', '{"preset": [1]}', '{"preset": {}}',
        '{"preset": ' + 50_000 * "[", "null", "\0", 100_000 * " ",
    ],
)  # fmt: skip
def test_a_damaged_choice_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "preset.json").write_text(text)
    assert chosen_preset(tmp_path) is None


def test_a_choice_that_cannot_be_written_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    choose_preset(tmp_path / "file", "gentle")
    assert "preset gentle is not kept" in caplog.text
