"""Settings of the camera, and what common camera modules see."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import field_validator

from edge_pose.config.section import Section, setting
from edge_pose.plugins import SOURCES, plugin_names


class Lens(NamedTuple):
    """What a camera module sees at the full width of its sensor."""

    hfov_deg: float
    aspect: float
    """Width over height of the sensor."""


# Raspberry Pi's published figures (camera hardware documentation); where the lens is the buyer's,
# computed from the sensor width and the common 6 mm lens; webcams from their makers' diagonal.
MODULES: dict[str, Lens] = {
    "webcam": Lens(60.0, 16 / 9),
    "c270": Lens(48.8, 16 / 9),
    "c920": Lens(70.4, 16 / 9),
    "pi-v1": Lens(53.5, 4 / 3),
    "pi-v2": Lens(62.2, 4 / 3),
    "pi-v3": Lens(66.0, 16 / 9),
    "pi-v3-wide": Lens(102.0, 16 / 9),
    "pi-hq-6mm": Lens(55.3, 4 / 3),
    "pi-gs-6mm": Lens(45.4, 4 / 3),
    "pi-ai": Lens(66.3, 4 / 3),
}

SENSORS: dict[str, str] = {
    "ov5647": "pi-v1",
    "imx219": "pi-v2",
    "imx708": "pi-v3",
    "imx708_wide": "pi-v3-wide",
    "imx708_noir": "pi-v3",
    "imx708_wide_noir": "pi-v3-wide",
    "imx477": "pi-hq-6mm",
    "imx296": "pi-gs-6mm",
    "imx500": "pi-ai",
}
"""Camera module by the name libcamera gives its sensor."""

_SOURCES = "auto, demo:, picamera2:N, v4l2:/dev/videoN, file:PATH, rtsp://… or gst:PIPELINE"
_SCHEMES = ("demo:", "picamera2", "v4l2:", "file:", "rtsp:", "rtsps:", "http:", "https:", "gst:")


class CaptureConfig(Section):
    """``[camera]``: where frames come from and how they must be turned to be upright."""

    source: str = setting("auto", f"where frames come from: {_SOURCES}", min_length=1)
    width: int = setting(640, "image width asked of the camera", unit="px", ge=64, le=4096)
    height: int = setting(480, "image height asked of the camera", unit="px", ge=64, le=4096)
    fps: float = setting(30.0, "frame rate asked of the camera", unit="Hz", ge=1, le=240)
    module: str = setting(
        "auto",
        f"camera module, for its field of view: {', '.join(MODULES)}; auto = what "
        "edge-pose calibrate measured, else what the sensor says, else a usual lens",
    )
    hfov_deg: float | None = setting(
        None,
        "horizontal field of view of the delivered image, before rotation; wins over module and "
        "calibration; unset = by module",
        unit="deg",
        ge=10,
        le=170,
    )
    rotate: Literal[0, 90, 180, 270] = setting(
        0, "turn the image clockwise by this much to make it upright", unit="deg"
    )
    flip: Literal["none", "horizontal", "vertical", "both"] = setting(
        "none", "mirror the image to undo what the camera or its driver does"
    )
    mirrored: bool = setting(
        False, "the camera delivers a selfie view (left and right swapped); it is swapped back"
    )
    retry_delay_s: float = setting(
        0.5, "wait before the first try to get a lost camera back; doubles", unit="s", gt=0, le=60
    )
    retry_delay_max_s: float = setting(
        5.0, "longest wait between two tries", unit="s", gt=0, le=600
    )
    connect_s: float = setting(
        1.3,
        "longest wait for a network camera to answer; slow ones need more, and then "
        "runtime.stop_s must be longer still, for the program to stop in time while it waits",
        unit="s",
        ge=0.1,
        le=30,
    )
    fast: bool = setting(False, "play files as fast as they are read, instead of in real time")

    @field_validator("source")
    @classmethod
    def _known_source(cls, source: str) -> str:
        if source == "auto" or source.isdecimal() or source.startswith((*_SCHEMES, "/dev/video")):
            return source
        if Path(source).expanduser().is_file():
            return f"file:{source}"
        if source.partition(":")[0] in plugin_names(SOURCES):
            return source
        meant = f"did you mean '{source}:'? " if f"{source}:" in _SCHEMES else ""
        raise ValueError(f"unknown source, and no file of that name; {meant}use {_SOURCES}")

    @field_validator("module")
    @classmethod
    def _known_module(cls, module: str) -> str:
        if module != "auto" and module not in MODULES:
            raise ValueError(f"unknown camera module; known: auto, {', '.join(MODULES)}")
        return module

    @property
    def lens(self) -> Lens:
        """The module's lens; for ``auto`` the most common one behind this kind of source (the
        program first asks calibration and sensor: ``edge_pose/capture/field_of_view.py``)."""
        if self.module != "auto":
            return MODULES[self.module]
        return MODULES["pi-v2" if self.source.startswith("picamera2") else "webcam"]

    @property
    def field_of_view_deg(self) -> float:
        """Horizontal field of view of a Frame: after cropping to the aspect, and rotation."""
        aspect = self.width / self.height
        half = math.tan(math.radians((self.hfov_deg or self.lens.hfov_deg) / 2.0))
        if self.hfov_deg is None:
            # A sensor wider than the image is cropped at its sides, never squeezed.
            half *= min(1.0, aspect / self.lens.aspect)
        if self.rotate in (90, 270):
            half /= aspect
        return 2.0 * math.degrees(math.atan(half))
