"""What is known of where the driver looks at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

Movement = Literal["owl", "lizard", "lean"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Where the driver looks: by the eyes where they tell it for certain, else by the head."""

    seen: bool
    """Told by the driver's face; else held over from before, or unknown."""
    away: bool = False
    """Off the road, to a side or up, or at something in the car."""
    down: bool = False
    """At something low."""
    eyes_closed: bool = False
    held: bool = False
    """The face was lost while the head was away or on its way there."""
    region: str | None = None
    by_eyes: bool = False
    free_s: float = 0.0
    """A look there that is shorter counts for nothing among many glances."""
    movement: Movement | None = None
    off_road: bool = field(init=False)
    distracted: bool = field(init=False)
    """Off the road, or eyes closed."""
    attentive: bool = field(init=False)
    """Seen, on the road, eyes not closed."""

    def __post_init__(self) -> None:
        off_road = self.away or self.down
        distracted = off_road or self.eyes_closed
        object.__setattr__(self, "off_road", off_road)
        object.__setattr__(self, "distracted", distracted)
        object.__setattr__(self, "attentive", self.seen and not distracted)


make_sight = lru_cache(maxsize=512)(Sight)
"""There are few of them and one is needed at every observation: each is made once, with all that
follows from it."""
