"""Colours of the view: colour-blind safe hues (Okabe & Ito 2008), one set by day, one by night.

By day panels are light with dark ink: on a sunlit screen a light ground outshines reflections.
By night they are near black with soft ink, and the picture is dimmed, to spare dark-adapted eyes.
Level is never told by hue alone: icon shape and words say it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Colour = tuple[int, int, int]
"""Blue, green, red; 0–255, as OpenCV wants them."""

Mode = Literal["day", "night", "auto"]

_NIGHT_BELOW, _DAY_ABOVE = 62.0, 84.0
"""Mean grey of the picture at which ``auto`` changes over; apart, so that it does not flicker."""


def _rgb(code: str) -> Colour:
    value = int(code, 16)
    return value & 255, (value >> 8) & 255, value >> 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Tone:
    """One meaning's colours: ``fill`` of a surface, ``ink`` on it, ``line`` over the picture."""

    fill: Colour
    ink: Colour
    line: Colour


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """All colours of one look."""

    name: str
    panel: Colour
    panel_alpha: float
    ink: Colour
    soft: Colour
    """Secondary text and scales."""
    track: Colour
    """The unfilled part of a gauge."""
    picture_gain: float
    """Brightness of the camera picture, 1 = as it is."""
    backdrop: tuple[Colour, Colour]
    """Top and bottom of the ground that stands in for the picture in privacy mode."""
    skin: Colour
    feature: Colour
    """Iris, closed lid and lips of the drawn head."""
    white: Colour
    """White of its eyes."""
    levels: tuple[Tone, Tone, Tone, Tone]
    """Attentive, advisory, warning, critical."""
    quiet: Tone
    """Nothing to judge: no face, off, calibrating."""
    axes: tuple[Colour, Colour, Colour]
    """x, y, z of the head."""


_OUTLINE = (_rgb("E8564A"), _rgb("2FD3A0"), _rgb("6CC5FF"))

DAY = Palette(
    name="day",
    panel=_rgb("F4F6F8"),
    panel_alpha=0.90,
    ink=_rgb("12181F"),
    soft=_rgb("4A5663"),
    track=_rgb("CDD5DC"),
    picture_gain=1.0,
    backdrop=(_rgb("DDE5EC"), _rgb("B3C0CC")),
    skin=_rgb("A9B9C8"),
    feature=_rgb("2B3742"),
    white=_rgb("F4F7FA"),
    levels=(
        Tone(fill=_rgb("00805E"), ink=_rgb("FFFFFF"), line=_rgb("2FE0AE")),
        Tone(fill=_rgb("F0E442"), ink=_rgb("12181F"), line=_rgb("F0E442")),
        Tone(fill=_rgb("E69F00"), ink=_rgb("12181F"), line=_rgb("FFB21A")),
        Tone(fill=_rgb("C44900"), ink=_rgb("FFFFFF"), line=_rgb("FF6A1F")),
    ),
    quiet=Tone(fill=_rgb("0072B2"), ink=_rgb("FFFFFF"), line=_rgb("6CC5FF")),
    axes=_OUTLINE,
)

NIGHT = Palette(
    name="night",
    panel=_rgb("0B0E12"),
    panel_alpha=0.80,
    ink=_rgb("DCE1E6"),
    soft=_rgb("98A3AE"),
    track=_rgb("2E3741"),
    picture_gain=0.72,
    backdrop=(_rgb("161C23"), _rgb("080B0E")),
    skin=_rgb("7F92A5"),
    feature=_rgb("141B22"),
    white=_rgb("C9D3DC"),
    levels=(
        Tone(fill=_rgb("0F7A5C"), ink=_rgb("E6FFF6"), line=_rgb("27BF94")),
        Tone(fill=_rgb("D8CD3B"), ink=_rgb("12181F"), line=_rgb("D8CD3B")),
        Tone(fill=_rgb("D28F00"), ink=_rgb("12181F"), line=_rgb("E69F00")),
        Tone(fill=_rgb("C44900"), ink=_rgb("FFFFFF"), line=_rgb("F2661B")),
    ),
    quiet=Tone(fill=_rgb("1F4E6E"), ink=_rgb("DDF0FF"), line=_rgb("56B4E9")),
    axes=_OUTLINE,
)


def choose(mode: Mode, brightness: float | None, before: Palette) -> Palette:
    """The palette for a picture of this mean grey; ``auto`` keeps ``before`` in between."""
    if mode == "day":
        return DAY
    if mode == "night":
        return NIGHT
    if brightness is None:
        return before
    if brightness < _NIGHT_BELOW:
        return NIGHT
    return DAY if brightness > _DAY_ABOVE else before
