"""The measured field of view that the device remembers between drives."""

from __future__ import annotations

import hashlib
import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_pose.config.capture import CaptureConfig
from edge_pose.remembered.files import swap_in

log = logging.getLogger(__name__)


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
        swap_in(self._path, fields)


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
