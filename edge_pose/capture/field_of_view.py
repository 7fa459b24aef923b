"""Which field of view the program works with, and where it comes from.

What the config names wins (``camera.hfov_deg``, then ``camera.module``). Where the config leaves it
open, what ``edge-pose calibrate`` measured; then the module that the camera's sensor names; then
the most common lens behind this kind of source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from edge_pose.capture.picamera2_source import pi_cameras
from edge_pose.config.capture import SENSORS, CaptureConfig
from edge_pose.remembered.lens import KeptLens, camera_mark

_FAR_OFF_STD = 2.0
"""A setting this many standard deviations from the measurement contradicts it."""


class Origin(StrEnum):
    """Where a field of view comes from, the stronger first."""

    CONFIG = "set as camera.hfov_deg"
    MODULE = "set by camera.module"
    CALIBRATED = "calibrated"
    SENSOR = "by the camera's sensor"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LensInUse:
    """The camera's config with the field of view filled in, and its story."""

    camera: CaptureConfig
    origin: Origin
    words: str
    """E.g. ``59.1° ± 3.2°, calibrated 2026-05-04 at 62 cm``; of the image before rotation."""
    conflict: str = ""
    """What a calibration says against the config; empty when they agree."""


def lens_in_use(
    camera: CaptureConfig,
    kept: KeptLens | None = None,
    sensors: Callable[[], Sequence[str]] | None = None,
) -> LensInUse:
    """The strongest word on the field of view. ``sensors``: the Pi cameras' sensors by number."""
    kept = kept if kept is not None and kept.camera == camera_mark(camera) else None
    if camera.hfov_deg is not None:
        return _told(camera, Origin.CONFIG, kept=kept)
    if camera.module != "auto":
        return _told(camera, Origin.MODULE, f" ({camera.module})", kept=kept)
    if kept is not None:
        filled = camera.model_copy(update={"hfov_deg": kept.hfov_deg})
        story = f" {kept.day} at {kept.distance_cm:.0f} cm"
        return _told(filled, Origin.CALIBRATED, story, spread=f" ± {kept.std_deg:.1f}°")
    sensor = _sensor(camera.source, sensors or pi_cameras)
    if sensor is not None:
        filled = camera.model_copy(update={"module": SENSORS[sensor]})
        return _told(filled, Origin.SENSOR, f" ({sensor}: {SENSORS[sensor]})")
    return _told(camera, Origin.ASSUMED, "; edge-pose calibrate --distance-cm CM measures it")


def delivered_deg(camera: CaptureConfig) -> float:
    """Field of view of the image as the camera delivers it, before rotation."""
    return camera.model_copy(update={"rotate": 0}).field_of_view_deg


def _told(
    camera: CaptureConfig,
    origin: Origin,
    story: str = "",
    *,
    spread: str = "",
    kept: KeptLens | None = None,
) -> LensInUse:
    deg = delivered_deg(camera)
    conflict = ""
    if kept is not None and abs(kept.hfov_deg - deg) > _FAR_OFF_STD * kept.std_deg:
        conflict = (
            f"the calibration of {kept.day} measured {kept.hfov_deg:.1f}° ± {kept.std_deg:.1f}°"
        )
    words = f"{deg:.1f}°{spread}, {origin}{story}"
    return LensInUse(camera=camera, origin=origin, words=words, conflict=conflict)


def _sensor(source: str, sensors: Callable[[], Sequence[str]]) -> str | None:
    """The known sensor behind a source, where libcamera tells it."""
    if source != "auto" and not source.startswith("picamera2"):
        return None
    number = source.partition(":")[2] or "0"
    there = sensors()
    if not number.isdecimal() or int(number) >= len(there):
        return None
    return there[int(number)] if there[int(number)] in SENSORS else None
