"""From ``camera.source`` to a Source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from edge_pose.capture.auto_source import AutoDriver, cameras
from edge_pose.capture.camera import Camera
from edge_pose.capture.file_source import FileDriver
from edge_pose.capture.orientation import Orientation
from edge_pose.capture.picamera2_source import Picamera2Driver
from edge_pose.capture.reconnect import Reconnecting
from edge_pose.capture.source import Driver, Source
from edge_pose.capture.stream_source import StreamDriver
from edge_pose.capture.v4l2_source import V4l2Driver
from edge_pose.clock import Clock
from edge_pose.config.capture import CaptureConfig
from edge_pose.errors import ConfigError, EdgePoseError, SourceError
from edge_pose.plugins import SOURCES, load_plugin, plugin_names, told

_DEMO = Path(__file__).resolve().parent.parent / "demo"


def open_source(config: CaptureConfig, clock: Clock, *, patient: bool = False) -> Source:
    """The source that the config names, not yet opened; a live one reconnects by itself, and with
    ``patient`` may also be missing at the start.

    Raises ConfigError for a source of no known kind. A plugin's factory under
    ``edge_pose.sources`` gets (rest of the address, config, clock) and returns a whole ``Source``.
    """
    scheme, _, rest = config.source.partition(":")
    if scheme not in _DRIVERS and scheme in plugin_names(SOURCES):
        camera: Source = _of_plugin(scheme, rest, config, clock)
    else:
        camera = Camera(_driver(config, clock), Orientation.of(config))
    if not camera.live:
        return camera
    return Reconnecting(
        camera,
        clock,
        first_s=config.retry_delay_s,
        longest_s=config.retry_delay_max_s,
        patient=patient,
    )


def demo_clip() -> Path:
    """The packaged demo clip; raises SourceError when the installation lacks it."""
    for suffix in (".mp4", ".avi", ".mkv", ".webm"):
        clip = _DEMO / f"demo{suffix}"
        if clip.is_file():
            return clip
    raise SourceError(f"{_DEMO}: the demo clip is missing; install the package again")


def _of_plugin(scheme: str, rest: str, config: CaptureConfig, clock: Clock) -> Source:
    """Raises SourceError for whatever its factory raises: there is no camera."""
    make = load_plugin(SOURCES, scheme)
    try:
        source: Source = make(rest, config, clock)
    except EdgePoseError:
        raise
    except (Exception, SystemExit) as error:
        raise SourceError(f"source {scheme!r} of another package: {told(error)}") from error
    return source


def _driver(config: CaptureConfig, clock: Clock) -> Driver:
    source = config.source
    if source.isdecimal() or source.startswith("/dev/video"):
        source = f"v4l2:{source}"
    scheme, _, rest = source.partition(":")
    make = _DRIVERS.get(scheme)
    if make is None:
        raise ConfigError(f"camera.source = {source!r}: not a known kind of source")
    return make(rest, config, clock)


def _auto(_rest: str, config: CaptureConfig, clock: Clock) -> Driver:
    return AutoDriver(lambda: cameras(config, clock), config.fps)


def _picamera2(rest: str, config: CaptureConfig, clock: Clock) -> Driver:
    return Picamera2Driver(rest or "0", config, clock)


def _v4l2(rest: str, config: CaptureConfig, clock: Clock) -> Driver:
    return V4l2Driver(rest or "0", config, clock)


def _file(rest: str, config: CaptureConfig, clock: Clock) -> Driver:
    return FileDriver(Path(rest).expanduser(), clock, fast=config.fast)


def _demo(_rest: str, config: CaptureConfig, clock: Clock) -> Driver:
    return FileDriver(demo_clip(), clock, fast=config.fast, name="demo:")


def _stream(_rest: str, config: CaptureConfig, clock: Clock) -> Driver:
    return StreamDriver(config.source, config, clock)


_DRIVERS: dict[str, Callable[[str, CaptureConfig, Clock], Driver]] = {
    "auto": _auto,
    "picamera2": _picamera2,
    "v4l2": _v4l2,
    "file": _file,
    "demo": _demo,
    **dict.fromkeys(("rtsp", "rtsps", "http", "https", "gst"), _stream),
}
