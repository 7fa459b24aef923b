"""Installing model files: from a wheel, a folder or a file, checked, and never half."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from edge_pose.errors import ModelError
from edge_pose.models import catalog, install

Say = Callable[[str], None]


def _quiet(_: str) -> None:
    """Progress is for people."""


@pytest.fixture
def content(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> bytes:
    """A catalogue of one small model, and an empty place for it."""
    content = b"the model" * 100
    digest = hashlib.sha256(content).hexdigest()
    entry = replace(catalog.FACE_DETECTOR, bytes=len(content), sha256=digest)
    for module in (catalog, install):
        monkeypatch.setattr(module, "CATALOG", (entry,))
    monkeypatch.setenv("EDGE_POSE_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(catalog, "PACKAGE_FOLDER", tmp_path / "package")
    return content


def _wheel(path: Path, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(str(catalog.FACE_DETECTOR.member), content)
    return path


def test_from_a_wheel(content: bytes, tmp_path: Path) -> None:
    (path,) = install.install(_wheel(tmp_path / "mediapipe.whl", content), _quiet)
    assert path.read_bytes() == content
    assert path.parent == tmp_path / "models"
    assert catalog.find(catalog.FACE_DETECTOR.name) == path


def test_from_a_folder_that_holds_the_wheel_among_others(content: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "a.txt").write_text("x")
    (folder / "broken.whl").write_bytes(b"no zip")
    _wheel(folder / "mediapipe.whl", content)
    assert install.install(folder, _quiet)


def test_from_a_bare_model_file(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "renamed.tflite"
    file.write_bytes(content)
    assert install.install(file, _quiet)[0].read_bytes() == content


def test_a_wrong_file_changes_nothing(content: bytes, tmp_path: Path) -> None:
    bad = _wheel(tmp_path / "mediapipe.whl", content[:-1] + b"!")
    with pytest.raises(ModelError, match="holds no face_detection"):
        install.install(bad, _quiet)
    assert not (tmp_path / "models").exists()


def test_a_damaged_copy_is_replaced(content: bytes, tmp_path: Path) -> None:
    wheel = _wheel(tmp_path / "mediapipe.whl", content)
    (path,) = install.install(wheel, _quiet)
    path.write_bytes(b"damaged")
    assert "damaged" in str(install.problem(catalog.CATALOG[0]))
    install.install(wheel, _quiet)
    assert path.read_bytes() == content


def test_nothing_missing_fetches_nothing(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install.install(_wheel(tmp_path / "mediapipe.whl", content), _quiet)
    monkeypatch.setattr(install, "_pip", lambda _: pytest.fail("no need to fetch"))
    assert install.install(None, _quiet, mesh=True)


def test_without_a_wish_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A fresh machine without network runs the default config."""
    monkeypatch.setattr(install, "_pip", lambda _: pytest.fail("no need to fetch"))
    monkeypatch.setenv("EDGE_POSE_MODELS", str(tmp_path / "none"))
    names = {path.stem for path in install.install(None, _quiet)}
    assert {"face_detector_int8", "face_int8", "eyes_int8"} <= names


def test_without_network_it_says_what_to_copy(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert content
    monkeypatch.setattr(install.sys, "executable", "/nowhere/python")  # type: ignore[attr-defined]
    said: list[str] = []
    with pytest.raises(ModelError, match=r"pip download mediapipe==0\.10\.18.*--from FILE\.whl"):
        install.install(None, said.append, mesh=True)
    assert "once" in said[0]


def test_finding_what_is_not_there_says_both_ways(content: bytes, tmp_path: Path) -> None:
    assert content
    with pytest.raises(ModelError, match=r"models install --mesh.*mediapipe 0\.10\.18") as error:
        catalog.find(catalog.FACE_DETECTOR.name)
    assert str(tmp_path / "models") in str(error.value)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(ModelError, match="known: face_detector_int8"):
        catalog.find("hand_pose")
