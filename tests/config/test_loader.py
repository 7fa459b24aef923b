"""Config files: every problem at once, with its place and a suggestion."""

from __future__ import annotations

import errno
import tomllib
from pathlib import Path

import pytest

from edge_pose.config.describe import describe
from edge_pose.config.loader import load
from edge_pose.errors import ConfigError, EdgePoseError


def write(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_defaults_hold() -> None:
    config = load()
    assert config.camera.source == "auto"
    assert config.web.host == "127.0.0.1"
    assert not config.mqtt.enabled
    assert not config.gpio.enabled
    assert not config.clips.enabled


def test_three_problems_are_three_lines_with_line_key_and_suggestion(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '[camera]\nfpss = 30\nwidth = "wide"\n\n[web]\nport = 70000\n',
    )
    with pytest.raises(ConfigError) as caught:
        load(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert f"{path}:2: camera.fpss: unknown key; did you mean 'fps'?" in lines
    assert any(line.startswith(f"{path}:3: camera.width: ") and "640 px" in line for line in lines)
    assert any(line.startswith(f"{path}:6: web.port: ") and "70000" in line for line in lines)


def test_an_unknown_section_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r":1: camra: unknown key; did you mean 'camera'\?"):
        load(write(tmp_path, "[camra]\nfps = 30\n"))


def test_a_toml_mistake_tells_its_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"not valid TOML: .*line 2"):
        load(write(tmp_path, "[camera]\nfps = \n"))


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml: no such file; `edge-pose check"):
        load(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("override", "expected"),
    [("camera.fps=15", 15.0), ("camera.fps = 12.5", 12.5)],
)
def test_overrides_win_over_the_file(tmp_path: Path, override: str, expected: float) -> None:
    path = write(tmp_path, "[camera]\nfps = 30\n")
    assert load(path, [override]).camera.fps == expected


def test_an_override_may_be_a_bare_word() -> None:
    assert load(None, ["camera.source=file:/tmp/a=b.mp4"]).camera.source == "file:/tmp/a=b.mp4"


@pytest.mark.parametrize("override", ["camera.fps", "=3", "camera..fps=3", "camera.fps.x.y=3"])
def test_a_bad_override_is_refused(override: str) -> None:
    with pytest.raises(ConfigError):
        load(None, ["camera.fps=20", override])


def test_describe_prints_valid_toml_with_units_and_sources() -> None:
    text = "\n".join(describe(load()))
    tables = tomllib.loads(text)
    assert tables["camera"]["width"] == 640
    assert "(px)" in text
    assert "Euro NCAP" in text


def test_describe_never_prints_a_secret() -> None:
    config = load(None, ["web.token=correct-horse-battery"])
    assert "correct-horse-battery" not in "\n".join(describe(config))


@pytest.mark.parametrize("wrong", ["1234567890", "true", "abc12"])
def test_a_secret_is_not_shown_even_when_it_is_wrong(wrong: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, [f"web.token={wrong}"])
    assert wrong not in str(caught.value)


def test_a_wait_for_a_network_camera_does_not_outlast_the_stop() -> None:
    config = load(None)
    assert config.camera.connect_s < config.runtime.stop_s


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.EIO, 1), (errno.EMFILE, 1), (errno.ENOMEM, 1), (errno.ENOENT, 2), (errno.EACCES, 2)],
)
def test_a_disk_that_fails_is_no_wrong_config(
    tmp_path: Path, number: int, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service's unit takes exit code 2 for a wrong config and never starts it again."""

    def fails(*_: object, **__: object) -> str:
        raise OSError(number, "no")

    monkeypatch.setattr(Path, "read_text", fails)
    with pytest.raises(EdgePoseError) as told:
        load(tmp_path / "config.toml")
    assert told.value.exit_code == code


def test_brackets_without_end_are_a_toml_mistake(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("x = " + 5000 * "[")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load(file)
    with pytest.raises(ConfigError):
        load(None, ["web.port=" + 5000 * "["])
