"""The message along the upper edge: a quiet chip while all is well, a full banner when not."""

from __future__ import annotations

from edge_pose.values import Health
from edge_pose.view import wording
from edge_pose.view.drawing.brush import plain
from edge_pose.view.drawing.easel import Easel
from edge_pose.view.drawing.icons import draw_level
from edge_pose.view.drawing.palette import Tone
from edge_pose.view.drawing.typeface import Typeface, bold, regular


def draw_notice(
    easel: Easel, notice: wording.Notice, health: Health | None = None, distance: str = ""
) -> None:
    """The notice and, where there is room, the small line: the head's distance, how the program
    is doing."""
    parts = [] if easel.layout.compact or not distance else [distance]
    if health is not None:
        parts.append(wording.health_line(health, short=easel.layout.compact))
    line = " · ".join(parts)
    if notice.loud:
        _banner(easel, notice, line)
        return
    _chip(easel, notice)
    if line:
        _small_line(easel, line)


def _banner(easel: Easel, notice: wording.Notice, line: str) -> None:
    layout, tone = easel.layout, easel.tone(notice.level)
    x, y, width, height = layout.banner
    ground = plain(width, height, tone.fill)
    easel.brush.slab(ground, (x, y), layout.radius, 0.96)
    half = height * 0.33
    icon = (x + layout.padding + half, y + height / 2)
    reverse = Tone(fill=tone.ink, ink=tone.fill, line=tone.line)
    draw_level(easel.brush, icon, half, notice.level, reverse)
    left = icon[0] + half + layout.padding
    second = " ".join(part for part in (notice.advice, notice.detail) if part)
    room = x + width - layout.padding - left
    first = y + height * (0.34 if second else 0.5)
    text, size = fitted(bold(), notice.headline, layout.headline, room)
    easel.strong(text, left, first, size, tone.ink)
    taken = bold().width(text, size) + layout.padding
    if second:
        text, size = fitted(regular(), second, layout.body, room)
        easel.left(text, left, y + height * 0.74, size, tone.ink)
    if notice.progress is not None:
        bar = (x + layout.radius, y + height - layout.px(6), width - 2 * layout.radius)
        filled = round(bar[2] * min(1.0, max(0.0, notice.progress)))
        easel.brush.panel((*bar[:2], filled, max(2, layout.px(4))), 1, tone.ink)
    wide = regular().width(line, layout.label)
    if taken + wide < room:
        easel.left(line, x + width - layout.padding - wide, first, layout.label, tone.ink)


def _chip(easel: Easel, notice: wording.Notice) -> None:
    layout, palette, brush = easel.layout, easel.palette, easel.brush
    x, y, height, size = layout.column[0], layout.margin, layout.chip, layout.body
    tone, half = easel.tone(notice.level), layout.chip * 0.3
    width = round(bold().width(notice.headline, size) + 2 * half + layout.padding * 2.5)
    brush.panel((x, y, width, height), height // 2, palette.panel, palette.panel_alpha)
    icon = (x + layout.padding * 0.8 + half, y + height / 2)
    if notice.progress is None:
        draw_level(brush, icon, half, notice.level, tone)
    else:
        stroke = max(2, layout.px(4))
        brush.dot(icon, half, palette.track, stroke)
        brush.arc(icon, half, 360.0 * max(0.02, notice.progress), tone.fill, width=stroke)
    left = icon[0] + half + layout.padding * 0.7
    easel.strong(notice.headline, left, y + height / 2, size, palette.ink)


def _small_line(easel: Easel, text: str) -> None:
    layout, palette = easel.layout, easel.palette
    size, height = layout.label, max(15, layout.px(26))
    width = round(regular().width(text, size) + layout.padding * 1.6)
    x, room = layout.column
    left, y = x + room - width, layout.margin + (layout.chip - height) // 2
    easel.brush.panel((left, y, width, height), height // 2, palette.panel, palette.panel_alpha)
    easel.left(text, left + layout.padding * 0.8, y + height / 2, size, palette.soft)


def fitted(face: Typeface, text: str, size: float, room: float) -> tuple[str, float]:
    """Text and size that fit: a little smaller first, then cut with an ellipsis."""
    wide = face.width(text, size)
    if wide <= room:
        return text, size
    size = max(size * 0.8, size * room / wide)
    if face.width(text, size) <= room:
        return text, size
    while len(text) > 1 and face.width(text + "…", size) > room:
        text = text[:-1].rstrip()
    return text + "…", size
