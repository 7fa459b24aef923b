"""The config with which something was watched: kept whole, for owner and group alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_pose.live.config_file import ConfigFile
from edge_pose.remembered.proven_config import keep_config, proven_config

TOML = '[mqtt]\nenabled = true\nhost = "10.0.0.1"\npassword = "hunter2"\n'


@pytest.fixture
def nothing_is_masked() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("nothing_is_masked")
def test_it_is_kept_where_strangers_do_not_read(tmp_path: Path) -> None:
    assert proven_config(tmp_path) is None
    keep_config(tmp_path / "state", TOML)
    assert proven_config(tmp_path / "state") == TOML
    (file,) = (tmp_path / "state").iterdir()
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("text", ["", "[]", '{"toml": 3}', '{"toml": {}}', "\0", 70_000 * " "])
def test_a_damaged_one_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "proven_config.json").write_text(text)
    assert proven_config(tmp_path) is None


def test_only_what_was_read_and_watched_with_is_kept(tmp_path: Path) -> None:
    file, state = tmp_path / "config.toml", tmp_path / "state"
    file.write_text("[web]\nenabled = false\n")
    configs = ConfigFile(file, kept_in=state)
    first = configs.read()
    file.write_text("[web]\nport = 9000\n")
    second = configs.read()
    configs.prove(first)
    assert proven_config(state) is None
    configs.prove(second)
    assert proven_config(state) == "[web]\nport = 9000\n"
    assert configs.last_proven() is None, "the one just read is no other"
    file.write_text("[web]\nenabled = true\n")
    configs.read()
    other = configs.last_proven()
    assert other is not None
    assert other.web.port == 9000


def test_one_that_reads_no_more_is_no_help(tmp_path: Path) -> None:
    keep_config(tmp_path, "[gone]\nsection = 1\n")
    assert ConfigFile(tmp_path / "config.toml", kept_in=tmp_path).last_proven() is None
