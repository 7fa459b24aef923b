"""What the device remembers between drives: the neutral pose and the measured field of view, each
in one small file of the state directory.

Written whole and swapped in (a power cut leaves the old or the new file, never half of one).
"""

from __future__ import annotations

import hashlib
import json
import logging
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_pose.config.capture import CaptureConfig
from edge_pose.errors import ConfigError
from edge_pose.values import NeutralPose

log = logging.getLogger(__name__)


class NeutralMemory:
    """The neutral pose saved under the state directory, one per camera place."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "neutral.json"
        self._saved: NeutralPose | None = None

    def load(self) -> NeutralPose | None:
        """The saved neutral pose; None if there is none, or a damaged one (which is logged)."""
        try:
            fields = json.loads(self._path.read_text(encoding="utf-8"))
            self._saved = NeutralPose(
                yaw_deg=float(fields["yaw_deg"]), pitch_deg=float(fields["pitch_deg"])
            )
        except FileNotFoundError:
            self._saved = None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s: ignored, the neutral pose is learned again (%s)", self._path, error)
            self._saved = None
        return self._saved

    def save(self, neutral: NeutralPose | None) -> None:
        """Keep a confirmed neutral pose that moved by 0.5° or more since the last save.

        A directory that cannot be written is a warning: monitoring goes on without memory.
        """
        if neutral is None or not neutral.confirmed or self._is_close(neutral):
            return
        try:
            self.keep(neutral)
        except ConfigError as error:
            log.warning("the neutral pose cannot be saved: %s", error)
        self._saved = neutral

    def keep(self, neutral: NeutralPose) -> None:
        """Write it down. Raises ConfigError where the directory cannot be written."""
        fields = {"yaw_deg": round(neutral.yaw_deg, 2), "pitch_deg": round(neutral.pitch_deg, 2)}
        _swap_in(self._path, fields)
        self._saved = neutral

    def forget(self) -> None:
        """Delete the saved pose, as a recalibration asks."""
        self._path.unlink(missing_ok=True)
        self._saved = None

    def _is_close(self, neutral: NeutralPose) -> bool:
        saved = self._saved
        return (
            saved is not None
            and abs(saved.yaw_deg - neutral.yaw_deg) < 0.5
            and abs(saved.pitch_deg - neutral.pitch_deg) < 0.5
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLens:
    """A measured field of view and the camera that it holds for.

    ``hfov_deg``: horizontal, of the delivered image before rotation, as ``camera.hfov_deg``.
    ``camera``: see ``camera_mark``. ``day``: when it was measured, YYYY-MM-DD.
    """

    hfov_deg: float
    std_deg: float
    distance_cm: float
    camera: str
    day: str


class LensMemory:
    """The field of view that ``edge-pose calibrate`` measured, beside the neutral pose."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / "lens.json"

    def load(self) -> KeptLens | None:
        """What was measured; None if there is nothing, or a damaged file (which is logged)."""
        try:
            fields = json.loads(self._path.read_text(encoding="utf-8"))
            return _kept_lens(fields)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("%s: ignored, calibrate again (%s)", self._path, error)
            return None

    def save(self, lens: KeptLens) -> None:
        """Keep it. Raises ConfigError where the directory cannot be written."""
        fields = {
            "hfov_deg": round(lens.hfov_deg, 2),
            "std_deg": round(lens.std_deg, 2),
            "distance_cm": round(lens.distance_cm, 1),
            "camera": lens.camera,
            "day": lens.day,
        }
        _swap_in(self._path, fields)


def camera_mark(camera: CaptureConfig) -> str:
    """Tells cameras apart without naming them, for an address may hold a password. Another source
    or another shape of image is another field of view."""
    return hashlib.sha256(
        f"{camera.source} {camera.width / camera.height:.2f}".encode()
    ).hexdigest()[:16]


def _kept_lens(fields: Mapping[str, Any]) -> KeptLens:
    hfov, std = float(fields["hfov_deg"]), float(fields["std_deg"])
    if not (10.0 <= hfov <= 170.0 and math.isfinite(std) and std > 0.0):
        raise ValueError(f"hfov_deg = {hfov:g} ± {std:g} is not a field of view")
    return KeptLens(
        hfov_deg=hfov,
        std_deg=std,
        distance_cm=float(fields["distance_cm"]),
        camera=str(fields["camera"]),
        day=str(fields["day"]),
    )


def _swap_in(path: Path, fields: Mapping[str, Any]) -> None:
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8") as file:
            json.dump(fields, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be written ({error.strerror or error}); run as the service's user, or "
            "set runtime.state_dir"
        ) from error
