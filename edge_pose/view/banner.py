"""The message along the upper edge: a quiet chip while all is well, a full banner when not."""

from __future__ import annotations

from edge_pose.values import Health
from edge_pose.view import brush, wording
from edge_pose.view.icons import draw_level
from edge_pose.view.layout import Layout
from edge_pose.view.palette import Palette, Tone
from edge_pose.view.typeface import Typeface, bold, regular


def tone_of(palette: Palette, level: int | None) -> Tone:
    return palette.quiet if level is None else palette.levels[level]


def draw_notice(
    canvas: brush.Canvas, layout: Layout, palette: Palette, notice: wording.Notice, health: Health
) -> None:
    """The notice and, where there is room, how the program is doing."""
    if notice.loud:
        _banner(canvas, layout, tone_of(palette, notice.level), notice)
        return
    _chip(canvas, layout, palette, notice)
    _health(canvas, layout, palette, health)


def _banner(canvas: brush.Canvas, layout: Layout, tone: Tone, notice: wording.Notice) -> None:
    x, y, width, height = layout.banner
    brush.panel(canvas, layout.banner, layout.radius, tone.fill, 0.96)
    half = height * 0.32
    icon = (x + layout.padding + half, y + height / 2)
    draw_level(canvas, icon, half, notice.level, tone.ink, tone.fill)
    left = icon[0] + half + layout.padding
    room = x + width - layout.padding - left
    big, small = layout.headline, layout.body
    gap = layout.px(9)
    tall = bold().cap_height(big)
    total = tall + (gap + regular().cap_height(small) if notice.detail else 0)
    top = y + (height - total) / 2
    line, size = fitted(bold(), notice.headline, big, room)
    brush.write(canvas, bold(), line, (left, top), size, tone.ink)
    if notice.detail:
        line, size = fitted(regular(), notice.detail, small, room)
        brush.write(canvas, regular(), line, (left, top + tall + gap), size, tone.ink)


def _chip(canvas: brush.Canvas, layout: Layout, palette: Palette, notice: wording.Notice) -> None:
    x, y = layout.column[0], layout.margin
    height, size = layout.chip, layout.body
    tone = tone_of(palette, notice.level)
    half = height * 0.3
    text = bold().width(notice.headline, size)
    width = round(text + 2 * half + layout.padding * 2.5)
    brush.panel(canvas, (x, y, width, height), height // 2, palette.panel, palette.panel_alpha)
    icon = (x + layout.padding * 0.8 + half, y + height / 2)
    if notice.progress is None:
        draw_level(canvas, icon, half, notice.level, tone.fill, tone.ink)
    else:
        brush.arc(canvas, icon, half, (0, 360), palette.track, max(2, layout.px(4)))
        sweep = (0.0, 360.0 * max(0.02, notice.progress))
        brush.arc(canvas, icon, half, sweep, tone.fill, max(2, layout.px(4)))
    at = (icon[0] + half + layout.padding * 0.7, y + (height - bold().cap_height(size)) / 2)
    brush.write(canvas, bold(), notice.headline, at, size, palette.ink)


def _health(canvas: brush.Canvas, layout: Layout, palette: Palette, health: Health) -> None:
    size, height = layout.label, max(15, layout.px(26))
    text = wording.health_line(health)
    if layout.compact:
        text = f"{health.fps:.0f} fps · {health.frame_age_ms:.0f} ms"
    if health.muted:
        text = f"Muted · {text}"
    width = round(regular().width(text, size) + layout.padding * 1.6)
    x, room = layout.column
    left = x + room - width
    y = layout.margin + (layout.chip - height) // 2
    brush.panel(canvas, (left, y, width, height), height // 2, palette.panel, palette.panel_alpha)
    at = (left + layout.padding * 0.8, y + (height - regular().cap_height(size)) / 2)
    brush.write(canvas, regular(), text, at, size, palette.soft)


def fitted(face: Typeface, text: str, size: float, room: float) -> tuple[str, float]:
    """Text and size that fit: a little smaller first, then cut with an ellipsis."""
    wide = face.width(text, size)
    if wide <= room:
        return text, size
    size = max(size * 0.8, size * room / wide)
    while len(text) > 1 and face.width(text + "…", size) > room:
        text = text[:-1].rstrip()
        if face.width(text + "…", size) <= room:
            return text + "…", size
    return text, size
