"""The gauges along the lower edge: attention, eyes and PERCLOS, head angles, a turning head."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from edge_pose.values import CameraCondition, DriverState, HeadPose
from edge_pose.view import wording
from edge_pose.view.drawing import gizmo
from edge_pose.view.drawing.brush import Brush, Canvas, Rect
from edge_pose.view.drawing.easel import Easel
from edge_pose.view.drawing.icons import draw_eye
from edge_pose.view.drawing.layout import Layout
from edge_pose.view.drawing.palette import Palette, Tone

PERCLOS_BANDS = (0.075, 0.15)
"""Below: awake; between: questionable; above: drowsy (Wierwille; FHWA)."""
_PERCLOS_SCALE = 0.30
_PERCLOS_LEVELS = (0, 2, 3)
_AHEAD = HeadPose(yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0)
_ANGLES = ("Yaw", "Pitch", "Roll")


def draw_dock(easel: Easel, state: DriverState, pose: HeadPose | None) -> None:
    """The whole panel; ``pose`` is the head as the picture shows it, for the turning head."""
    places = Places(easel.layout)
    plate = _plate(easel.layout, easel.palette)
    easel.brush.slab(plate, places.dock[:2], easel.layout.radius, easel.palette.panel_alpha)
    tone = easel.tone(max(state.level, *(int(e.level) for e in wording.told(state)), 0))
    _ring(easel, places, state, tone)
    _eyes(easel, places, state)
    _perclos(easel, places, state.perclos)
    _angles(easel, places, _as_judged(state))
    if not easel.layout.compact:
        _pips(easel, places, state.level, tone)
        _head(easel, places, state, pose)


class Places:
    """Where the gauges lie inside the dock."""

    def __init__(self, layout: Layout) -> None:
        self.dock = layout.dock
        x, y, width, height = self.dock
        small = layout.compact
        self.radius = height / 2 - layout.px(12)
        self.ring = (x + layout.px(12) + self.radius, y + height / 2)
        self.words = round(self.ring[0] + self.radius) + layout.px(17)
        self.eyes_left = x + round(width * (0.22 if small else 0.36))
        self.eyes_right = x + round(width * (0.60 if small else 0.625))
        self.eyes_line = y + height * 0.29
        self.scale_line = y + height * 0.60
        self.bar: Rect = (
            self.eyes_left,
            y + round(height * 0.76),
            self.eyes_right - self.eyes_left,
            max(4, layout.px(9)),
        )
        self.angles_left = x + round(width * (0.67 if small else 0.675))
        self.angles_right = x + (width - layout.padding if small else round(width * 0.845))
        self.angle_lines = [y + height * share for share in (0.23, 0.50, 0.77)]
        self.head = (x + width * 0.932, y + height * 0.47)
        self.head_radius = height * 0.37
        self.rules = [x + round(width * share) for share in (() if small else (0.332, 0.65))]


@lru_cache(maxsize=8)
def _plate(layout: Layout, palette: Palette) -> Canvas:
    """All that never changes, drawn once."""
    places = Places(layout)
    x, y, width, height = places.dock
    canvas = np.full((y + height, x + width, 3), palette.panel, np.uint8)
    easel = Easel(Brush(canvas), layout, palette)
    soft = palette.soft
    easel.brush.dot(places.ring, places.radius, palette.track, max(3, layout.px(9)))
    easel.brush.panel(places.bar, places.bar[3] // 2, palette.track)
    easel.left("PERCLOS", places.eyes_left, places.scale_line, layout.label, soft)
    for name, line in zip(_ANGLES, places.angle_lines, strict=True):
        easel.left(name, places.angles_left, line, layout.label, soft)
    if not layout.compact:
        line = y + height * 0.36
        easel.strong("Attention", places.words, line, layout.body, palette.ink)
    for rule in places.rules:
        mark = (rule, y + round(height * 0.2), layout.hairline, round(height * 0.6))
        easel.brush.panel(mark, 0, palette.track)
    return np.ascontiguousarray(canvas[y:, x:])


def _ring(easel: Easel, places: Places, state: DriverState, tone: Tone) -> None:
    """Attention as a ring that empties."""
    layout = easel.layout
    if not state.enabled or state.camera is not CameraCondition.OK:
        easel.middle("–", *places.ring, layout.value, easel.palette.soft)
        return
    if state.attention > 0.005:
        width, sweep = max(3, layout.px(9)), 360.0 * min(1.0, state.attention)
        easel.brush.arc(places.ring, places.radius, sweep, tone.fill, width=width)
    text = f"{round(100 * state.attention)}"
    size = layout.value if len(text) < 3 else layout.value * 0.84
    easel.middle(text, *places.ring, size, easel.palette.ink)


def _pips(easel: Easel, places: Places, level: int, tone: Tone) -> None:
    """Three bars, one for each attention level reached."""
    layout = easel.layout
    y, height = places.dock[1], places.dock[3]
    wide, gap, tall = layout.px(26), layout.px(5), max(4, layout.px(9))
    for i in range(3):
        colour = tone.fill if i < level else easel.palette.track
        rect = (places.words + i * (wide + gap), y + round(height * 0.56), wide, tall)
        easel.brush.panel(rect, tall // 2, colour)


def _eyes(easel: Easel, places: Places, state: DriverState) -> None:
    """Two eyes as open as the driver's, and their mean in words."""
    layout, palette = easel.layout, easel.palette
    half = max(7.0, 18.0 * layout.scale)
    openness = (state.eyes.right, state.eyes.left) if state.eyes else (None, None)
    for i, share in enumerate(openness):
        centre = (places.eyes_left + half + i * half * 2.5, places.eyes_line)
        draw_eye(easel.brush, centre, half, share, palette.soft if share is None else palette.ink)
    known = [v for v in openness if v is not None]
    right, line = places.eyes_right, places.eyes_line
    if known:
        share = max(0.0, min(1.0, sum(known) / len(known)))
        easel.right(wording.percent(share), right, line, layout.body, palette.ink)
    else:
        words = "–" if layout.compact else "not seen"
        easel.right(words, right, line, layout.label, palette.soft)


def _perclos(easel: Easel, places: Places, share: float | None) -> None:
    """Share of the last minute with closed eyes, on its bands."""
    layout, palette = easel.layout, easel.palette
    x, y, width, tall = places.bar
    if share is not None and share > 0:
        band = sum(share >= edge for edge in PERCLOS_BANDS)
        fill = palette.levels[_PERCLOS_LEVELS[band]].fill
        filled = max(tall, round(width * min(1.0, share / _PERCLOS_SCALE)))
        easel.brush.panel((x, y, filled, tall), tall // 2, fill)
    reach = layout.px(3)
    for edge in PERCLOS_BANDS:
        tick = x + round(width * edge / _PERCLOS_SCALE)
        mark = (tick, y - reach, layout.hairline, tall + 2 * reach)
        easel.brush.panel(mark, 0, palette.ink)
    ink = palette.soft if share is None else palette.ink
    easel.right(wording.percent(share), x + width, places.scale_line, layout.label, ink)


def _as_judged(state: DriverState) -> HeadPose | None:
    """The angles that alerts speak of: against the driver's road ahead once that is known."""
    if state.pose is None or state.off_neutral_deg is None:
        return state.pose
    yaw_deg, pitch_deg = state.off_neutral_deg
    return replace(state.pose, yaw_deg=yaw_deg, pitch_deg=pitch_deg)


def _angles(easel: Easel, places: Places, pose: HeadPose | None) -> None:
    values = (pose.yaw_deg, pose.pitch_deg, pose.roll_deg) if pose else (None, None, None)
    ink = easel.palette.ink if pose else easel.palette.soft
    for value, line in zip(values, places.angle_lines, strict=True):
        easel.right(wording.degrees(value), places.angles_right, line, easel.layout.body, ink)


def _head(easel: Easel, places: Places, state: DriverState, pose: HeadPose | None) -> None:
    head = gizmo.Head(
        pose=pose or _AHEAD,
        eyes=state.eyes,
        skin=easel.palette.skin if pose else easel.palette.track,
        ink=easel.palette.feature,
        white=easel.palette.white,
    )
    gizmo.draw_head(easel.brush, places.head, places.head_radius, head)
