"""Where things lie and how large they are, for any picture size: pure arithmetic.

Everything is drawn for 640×480 and scaled. ISO 15008 asks that in-vehicle text subtend 20
arc minutes (12 at least): at 70 cm that is a capital of 4 mm (2.4 mm), about 17 px (10 px) of a
640×480 picture on a 7-inch screen. Headline and values keep the first, labels the second.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_pose.view.brush import Rect

_REFERENCE = (640, 480)
_COMPACT_BELOW = 0.75


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
        """True where the picture is too small for every gauge: fewer of them, larger."""
        return self.scale < _COMPACT_BELOW

    def px(self, length: float) -> int:
        """A length drawn for 640×480, in pixels of this picture, at least 1."""
        return max(1, round(length * self.scale))

    @property
    def stroke(self) -> int:
        """Width of a strong line."""
        return max(2, round(2.4 * self.scale))

    @property
    def rim(self) -> int:
        """Width of the dark line under a strong one."""
        return self.stroke + (1 if self.compact else 2 * self.hairline)

    @property
    def hairline(self) -> int:
        return max(1, round(1.2 * self.scale))

    @property
    def headline(self) -> float:
        return max(25.0 * self.scale, 15.0)

    @property
    def value(self) -> float:
        return max(22.0 * self.scale, 14.0)

    @property
    def body(self) -> float:
        return max(17.0 * self.scale, 11.0)

    @property
    def label(self) -> float:
        return max(13.5 * self.scale, 10.0)

    @property
    def margin(self) -> int:
        return max(4, self.px(10))

    @property
    def padding(self) -> int:
        return max(5, self.px(13))

    @property
    def radius(self) -> int:
        return max(6, self.px(14))

    @property
    def column(self) -> tuple[int, int]:
        """(x, width) of banner and dock: centred, no wider than they need."""
        width = min(self.width - 2 * self.margin, self.px(760))
        return (self.width - width) // 2, width

    @property
    def dock(self) -> Rect:
        """The panel of gauges along the lower edge."""
        x, width = self.column
        height = max(44, self.px(98))
        return x, self.height - self.margin - height, width, height

    @property
    def banner(self) -> Rect:
        """The message along the upper edge."""
        x, width = self.column
        return x, self.margin, width, max(38, self.px(66))

    @property
    def chip(self) -> int:
        """Height of a small label over the picture."""
        return max(18, self.px(32))

    @property
    def stage(self) -> Rect:
        """The part of the picture that banner and dock leave free."""
        top = self.banner[1] + self.banner[3]
        return 0, top, self.width, self.dock[1] - top
