"""What presses mean: pure, over (time, level, rises)."""

from __future__ import annotations

STUCK_S = 10.0
"""Nobody presses for so long (as ``attention.acknowledge_most_s``): a short circuit."""


class Button:
    """A press is told at once; held for ``hold_s`` it is told as held too, once a press. A line
    that is active when it is first looked at is no press: it may have been cut or shorted before
    the program began."""

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self._since_s: float | None = None
        self._held = False
        self._looked = self._stuck_from_start = False

    def update(self, t_s: float, active: bool, rises: int) -> tuple[bool, bool]:
        """(pressed, held) since the last call; a press shorter than a call counts."""
        if not self._looked:
            self._looked, self._stuck_from_start = True, active and not rises
        if self._stuck_from_start and active:
            return False, False
        self._stuck_from_start = False
        fresh = active and self._since_s is None
        if fresh or (active and rises):
            self._since_s, self._held = t_s, False
        elif not active:
            self._since_s = None
        held = self._holding(t_s)
        self._held = self._held or held
        return fresh or rises > 0, held

    def is_stuck(self, t_s: float) -> bool:
        """Pressed for longer than anybody would."""
        pressed_s = 0.0 if self._since_s is None else t_s - self._since_s
        return self._stuck_from_start or pressed_s > STUCK_S

    def _holding(self, t_s: float) -> bool:
        if self._since_s is None or self._held or self._hold_s <= 0:
            return False
        return t_s - self._since_s >= self._hold_s
