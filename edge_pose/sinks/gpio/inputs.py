"""What presses mean: pure, over (time, level, rises)."""

from __future__ import annotations


class Button:
    """A press is told at once; held for ``hold_s`` it is told as held too, once a press."""

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self._since_s: float | None = None
        self._held = False

    def update(self, t_s: float, active: bool, rises: int) -> tuple[bool, bool]:
        """(pressed, held) since the last call; a press shorter than a call counts."""
        fresh = active and self._since_s is None
        if fresh or (active and rises):
            self._since_s, self._held = t_s, False
        elif not active:
            self._since_s = None
        held = self._holding(t_s)
        self._held = self._held or held
        return fresh or rises > 0, held

    def _holding(self, t_s: float) -> bool:
        if self._since_s is None or self._held or self._hold_s <= 0:
            return False
        return t_s - self._since_s >= self._hold_s
