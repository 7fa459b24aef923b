"""Things that happen now and then, and things that wander: drawn ahead of time, one after another.

Each has its own stream of chance, so that a change in one leaves all others as they were.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bout(Generic[T]):
    """One occurrence. ``what``: its own particulars."""

    start_s: float
    length_s: float
    what: T


class Bouts(Generic[T]):
    """An endless, ordered stream of occurrences. ``draw`` gives the gap before the next one, its
    length, and what it is. None touches a span in ``free``."""

    def __init__(
        self,
        seed: str,
        draw: Callable[[random.Random], tuple[float, float, T]],
        free: Sequence[Span] = (),
    ) -> None:
        self._chance = random.Random(seed)
        self._draw = draw
        self._free = sorted(free)
        self._end_s = 0.0
        self._next = self._drawn()

    def at(self, t_s: float) -> Bout[T] | None:
        """The one under way; times must not run back."""
        while t_s >= self._next.start_s + self._next.length_s:
            self._next = self._drawn()
        return self._next if t_s >= self._next.start_s else None

    def due_s(self, t_s: float) -> float:
        """When the one under way began, or the next one will."""
        self.at(t_s)
        return self._next.start_s

    def _drawn(self) -> Bout[T]:
        while True:
            gap_s, length_s, what = self._draw(self._chance)
            start_s = self._end_s + gap_s
            self._end_s = start_s + length_s
            if not overlaps(self._free, start_s, self._end_s):
                return Bout(start_s, length_s, what)


def overlaps(spans: Sequence[Span], start_s: float, end_s: float) -> bool:
    """True if one of the sorted spans has a moment in common with this one."""
    after = bisect_right(spans, (end_s, math.inf))
    return after > 0 and spans[after - 1][1] > start_s


class Drift:
    """A value that wanders about zero: an Ornstein–Uhlenbeck walk."""

    def __init__(self, seed: str, spread: float, memory_s: float) -> None:
        self._chance = random.Random(seed)
        self._spread = spread
        self._memory_s = memory_s
        self._value = self._chance.gauss(0.0, spread)

    def step(self, dt_s: float) -> float:
        """The value after so much time."""
        kept = math.exp(-dt_s / self._memory_s)
        jolt = self._spread * math.sqrt(1.0 - kept * kept)
        self._value = kept * self._value + jolt * self._chance.gauss(0.0, 1.0)
        return self._value
