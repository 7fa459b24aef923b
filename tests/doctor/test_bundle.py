"""The zip for a bug report gives nothing away."""

# ruff: noqa: ARG002 (the fake takes what the real one takes)
from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_pose import cli
from edge_pose.config.root import Config
from edge_pose.doctor.bundle import HIDDEN, known_secrets, scrubbed, write_bundle
from edge_pose.doctor.finding import warn
from edge_pose.doctor.machine import Machine

SECRETS = ["hunter2hunter2", "broker-pass-9", "cam-pass-7", "alice-user", "key=abc123xyz"]


class Talkative(Machine):
    """A machine whose log repeats every secret."""

    def run(self, command: Sequence[str], timeout_s: float = 10.0) -> str | None:
        return "\n".join(f"Nov 01 edge-pose: connecting with {secret}" for secret in SECRETS)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    (tmp_path / "password").write_text("broker-pass-9\n")
    return Config.model_validate(
        {
            "camera": {"source": "rtsp://alice-user:cam-pass-7@cam.local/live?key=abc123xyz"},
            "web": {"token": "hunter2hunter2"},
            "mqtt": {"username": "alice-user", "password_file": str(tmp_path / "password")},
        }
    )


def test_no_secret_is_in_the_bundle(tmp_path: Path, config: Config) -> None:
    findings = [warn("camera", "rtsp://alice-user:cam-pass-7@cam.local: away", "wait")]
    path = write_bundle(tmp_path / "b.zip", Talkative(), config, findings)
    with zipfile.ZipFile(path) as bundle:
        names = bundle.namelist()
        everything = b"".join(bundle.read(name) for name in names).decode()
        settings = json.loads(bundle.read("config.json"))
    for secret in SECRETS:
        assert secret not in everything
    assert settings["mqtt"]["username"] == HIDDEN
    assert settings["camera"]["source"].endswith(f"cam.local/live?{HIDDEN}")
    assert {"report.json", "packages.txt", "system.txt", "journal.txt"} <= set(names)
    assert all(name.endswith((".json", ".txt")) for name in names), "no images"
    assert path.stat().st_mode & 0o077 == 0


def test_credentials_of_the_service_are_known_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mqtt-password").write_text("from-systemd-42\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert "from-systemd-42" in known_secrets(Config())


@settings(max_examples=30)
@given(st.text(), st.lists(st.text(min_size=3), max_size=4))
def test_scrubbing_leaves_none_of_them(text: str, secrets: list[str]) -> None:
    clean = scrubbed(text + "".join(secrets), sorted(secrets, key=len, reverse=True))
    for secret in secrets:
        if HIDDEN not in secret and not set(secret) & set(HIDDEN):
            assert secret not in clean.replace(HIDDEN, "\0")


@pytest.mark.parametrize("address", ["rtsp://bob:pw@cam/x", "mqtts://bob@host:8883"])
def test_users_in_addresses_are_hidden_even_when_unknown(address: str) -> None:
    assert "bob" not in scrubbed(f"lost {address}", [])


def test_the_verb_prints_json_writes_the_bundle_and_fails_without_a_camera(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("edge_pose.capture.auto_source._SYSFS", tmp_path)
    bundle = tmp_path / "report.zip"
    code = cli.main(
        ["doctor", "--json", "--bundle", str(bundle), "--set", "camera.source=v4l2:/dev/video99"]
    )
    parsed = json.loads(capsys.readouterr().out)
    assert code == 1
    assert parsed["ok"] is False
    assert zipfile.is_zipfile(bundle)


def test_pins_are_tried_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "pins.jsonl"
    path = tmp_path / "config.toml"
    path.write_text(
        "[camera]\nsource = 'demo:'\n[gpio]\nenabled = true\nbackend = 'record'\n"
        f"record_file = '{record}'\nled = {{ pin = 17 }}\nacknowledge = {{ pin = 23 }}\n"
    )
    cli.main(["doctor", "--pins", "--config", str(path)])
    shown = capsys.readouterr().out
    assert "gpio.led on 17: was on" in shown
    assert "gpio.acknowledge on 23: not active" in shown
    assert record.read_text()
