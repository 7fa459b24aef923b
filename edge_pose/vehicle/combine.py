"""Many sources' words to one: what is stale is unknown, and where sources differ the stricter
word counts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge_pose.vehicle.plausible import STANDSTILL_KMH
from edge_pose.vehicle.source import Word

_SPEED_KMH, _SPEED_SHARE = 5.0, 0.1
"""UN Regulation No. 39: a speedometer may show 10 % + 4 km/h more than is driven; sources that
differ by more do not tell the same speed."""
_STEERING_DEG = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One source's word for one quantity, and until when it counts."""

    source: str
    word: Word
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What is taken for true, who said it, and who said something else."""

    word: Word = None
    source: str = ""
    against: tuple[str, ...] = ()


def agree(quantity: str, heard: Sequence[Heard], now_s: float, order: Sequence[str]) -> Agreed:
    """One word of several. ``order``: whose word goes first where they say the same."""
    fresh = [one for one in heard if one.word is not None and now_s <= one.until_s]
    if not fresh:
        return Agreed()
    fresh.sort(key=lambda one: order.index(one.source) if one.source in order else len(order))
    first = fresh[0]
    against = [one for one in fresh[1:] if _differ(quantity, first.word, one.word)]
    if not against:
        return Agreed(word=first.word, source=first.source)
    strictest = _STRICTEST.get(quantity, _unknown)([one.word for one in fresh])
    names = tuple(one.source for one in against)
    return Agreed(word=strictest, source=first.source, against=names)


def standing(standstill: Word, speed_kmh: Word) -> bool | None:
    """Whether the car stands, of a line that tells it and a speed: both must agree."""
    by_speed = speed_kmh < STANDSTILL_KMH if isinstance(speed_kmh, float) else None
    words = [word for word in (standstill, by_speed) if word is not None]
    return all(words) if words else None


def _differ(quantity: str, one: Word, other: Word) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        if quantity == "speed_kmh":
            return abs(one - other) > _SPEED_KMH + _SPEED_SHARE * max(one, other)
        if quantity == "steering_deg":
            return abs(one - other) > _STEERING_DEG
        return False  # a place: the first in order is as good as any
    return one != other


def _unknown(_words: Sequence[Word]) -> Word:
    return None


# Faster, moving, on: each asks more of the driver. Gear, wheel and indicator excuse a look aside,
# so where they are disputed they excuse nothing.
_STRICTEST: dict[str, Callable[[Sequence[Word]], Word]] = {
    "speed_kmh": lambda words: max(word for word in words if isinstance(word, float)),
    "standstill": all,
    "ignition": any,
    "acknowledge": any,
}
