"""What a wrong config is told: what was expected, in words, and which key was meant."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edge_pose.config.loader import load
from edge_pose.errors import ConfigError
from edge_pose.fleet.settings import load_fleet_config


def told(text: str, folder: Path) -> str:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path)
    return str(caught.value).replace(str(path), "config")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "[web]\nport = 'x'",
            "config:2: web.port: must be a whole number, got 'x'; the default is",
        ),
        (
            "[web]\nport = 70000",
            "config:2: web.port: must be at least 0 and at most 65535, got 70000",
        ),
        ("[web]\nhost = 3", "config:2: web.host: must be text in quotes, got 3"),
        ("[web]\nenabled = 'maybe'", "config:2: web.enabled: must be true or false, got 'maybe'"),
        (
            "[camera]\nfps = nan",
            "config:2: camera.fps: must be at least 1 and at most 240 Hz, got nan",
        ),
        ("[model]\nweights = 'clear'", "must be 'research' or 'clean', got 'clear'"),
        ("[mqtt]\nhost = 'tcp://b'", "mqtt.host: must be a host name or an address"),
        ("[sound]\ncommand = 'aplay'", "sound.command: must be a list, as in"),
        ("[gpio]\nbuzzer = 18", "gpio.buzzer: is a section: write [gpio.buzzer] and below it"),
        ("[gpio.buzzer]\nactive_low = true", "gpio.buzzer.pin: is missing; BCM number"),
        ("[gpio.buzzer]\npin = 1.5", "config:2: gpio.buzzer.pin: must be a whole number or text"),
    ],
)
def test_what_was_expected_is_said_in_words(text: str, words: str, tmp_path: Path) -> None:
    assert words in told(text, tmp_path)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[gpio.buzzer]\npin = 1\nactive_lo = true", "did you mean 'active_low'?"),
        ("[vehicle.can]\nsignals = [{quantity = 'gear', mesage = 'M'}]", "did you mean 'message'?"),
        ("pulses_per_km = 1", "did you mean gpio.speed.pulses_per_km?"),
        ("[camera]\nfield = 1", "known here: "),
    ],
)
def test_an_unknown_key_is_told_the_one_that_was_meant(
    text: str, hint: str, tmp_path: Path
) -> None:
    assert hint in told(text, tmp_path)


def test_a_value_that_may_be_one_of_two_kinds_is_one_problem(tmp_path: Path) -> None:
    assert len(told("[gpio.buzzer]\npin = 1.5", tmp_path).splitlines()) == 1


def test_an_unquoted_value_is_told_what_toml_wants_without_being_shown(tmp_path: Path) -> None:
    words = told("[camera]\nsource = rtsp://me:hush@10.0.0.2/x", tmp_path)
    assert "source: text stands in quotes, a switch is true or false" in words
    assert "hush" not in words


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_is_none_says_how_to_get_one(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=re.escape("`edge-pose check > FILE` writes one")):
        load(path)


def test_the_fleets_settings_are_explained_alike(tmp_path: Path) -> None:
    path = tmp_path / "fleet.toml"
    path.write_text("[broker]\nhots = 'x'\nport = 0\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_fleet_config(path)
    assert f"{path}:2: broker.hots: unknown key; did you mean 'host'?" in str(caught.value)
    assert f"{path}:3: broker.port: must be at least 1 and at most 65535, got 0" in str(
        caught.value
    )
