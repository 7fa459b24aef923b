"""Large touch keys over the picture: where they lie, what they mean, how they look."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from edge_pose.view.drawing.brush import Brush, Canvas, Rect
from edge_pose.view.drawing.easel import Easel
from edge_pose.view.drawing.layout import Layout
from edge_pose.view.drawing.palette import Palette


class Action(StrEnum):
    """What a person can do at the screen."""

    ACKNOWLEDGE = "acknowledge"
    MUTE = "mute"
    RECALIBRATE = "recalibrate"
    PRIVACY = "privacy"
    SHOW_KEYS = "show keys"


_WORDS = {
    Action.ACKNOWLEDGE: "Acknowledge",
    Action.MUTE: "Mute",
    Action.RECALIBRATE: "Recalibrate",
    Action.PRIVACY: "Privacy",
}
_ORDER = tuple(_WORDS)


@dataclass(frozen=True, slots=True)
class Keys:
    """The four keys for a picture of one size, in two rows of two."""

    layout: Layout

    def places(self) -> dict[Action, Rect]:
        """Each key's rectangle; together they fill the middle of the picture."""
        x, width = self.layout.column
        _, top, _, room = self.layout.stage
        gap = self.layout.margin
        wide, tall = (width - gap) // 2, (room - 3 * gap) // 2
        return {
            action: (x + (i % 2) * (wide + gap), top + gap + (i // 2) * (tall + gap), wide, tall)
            for i, action in enumerate(_ORDER)
        }

    def at(self, point: tuple[float, float]) -> Action | None:
        """The key under a touch."""
        for action, (x, y, width, height) in self.places().items():
            if x <= point[0] < x + width and y <= point[1] < y + height:
                return action
        return None

    def draw(self, canvas: Canvas, palette: Palette, *, muted: bool, private: bool) -> None:
        easel = Easel(Brush(canvas), self.layout, palette)
        lit = {Action.MUTE: muted, Action.PRIVACY: private}
        for action, rect in self.places().items():
            x, y, width, height = rect
            on = lit.get(action, False)
            tone = palette.quiet
            easel.brush.panel(rect, self.layout.radius, tone.fill if on else palette.panel, 0.92)
            words = f"{_WORDS[action]} is on" if on else _WORDS[action]
            middle = (x + width / 2, y + height / 2)
            ink = tone.ink if on else palette.ink
            easel.middle(words, *middle, self.layout.headline * 0.9, ink)


def touched(
    point: tuple[float, float], layout: Layout, *, keys_shown: bool, alert_open: bool
) -> Action | None:
    """What a touch means: with keys shown the key; else OK to an open alert, or show the keys."""
    if keys_shown:
        return Keys(layout).at(point)
    return Action.ACKNOWLEDGE if alert_open else Action.SHOW_KEYS
