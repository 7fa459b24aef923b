"""The measured field of view that the device remembers between drives."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge_pose.config.capture import CaptureConfig
from edge_pose.remembered.fields import number, read_table
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
            return _kept_lens(read_table(self._path))
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
    return KeptLens(
        hfov_deg=number(fields, "hfov_deg", 10.0, 170.0),
        std_deg=number(fields, "std_deg", 0.01, 45.0),
        distance_cm=number(fields, "distance_cm", 5.0, 1000.0),
        camera=str(fields["camera"]),
        day=str(fields["day"]),
    )
