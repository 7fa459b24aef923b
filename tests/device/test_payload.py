"""What a payload says of itself: which version, which models, which parts."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from deploy.device.payload.bill import bill
from deploy.device.payload.catalog import fetched_models, wheel_version
from deploy.device.payload.identity import identity
from edge_pose.models.catalog import CATALOG, MEDIAPIPE

ROOT = Path(__file__).resolve().parents[2]


def test_the_models_to_fetch_are_those_of_the_catalogue() -> None:
    told = {(m.name, m.member, m.sha256) for m in fetched_models(ROOT)}
    assert told == {(m.name, m.member, m.sha256) for m in CATALOG if m.member}
    assert wheel_version(ROOT) == MEDIAPIPE


def test_the_same_tree_is_the_same_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first = identity(ROOT)
    assert first == identity(ROOT)
    assert first["made"] == "2023-11-14T22:13:20Z"
    assert first["version"].startswith("0.")
    monkeypatch.setenv("EDGE_POSE_VERSION", "9.9.9")
    assert identity(ROOT)["version"] == "9.9.9"


def test_a_tree_without_git_has_a_version_too(tmp_path: Path) -> None:
    (tmp_path / "edge_pose").mkdir()
    (tmp_path / "edge_pose/__init__.py").write_text('__version__ = "3.1"\n')
    (tmp_path / "pyproject.toml").write_text("")
    told = identity(tmp_path)
    assert (told["version"], told["commit"]) == ("3.1", "")


def a_payload(folder: Path) -> Path:
    (folder / "wheels").mkdir(parents=True)
    (folder / "models").mkdir()
    (folder / "release.json").write_text(json.dumps({"version": "1.0", "made": "2026-01-01"}))
    with zipfile.ZipFile(folder / "wheels/a_part-2.0-py3-none-any.whl", "w") as wheel:
        about = "Metadata-Version: 2.1\nName: a_part\nVersion: 2.0\nLicense: MIT\n"
        wheel.writestr("a_part-2.0.dist-info/METADATA", about)
    for model in fetched_models(ROOT):
        (folder / "models" / model.file).write_bytes(b"a model")
    return folder


def test_the_bill_lists_every_wheel_and_model_with_its_checksum(tmp_path: Path) -> None:
    payload = a_payload(tmp_path / "payload")
    told = bill(payload, ROOT)
    assert told == bill(payload, ROOT)
    parts = {part["name"]: part for part in told["components"]}
    assert parts["a-part"]["purl"] == "pkg:pypi/a-part@2.0"
    assert parts["a-part"]["licenses"] == [{"license": {"name": "MIT"}}]
    sha256 = hashlib.sha256(b"a model").hexdigest()
    for entry in CATALOG:
        if entry.member:
            assert parts[entry.name]["hashes"] == [{"alg": "SHA-256", "content": sha256}]
    assert "head_pose_int8" in parts
    assert len({part["bom-ref"] for part in told["components"]}) == len(told["components"])
