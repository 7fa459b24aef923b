"""The view's settings refuse what would be unsafe."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from edge_pose.config.view import WebConfig
from edge_pose.errors import ConfigError
from edge_pose.view.web.access import read_token


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_loopback_needs_no_token(host: str) -> None:
    assert WebConfig(host=host).loopback


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "car.local"])
def test_the_network_needs_a_token(host: str) -> None:
    with pytest.raises(ValidationError, match="set token or token_file"):
        WebConfig(host=host)
    assert not WebConfig(host=host, token="long enough for all").loopback
    assert not WebConfig(host=host, enabled=False).enabled


def test_token_and_file_exclude_each_other_and_short_ones_are_refused() -> None:
    with pytest.raises(ValidationError, match="not both"):
        WebConfig(token="long enough for all", token_file=Path("x"))
    with pytest.raises(ValidationError, match="too short"):
        WebConfig(token="short")


def test_a_token_never_shows_in_print() -> None:
    assert "s3cret-word-of-mine" not in repr(WebConfig(token="s3cret-word-of-mine"))


def test_the_token_file_is_read_or_named_in_the_error(tmp_path: Path) -> None:
    path = tmp_path / "token"
    config = WebConfig(host="0.0.0.0", token_file=path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_token(config)
    path.write_text("abc\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="16 characters"):
        read_token(config)
    path.write_text("a-long-token-of-mine \nsecond line\n", encoding="utf-8")
    assert read_token(config) == "a-long-token-of-mine"


def test_a_token_that_everyone_on_the_machine_can_read_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "token"
    path.write_text("a-long-token-of-mine\n", encoding="utf-8")
    for mode, warned in ((0o640, 0), (0o644, 1), (0o644, 1)):
        path.chmod(mode)
        read_token(WebConfig(host="0.0.0.0", token_file=path))
        assert caplog.text.count("everyone on this machine can read") == warned
