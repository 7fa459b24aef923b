"""What every drawn part needs: the brush on its canvas, the layout and the palette."""

from __future__ import annotations

from dataclasses import dataclass

from edge_pose.view.drawing.brush import Brush
from edge_pose.view.drawing.layout import Layout
from edge_pose.view.drawing.palette import Colour, Palette, Tone
from edge_pose.view.drawing.typeface import Typeface, bold, regular

SHADOW: Colour = (16, 12, 8)
"""Dark rim that keeps lines apart from any picture."""


@dataclass(frozen=True, slots=True)
class Easel:
    """One canvas, ready to be drawn on."""

    brush: Brush
    layout: Layout
    palette: Palette

    def tone(self, level: int | None) -> Tone:
        """The colours of a level; None = nothing to judge."""
        return self.palette.quiet if level is None else self.palette.levels[max(0, min(3, level))]

    def right(self, text: str, right: float, line: float, size_px: float, colour: Colour) -> None:
        """Bold text that ends at ``right``, its capitals centred on ``line``."""
        self._centred(bold(), text, (right - bold().width(text, size_px), line), size_px, colour)

    def middle(self, text: str, x: float, line: float, size_px: float, colour: Colour) -> None:
        """Bold text centred on a point."""
        left = x - bold().width(text, size_px) / 2
        self._centred(bold(), text, (left, line), size_px, colour)

    def left(self, text: str, x: float, line: float, size_px: float, colour: Colour) -> None:
        """Regular text that starts at ``x``, its capitals centred on ``line``."""
        self._centred(regular(), text, (x, line), size_px, colour)

    def strong(self, text: str, x: float, line: float, size_px: float, colour: Colour) -> None:
        """Bold text that starts at ``x``, its capitals centred on ``line``."""
        self._centred(bold(), text, (x, line), size_px, colour)

    def _centred(
        self, face: Typeface, text: str, at: tuple[float, float], size_px: float, colour: Colour
    ) -> None:
        top = at[1] - face.cap_height(size_px) / 2
        self.brush.write(face, text, (at[0], top), colour, size_px=size_px)
