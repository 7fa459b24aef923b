"""On an installed board the program finds the board's records and models by itself."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from edge_pose import cli, installation
from edge_pose.commands import rights
from edge_pose.config.runtime import RuntimeConfig
from edge_pose.errors import SinkError
from edge_pose.models import catalog


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a release that this process seems to run from."""
    (tmp_path / "share/models").mkdir(parents=True)
    (tmp_path / "share/release.json").write_text("{}")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    for name in ("STATE_DIRECTORY", "EDGE_POSE_MODELS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "nobody's"))
    return tmp_path


def test_records_are_the_services(release: Path) -> None:
    assert release.is_dir()
    assert RuntimeConfig().state_path == installation.BOARD_STATE
    assert RuntimeConfig(state_dir=Path("/other")).state_path == Path("/other")


def test_a_checkout_keeps_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert RuntimeConfig().state_path == tmp_path / "edge-pose"


def test_models_are_the_releases(release: Path) -> None:
    model = release / "share/models" / catalog.FACE_DETECTOR.file
    model.write_bytes(b"a model")
    assert catalog.located(catalog.FACE_DETECTOR) == model


def test_the_version_tells_build_and_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "build.json"
    file.write_text(json.dumps({"version": "1.2.3+git1", "commit": "abc123", "made": "now"}))
    monkeypatch.setattr(installation, "_BUILD", file)
    assert cli.main(["--version"]) == 0
    first, *models = capsys.readouterr().out.splitlines()
    assert first == "edge-pose 1.2.3+git1 (commit abc123)"
    assert {line.split()[1] for line in models} >= {catalog.FACE_DETECTOR.name}
    assert all(len(line.split()[2]) == 12 for line in models)


def test_closed_records_are_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rights.may_read(tmp_path)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SinkError, match=r"use sudo, or join the group edge-pose") as error:
        rights.may_read(tmp_path)
    assert "\n" not in str(error.value)


def test_root_goes_on_as_the_services_user(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert release.is_dir()
    did: list[tuple[object, ...]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    user = SimpleNamespace(pw_name="edge-pose", pw_uid=990, pw_gid=991)
    monkeypatch.setattr(rights.pwd, "getpwnam", lambda _: user)
    for name in ("initgroups", "setgid", "setuid", "chown"):
        monkeypatch.setattr(os, name, lambda *words, name=name: did.append((name, *words)))
    monkeypatch.setenv("HOME", "/root")
    state = tmp_path / "records"
    rights.as_service_user(state)
    assert did == [
        ("chown", state, 990, 991), ("initgroups", "edge-pose", 991), ("setgid", 991),
        ("setuid", 990),
    ]  # fmt: skip


def test_nobody_is_changed_off_the_board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "setuid", lambda _: pytest.fail("changed the user"))
    rights.as_service_user(tmp_path)
    assert not (tmp_path / "records").exists()
