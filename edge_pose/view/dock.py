"""The gauges along the lower edge: attention, eyes and PERCLOS, head angles."""

from __future__ import annotations

from edge_pose.values import DriverState, HeadPose
from edge_pose.view import brush, gizmo, wording
from edge_pose.view.icons import draw_eye
from edge_pose.view.layout import Layout
from edge_pose.view.palette import Palette, Tone
from edge_pose.view.typeface import bold, regular

_PERCLOS_SCALE = 0.30
"""Right end of the bar; the bands change at 0.075 and 0.15 (Wierwille, FHWA)."""
_PERCLOS_BANDS = (0.075, 0.15)


class Dock:
    """Draws the panel for one layout and palette."""

    def __init__(self, canvas: brush.Canvas, layout: Layout, palette: Palette, tone: Tone) -> None:
        self._canvas, self._layout = canvas, layout
        self._palette, self._tone = palette, tone

    def draw(self, state: DriverState, pose: HeadPose | None) -> None:
        """The whole dock; ``pose`` is the head as the picture shows it, for the gizmo."""
        layout = self._layout
        x, y, width, height = layout.dock
        brush.panel(
            self._canvas, layout.dock, layout.radius, self._palette.panel, self._palette.panel_alpha
        )
        inner = height - 2 * layout.padding
        ring = self._ring(state, x + layout.padding, y, height)
        if layout.compact:
            self._eyes(state, ring, x + int(width * 0.60), y, height)
            self._angles(state.pose, x + int(width * 0.64), x + width - layout.padding, y, height)
            return
        self._attention_words(state, ring, y, height)
        self._eyes(state, x + int(width * 0.345), x + int(width * 0.625), y, height)
        head = x + width - layout.padding - inner // 2
        self._angles(
            state.pose, x + int(width * 0.68), head - inner // 2 - layout.px(16), y, height
        )
        self._head(state, pose, (head, y + height / 2), inner * 0.56)

    def _ring(self, state: DriverState, x: int, y: int, height: int) -> int:
        """Attention as a ring that empties; returns where the next thing may begin."""
        layout = self._layout
        radius = height / 2 - layout.padding * 0.75 - layout.px(3)
        centre = (x + radius, y + height / 2)
        wide = max(3, layout.px(8))
        brush.arc(self._canvas, centre, radius, (0, 360), self._palette.track, wide)
        if state.enabled and state.attention > 0.005:
            brush.arc(
                self._canvas, centre, radius, (0, 360 * state.attention), self._tone.fill, wide
            )
        text = f"{round(100 * state.attention)}" if state.enabled else "–"
        size = layout.value if len(text) < 3 else layout.value * 0.82
        face = bold()
        at = (centre[0] - face.width(text, size) / 2, centre[1] - face.cap_height(size) / 2)
        brush.write(self._canvas, face, text, at, size, self._palette.ink)
        return int(centre[0] + radius + layout.padding)

    def _attention_words(self, state: DriverState, x: int, y: int, height: int) -> None:
        layout = self._layout
        line = y + height / 2
        top = line - layout.px(6) - bold().cap_height(layout.body)
        brush.write(self._canvas, bold(), "Attention", (x, top), layout.body, self._palette.ink)
        wide, gap, tall = layout.px(24), layout.px(5), max(4, layout.px(8))
        for i in range(3):
            colour = self._tone.fill if i < state.level else self._palette.track
            spot = (x + i * (wide + gap), round(line + layout.px(8)), wide, tall)
            brush.panel(self._canvas, spot, tall // 2, colour)

    def _eyes(self, state: DriverState, x: int, right: int, y: int, height: int) -> None:
        """Two eyes as open as the driver's, and PERCLOS on its bands."""
        layout, palette = self._layout, self._palette
        half = max(7.0, 17.0 * layout.scale)
        line = y + height * 0.32
        eyes = state.eyes
        openness = (eyes.right, eyes.left) if eyes else (None, None)
        for i, share in enumerate(openness):
            centre = (x + half + i * half * 2.45, line)
            draw_eye(self._canvas, centre, half, share, palette.ink, palette.soft, layout.stroke)
        known = [v for v in openness if v is not None]
        words = wording.percent(min(1.0, sum(known) / len(known))) if known else "not seen"
        size = layout.body if known else layout.label
        self._right(words, right, line, size, palette.ink if known else palette.soft)
        self._perclos(state.perclos, x, right, y + height * 0.66)

    def _perclos(self, share: float | None, x: int, right: int, line: float) -> None:
        layout, palette = self._layout, self._palette
        tall = max(4, layout.px(8))
        width = right - x
        bar = (x, round(line + layout.px(8)), width, tall)
        brush.panel(self._canvas, bar, tall // 2, palette.track)
        if share is not None and share > 0:
            level = sum(share >= band for band in _PERCLOS_BANDS) * 1
            fill = palette.levels[(0, 2, 3)[level]].fill
            filled = max(tall, round(width * min(1.0, share / _PERCLOS_SCALE)))
            brush.panel(self._canvas, (bar[0], bar[1], filled, tall), tall // 2, fill)
        for band in _PERCLOS_BANDS:
            tick = round(x + width * band / _PERCLOS_SCALE)
            brush.panel(self._canvas, (tick, bar[1] - 2, layout.hairline, tall + 4), 0, palette.ink)
        size = layout.label
        top = line - regular().cap_height(size) / 2 - layout.px(5)
        brush.write(self._canvas, regular(), "PERCLOS", (x, top), size, palette.soft)
        self._right(
            wording.percent(share), right, top + regular().cap_height(size) / 2, size, palette.ink
        )

    def _angles(self, pose: HeadPose | None, x: int, right: int, y: int, height: int) -> None:
        layout = self._layout
        rows = (
            ("Yaw", pose.yaw_deg if pose else None),
            ("Pitch", pose.pitch_deg if pose else None),
            ("Roll", pose.roll_deg if pose else None),
        )
        for i, (name, value) in enumerate(rows):
            line = y + height * (0.24 + 0.26 * i)
            top = line - regular().cap_height(layout.label) / 2
            brush.write(self._canvas, regular(), name, (x, top), layout.label, self._palette.soft)
            self._right(wording.degrees(value), right, line, layout.body, self._palette.ink)

    def _right(
        self, text: str, right: float, line: float, size: float, colour: tuple[int, int, int]
    ) -> None:
        """Bold text that ends at ``right``, centred on ``line``."""
        face = bold()
        at = (right - face.width(text, size), line - face.cap_height(size) / 2)
        brush.write(self._canvas, face, text, at, size, colour)

    def _head(
        self, state: DriverState, pose: HeadPose | None, centre: brush.Point, radius: float
    ) -> None:
        palette = self._palette
        turn = gizmo.rotation(pose or HeadPose(yaw_deg=0, pitch_deg=0, roll_deg=0))
        skin = palette.skin if pose else palette.track
        gizmo.draw_head(self._canvas, centre, radius, turn, skin, palette.panel, state.eyes)
