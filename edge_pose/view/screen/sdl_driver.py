"""Which of SDL's video drivers to use: pure choice from the config and the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from edge_pose.errors import SinkError

_CARDS = "/dev/dri"

NEEDS = {
    "kmsdrm": "it needs a /dev/dri/card* that this user may open (group video), no desktop that "
    "holds it, and the packages libgbm1 and libgl1-mesa-dri",
    "wayland": "it needs WAYLAND_DISPLAY and XDG_RUNTIME_DIR of a running desktop of this user",
    "x11": "it needs DISPLAY of a running X server that lets this user in",
}
"""What must be there for each of SDL's drivers."""


def choose_driver(
    wanted: str, environment: Mapping[str, str], cards: str = _CARDS
) -> tuple[str, str]:
    """(SDL driver name, why it was chosen). Raises SinkError where there is no screen."""
    if wanted != "auto":
        return wanted, "set in the config"
    preset = environment.get("SDL_VIDEODRIVER") or environment.get("SDL_VIDEO_DRIVER")
    if preset:
        return preset, "SDL_VIDEODRIVER says so"
    if environment.get("WAYLAND_DISPLAY"):
        return "wayland", f"WAYLAND_DISPLAY is {environment['WAYLAND_DISPLAY']}"
    if environment.get("DISPLAY"):
        return "x11", f"DISPLAY is {environment['DISPLAY']}"
    card = next(iter(sorted(Path(cards).glob("card*"))), None) if Path(cards).is_dir() else None
    if card is not None:
        return "kmsdrm", f"no desktop is running and {card} is there"
    raise SinkError(
        "screen: no display found (no WAYLAND_DISPLAY, no DISPLAY, no /dev/dri/card*); "
        "connect one, set screen.driver, or screen.enabled = false"
    )
