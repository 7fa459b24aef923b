"""The card beside a shipped model: what it takes, what it gives, and its checksum."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge_pose.errors import ModelError


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class CardInput(_Part):
    """The image a model takes: ``size`` pixels square, ``crop_scale`` × the tight box."""

    size: int = Field(ge=16, le=1024)
    crop_scale: float = Field(gt=0.5, lt=5.0)


class SpreadCalibration(_Part):
    """Expected error in degrees = exp(scale · spread + offset), fitted on validation data."""

    scale: float = 1.0
    offset: float = 0.0


class ModelCard(_Part):
    """The part of a card that running the model needs; the rest is for people."""

    name: str
    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int
    input: CardInput
    head: Literal["rotation6d", "angles"]
    spread: SpreadCalibration | None = None


class Line(_Part):
    """A calibration fitted on validation data: scale · output + offset."""

    scale: float = 1.0
    offset: float = 0.0


class FaceCard(_Part):
    """What running a face network needs. ``spread``: ln of degrees; ``landmark_spread``: ln of crop
    units; ``flag_thresholds``: the logit from which each flag is more likely than not;
    ``box_from_landmarks``: x1, y1, x2, y2 of a tight box from that of its 68 landmarks, in its
    longer sides."""

    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    input: CardInput
    spread: SpreadCalibration = SpreadCalibration()
    landmark_spread: Line = Line()
    flag_thresholds: dict[str, float] = Field(default_factory=dict)
    box_from_landmarks: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


class StripInput(_Part):
    """The strip of both eyes: pixels, width in shares of the distance of the outer eye corners,
    where its normalised grey is cut off, in deviations; and the unit and limit of the head's
    angles beside it."""

    width: int = Field(default=96, ge=16, le=512)
    height: int = Field(default=36, ge=8, le=256)
    strip_scale: float = Field(default=1.5, gt=1.0, lt=4.0)
    clip: float = Field(default=2.5, gt=0.5, lt=10.0)
    head_scale_deg: float = Field(default=60.0, gt=1.0, le=90.0)
    head_limit: float = Field(default=1.5, gt=0.1, le=5.0)


class EyesCard(_Part):
    """What running an eye network needs. ``gaze_scale_deg``: the unit of its angles;
    ``gaze_zero_deg``: subtracted; ``gaze_spread``: ln of degrees; thresholds: the logit from which
    a lid is more likely shut than not, an eye visible; ``mirror_average``: read the mirrored
    strip too and take the mean."""

    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    input: StripInput = StripInput()
    gaze_scale_deg: float = Field(default=30.0, gt=0.0, le=90.0)
    gaze_zero_deg: tuple[float, float] = (0.0, 0.0)
    gaze_spread: Line = Line()
    closed_threshold: float = 0.0
    visible_threshold: float = 0.0
    mirror_average: bool = False


class Lines(_Part):
    """A line for each number of an output's last axis: scale · output + offset."""

    scale: tuple[float, ...]
    offset: tuple[float, ...]


class DetectorCard(_Part):
    """What running a detector of ours needs. ``outputs``: what makes an output input pixels, or
    a logit."""

    file: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    outputs: dict[str, Lines] = Field(default_factory=dict)


class _Outline(_Part):
    landmark_spread: Any = None


class _Checksum(_Part):
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


_Card = TypeVar("_Card", bound=_Part)


def read_card(model: Path) -> ModelCard:
    """The card of a pose network's file, which lies beside it with the suffix .json."""
    return _read(model, ModelCard)


def read_face_card(model: Path) -> FaceCard:
    """The card of a face network's file."""
    return _read(model, FaceCard)


def read_eyes_card(model: Path) -> EyesCard:
    """The card of an eye network's file."""
    return _read(model, EyesCard)


def read_detector_card(model: Path) -> DetectorCard:
    """The card of a detector's file."""
    return _read(model, DetectorCard)


def is_face_card(model: Path) -> bool:
    """Whether a model's card says that it is a face network (and not a pose network alone)."""
    return _read(model, _Outline).landmark_spread is not None


def read_checksum(model: Path) -> str:
    """The sha256 that the card of any model names."""
    return _read(model, _Checksum).sha256


def _read(model: Path, kind: type[_Card]) -> _Card:
    path = model.with_suffix(".json")
    try:
        return kind.model_validate(json.loads(path.read_text("utf-8")))
    except FileNotFoundError as error:
        raise ModelError(f"{path}: no model card beside {model.name}; copy both files") from error
    except (ValidationError, ValueError, OSError) as error:
        raise ModelError(f"{path}: not a usable model card ({_brief(error)})") from error


def verified(model: Path, sha256: str) -> Path:
    """The same path, once the file's checksum is right."""
    try:
        found = hashlib.sha256(model.read_bytes()).hexdigest()
    except FileNotFoundError as error:
        raise ModelError(f"{model}: no such model file") from error
    except OSError as error:
        raise ModelError(f"{model}: cannot be read ({error.strerror})") from error
    if found != sha256:
        raise ModelError(
            f"{model}: damaged or replaced (sha256 is {found[:12]}…, not {sha256[:12]}…); "
            "install it again"
        )
    return model


def _brief(error: Any) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return str(error).split("\n", maxsplit=1)[0]
