"""Where things lie and how large they are, for any picture size: pure arithmetic.

Everything is drawn for 640×480 and scaled. ISO 15008 asks that in-vehicle text subtend 20
arc minutes (12 at least): at 70 cm that is a capital of 4 mm (2.4 mm), about 17 px (10 px) of a
640×480 picture on a 7-inch screen. Headline and values keep the first, labels the second.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_pose.view.drawing.brush import Rect

_REFERENCE = (640, 480)
_COMPACT_BELOW = 0.75
_DOCK_WIDTH = 620
"""Below this width (of 640×480's scale, as in a portrait picture) not every gauge has room."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes and places for one picture size."""

    width: int
    height: int

    @property
    def scale(self) -> float:
        """1 at 640×480."""
        return min(self.width / _REFERENCE[0], self.height / _REFERENCE[1])

    @property
    def compact(self) -> bool:
        """True where the picture is too small or narrow for every gauge: fewer of them."""
        return self.scale < _COMPACT_BELOW or self.column[1] < self.px(_DOCK_WIDTH)

    def px(self, length: float) -> int:
        """A length drawn for 640×480, in pixels of this picture, at least 1."""
        return max(1, round(length * self.scale))

    def _least(self, length: float, least: float) -> float:
        """The same, unrounded, but never smaller than ``least``."""
        return max(length * self.scale, least)

    @property
    def stroke(self) -> int:
        """Width of a strong line."""
        return round(self._least(2.4, 2))

    @property
    def rim(self) -> int:
        """Width of the dark line under a strong one."""
        return self.stroke + (1 if self.compact else 2 * self.hairline)

    @property
    def hairline(self) -> int:
        return max(1, round(1.2 * self.scale))

    @property
    def headline(self) -> float:
        return self._least(25.0, 15.0)

    @property
    def value(self) -> float:
        return self._least(22.0, 14.0)

    @property
    def body(self) -> float:
        return self._least(17.0, 11.0)

    @property
    def label(self) -> float:
        return self._least(13.5, 10.0)

    @property
    def margin(self) -> int:
        return round(self._least(10, 4))

    @property
    def padding(self) -> int:
        return round(self._least(13, 5))

    @property
    def radius(self) -> int:
        return round(self._least(14, 6))

    @property
    def column(self) -> tuple[int, int]:
        """(x, width) of banner and dock: centred, no wider than they need."""
        width = min(self.width - 2 * self.margin, self.px(760))
        return (self.width - width) // 2, width

    @property
    def dock(self) -> Rect:
        """The panel of gauges along the lower edge."""
        x, width = self.column
        height = round(self._least(98, 44))
        return x, self.height - self.margin - height, width, height

    @property
    def banner(self) -> Rect:
        """The message along the upper edge."""
        x, width = self.column
        return x, self.margin, width, round(self._least(66, 38))

    @property
    def chip(self) -> int:
        """Height of a small label over the picture."""
        return round(self._least(32, 18))

    @property
    def stage(self) -> Rect:
        """The part of the picture that banner and dock leave free."""
        top = self.banner[1] + self.banner[3]
        return 0, top, self.width, self.dock[1] - top
