"""The zip for a bug report gives nothing away."""

# ruff: noqa: ARG002 (the fake takes what the real one takes)
from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_pose import cli
from edge_pose.config.root import Config
from edge_pose.doctor.bundle import HIDDEN, known_secrets, scrubbed, write_bundle
from edge_pose.doctor.finding import warn
from edge_pose.doctor.machine import Machine

SECRETS = ["hunter2hunter2hunter2", "broker-pass-9", "cam-pass-7", "alice-user", "key=abc123xyz"]


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
            "web": {"token": "hunter2hunter2hunter2"},
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


class Betraying(Machine):
    """A machine that prints whatever it was told."""

    def __init__(self, root: Path, said: str) -> None:
        super().__init__(root)
        self._said = said
        for file in ("etc/os-release", "proc/version"):
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(said, encoding="utf-8")

    def run(self, command: Sequence[str], timeout_s: float = 10.0) -> str | None:
        return self._said


PRINTABLE = st.characters(blacklist_categories=["C", "Z"], blacklist_characters=HIDDEN)
# Long enough not to stand in a bundle by chance: each begins with letters that nothing else has.
secret = st.text(PRINTABLE, min_size=12, max_size=28).map("zQx7".__add__)
PLACES = (
    "username", "password_file", "token", "token_file", "credential", "installed", "camera user",
    "camera password", "camera query", "pipeline", "pipeline quoted", "pipeline address",
    "plugin", "plugin table",
)  # fmt: skip


def configured(place: str, word: str, folder: Path) -> Config:
    """A config in whose given place this secret stands."""
    file = folder / "secret"
    file.write_text(f"{word}\n# the old one is gone\n", encoding="utf-8")
    encoded = quote(word, safe="")
    sections: dict[str, dict[str, object]] = {
        "username": {"mqtt": {"username": word}},
        "password_file": {"mqtt": {"password_file": str(file)}},
        "token": {"web": {"token": word}},
        "token_file": {"web": {"token_file": str(file)}},
        "camera user": {"camera": {"source": f"rtsp://{encoded}:x@cam/live"}},
        "camera password": {"camera": {"source": f"rtsp://me:{encoded}@cam/live"}},
        "camera query": {"camera": {"source": f"http://cam/live?key={encoded}"}},
        "pipeline": {"camera": {"source": f"gst:rtspsrc user-pw={encoded} ! appsink"}},
        "pipeline quoted": {"camera": {"source": f'gst:rtspsrc user-pw="{encoded} x" ! appsink'}},
        "plugin": {"plugins": {"horn": {"api_key": word}}},
        "plugin table": {"plugins": {"horn": {"secrets": {"one": [word]}}}},
        "pipeline address": {"camera": {"source": f"gst:src location=rtsp://u:{encoded}@cam !"}},
    }.get(place, {})
    return Config.model_validate(sections)


@settings(max_examples=60)
@given(place=st.sampled_from(PLACES), word=secret)
def test_no_secret_of_any_place_is_in_the_bundle(place: str, word: str) -> None:
    with tempfile.TemporaryDirectory() as made, pytest.MonkeyPatch.context() as patch:
        folder = Path(made)
        config = configured(place, word, folder)
        (folder / "credentials").mkdir()
        (folder / "credentials" / "mqtt-password").write_text(word, encoding="utf-8")
        patch.delenv("CREDENTIALS_DIRECTORY", raising=False)
        if place == "credential":
            patch.setenv("CREDENTIALS_DIRECTORY", str(folder / "credentials"))
        if place == "installed":
            patch.setattr("edge_pose.sinks.mqtt.credentials.INSTALLED", folder / "credentials")
        source = config.camera.source
        # A secret that stands only inside an address is told with its address, never alone.
        said = f"lost {source}, retry" if place.startswith(("pipe", "camera")) else f"with {word}!"
        findings = [warn("x", said, said)]
        path = write_bundle(folder / "b.zip", Betraying(folder / "m", said), config, findings)
        with zipfile.ZipFile(path) as bundle:
            for name in bundle.namelist():
                text = bundle.read(name).decode()
                assert "zQx7" not in text, f"{name} tells the {place}"


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


def test_the_doctor_looks_at_the_config_of_the_board(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed = tmp_path / "config.toml"
    record = tmp_path / "pins.jsonl"
    installed.write_text(f"[gpio]\nenabled = true\nbackend = 'record'\nrecord_file = '{record}'\n")
    monkeypatch.setattr("edge_pose.commands.INSTALLED", installed)
    cli.main(["doctor", "--json"])
    told = capsys.readouterr().out
    assert json.loads(told)["findings"][0]["text"] == str(installed)
    assert "RecordingFactory" in told
    cli.main(["doctor", "--json", "--config", "/dev/null"])
    assert json.loads(capsys.readouterr().out)["findings"][0]["text"] == "/dev/null"
    installed.unlink()
    cli.main(["doctor", "--json"])
    assert json.loads(capsys.readouterr().out)["findings"][0]["text"] == "built-in values"


def test_the_service_finds_the_same_config_and_a_replay_stays_repeatable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed = tmp_path / "config.toml"
    installed.write_text("[web]\nenabled = maybe\n")
    monkeypatch.setattr("edge_pose.commands.INSTALLED", installed)
    for verb in (["run"], ["check"], ["calibrate"], ["events", "list"], ["pins", "--off"]):
        assert cli.main(verb) == 2, "the config of the board is read, and is wrong"
        assert str(installed) in capsys.readouterr().err
    (tmp_path / "text.csv").write_text("time,yaw\n0,0\n")
    cli.main(["replay", str(tmp_path / "text.csv"), "--out", str(tmp_path)])
    assert str(installed) not in capsys.readouterr().err
