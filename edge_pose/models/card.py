"""The card beside a shipped model: what it takes, what it gives, and its checksum."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Literal

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


def read_card(model: Path) -> ModelCard:
    """The card of a model file, which lies beside it with the suffix .json."""
    path = model.with_suffix(".json")
    try:
        return ModelCard.model_validate(json.loads(path.read_text("utf-8")))
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
