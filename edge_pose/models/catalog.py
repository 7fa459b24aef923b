"""Which model files there are, where they come from, and where they lie on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from edge_pose.errors import ModelError
from edge_pose.installation import release_folder
from edge_pose.models.card import read_checksum, verified

MEDIAPIPE = "0.10.18"
"""The last mediapipe whose wheels hold the models for x86-64 and arm64 (Apache-2.0)."""

RESEARCH = "research and evaluation only: the photos it learned from are"
CLEAN = "Apache-2.0: it learned from rendered heads alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One model file. ``member``: its path in the mediapipe wheel; None = shipped with the
    package, with its checksum in the card beside it."""

    name: str
    what: str
    licence: str
    bytes: int | None = None
    sha256: str | None = None
    member: str | None = None

    @property
    def file(self) -> str:
        return f"{self.name}.tflite"


HEAD_POSE = ModelFile(
    name="head_pose_int8",
    what="head pose from a face crop (int8), trained by deploy/model",
    licence=RESEARCH,
)
FACE: Final = {
    "research": ModelFile(
        name="face_int8",
        what="pose, 68 landmarks and what is before a face (int8), trained by deploy/model",
        licence=RESEARCH,
    ),
    "clean": ModelFile(
        name="face_clean_int8",
        what="the same, trained on rendered heads",
        licence=CLEAN,
    ),
}
EYES: Final = {
    "research": ModelFile(
        name="eyes_int8",
        what="gaze, lids and visibility of both eyes (int8), trained by deploy/model",
        licence=RESEARCH,
    ),
    "clean": ModelFile(
        name="eyes_clean_int8",
        what="the same, trained on rendered eyes",
        licence=CLEAN,
    ),
}
FACE_DETECTOR_INT8 = ModelFile(
    name="face_detector_int8",
    what="BlazeFace quantised to int8, faces of 0.1 of the image side and larger",
    licence="Apache-2.0 (MediaPipe), changed",
)
FACE_DETECTOR = ModelFile(
    name="face_detection_short_range",
    what="BlazeFace as published, for detector.backend = blazeface_float",
    licence="Apache-2.0 (MediaPipe)",
    bytes=229_714,
    sha256="bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    member="mediapipe/modules/face_detection/face_detection_short_range.tflite",
)
FACE_LANDMARKS = ModelFile(
    name="face_landmark",
    what="face mesh of 468 points, for pose.landmarks = mesh",
    licence="Apache-2.0 (MediaPipe)",
    bytes=1_242_398,
    sha256="1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
    member="mediapipe/modules/face_landmark/face_landmark.tflite",
)
CATALOG = (
    FACE_DETECTOR_INT8,
    *FACE.values(),
    *EYES.values(),
    HEAD_POSE,
    FACE_DETECTOR,
    FACE_LANDMARKS,
)
PACKAGE_FOLDER = Path(__file__).parent


def install_folder() -> Path:
    """Where installed models go: ``$EDGE_POSE_MODELS``, or the user's data folder."""
    chosen = os.environ.get("EDGE_POSE_MODELS")
    if chosen:
        return Path(chosen).expanduser()
    data = os.environ.get("XDG_DATA_HOME")
    base = Path(data) if data else Path.home() / ".local" / "share"
    return base / "edge-pose" / "models"


def model_file(name: str) -> ModelFile:
    """The catalogue's entry of a name."""
    for entry in CATALOG:
        if entry.name == name:
            return entry
    known = ", ".join(entry.name for entry in CATALOG)
    raise ModelError(f"{name}: no such model; known: {known}")


def located(entry: ModelFile) -> Path | None:
    """Where a model's file lies, unchecked; None when it is nowhere."""
    for folder in _folders():
        path = folder / entry.file
        if path.is_file():
            return path
    return None


def _folders() -> Iterator[Path]:
    """Where models are looked for. A board's release brings its own."""
    yield install_folder()
    release = release_folder()
    if release is not None:
        yield release / "share" / "models"
    yield PACKAGE_FOLDER


def identities() -> Iterator[tuple[str, str]]:
    """Name and sha256 of every model that belongs to this version, whether it is here or not."""
    for entry in CATALOG:
        shipped = PACKAGE_FOLDER / entry.file
        if entry.sha256 is not None or shipped.with_suffix(".json").is_file():
            yield entry.name, entry.sha256 or read_checksum(shipped)


def find(name: str) -> Path:
    """The path of a model by name, its checksum verified."""
    entry = model_file(name)
    path = located(entry)
    if path is None:
        raise ModelError(_missing(entry))
    return verified(path, entry.sha256 or read_checksum(path))


def _missing(entry: ModelFile) -> str:
    if entry.member is None:
        return f"{PACKAGE_FOLDER / entry.file}: the shipped model is missing; reinstall edge-pose"
    return (
        f"model {entry.name} is not installed; run `edge-pose models install --mesh`, or without "
        f"network put {entry.file} (from the mediapipe {MEDIAPIPE} wheel) into {install_folder()}"
    )
