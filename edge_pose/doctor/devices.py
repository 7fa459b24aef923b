"""Cameras and device nodes, and whether the service's user may open them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from edge_pose.capture.auto_source import video_devices
from edge_pose.capture.field_of_view import Origin, lens_in_use
from edge_pose.capture.picamera2_source import pi_cameras
from edge_pose.config.capture import SENSORS
from edge_pose.config.root import Config
from edge_pose.doctor.finding import Finding, fail, ok, warn
from edge_pose.doctor.machine import Identity, Machine, allowed
from edge_pose.plural import counted
from edge_pose.remembered.lens import LensMemory

_NEEDS_NO_CAMERA = ("file:", "demo:", "rtsp:", "rtsps:", "http:", "https:")
_READ_WRITE = 0o6


def check_cameras(machine: Machine, config: Config) -> Iterator[Finding]:
    """Which cameras there are, and whether the configured one is among them."""
    source = config.camera.source
    pi = pi_cameras()
    usb = video_devices(machine.path("/sys/class/video4linux"))
    for number, model in enumerate(pi):
        yield _pi_camera(number, model, config)
    for device in usb:
        node = Path(device).name
        name = machine.text(f"/sys/class/video4linux/{node}/name") or "camera"
        yield ok("camera", f"v4l2:{device} ({name})")
    if source.startswith("file:"):
        yield _clip(machine, source.removeprefix("file:"))
    elif source.startswith(_NEEDS_NO_CAMERA):
        yield ok("camera", f"the config reads {source.partition(':')[0]}: no camera needed")
    elif not pi and not usb:
        yield fail(
            "camera",
            "no camera found",
            "plug it in; a Pi camera: check the ribbon cable and camera_auto_detect=1 in "
            "/boot/firmware/config.txt",
        )
    elif source.startswith("v4l2:/") and not machine.path(source.removeprefix("v4l2:")).exists():
        yield fail("camera", f"{source} is not there", f"use {', '.join(usb) or 'another source'}")


def check_lens(_: Machine, config: Config) -> Iterator[Finding]:
    """Which field of view the live program would work with, and whether to believe it."""
    if config.camera.source.startswith(("file:", "demo:")):
        return
    kept = LensMemory(config.runtime.state_path).load()
    lens = lens_in_use(config.camera, kept, pi_cameras)
    if lens.conflict:
        yield warn(
            "lens",
            f"{lens.words}, but {lens.conflict}",
            "measure again (edge-pose calibrate --distance-cm CM), or take the setting out",
        )
    elif lens.origin is Origin.ASSUMED:
        yield warn(
            "lens",
            lens.words.partition(";")[0],
            "edge-pose calibrate --distance-cm CM measures it; or set camera.module",
        )
    else:
        yield ok("lens", lens.words)


def check_access(machine: Machine, config: Config) -> Iterator[Finding]:
    """The nodes that the config makes use of can be opened by whoever runs the service."""
    who = machine.identity
    for what, patterns in _used(config).items():
        nodes = machine.nodes(*patterns)
        closed = [node for node in nodes if not may_open(node, who)]
        if closed:
            group = machine.group_name(closed[0].stat().st_gid)
            yield fail(
                "access",
                f"{who.name} may not open {', '.join(str(n) for n in closed[:3])} ({what})",
                f"sudo usermod -aG {group} {who.name}, then log in again; or run install.sh",
            )
        elif nodes:
            yield ok("access", f"{who.name} may open the {counted(len(nodes), 'node')} of {what}")


def may_open(node: Path, who: Identity) -> bool:
    """Whether a user may read and write a node, by its owner, group and mode."""
    return allowed(node, who, _READ_WRITE)


def _used(config: Config) -> dict[str, tuple[str, ...]]:
    used: dict[str, tuple[str, ...]] = {}
    if not config.camera.source.startswith(_NEEDS_NO_CAMERA):
        used["the camera"] = ("video[0-9]*", "media[0-9]*", "dma_heap/*")
    if config.gpio.enabled:
        used["the pins"] = ("gpiochip*",)
    if config.sound.enabled:
        used["sound"] = ("snd/pcm*", "snd/control*")
    if config.screen.enabled:
        used["the screen"] = ("dri/card*",)
    return used


def _clip(machine: Machine, file: str) -> Finding:
    path = Path(file).expanduser()
    there = machine.path(file) if path.is_absolute() else path
    if there.is_file():
        return ok("camera", f"the config reads the clip {file}: no camera needed")
    return fail("camera", f"the config reads {file}, which is not there", "set camera.source")


def _pi_camera(number: int, model: str, config: Config) -> Finding:
    module = SENSORS.get(model)
    camera = config.camera
    in_use = camera.source in ("auto", f"picamera2:{number}", "picamera2")
    if in_use and module and camera.hfov_deg is None and camera.module not in ("auto", module):
        return warn(
            "camera",
            f"picamera2:{number} ({model}), but the field of view is that of {camera.module}",
            f'set camera.module = "{module}"',
        )
    return ok("camera", f"picamera2:{number} ({model})")
