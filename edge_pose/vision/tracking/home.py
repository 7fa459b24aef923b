"""Whose seat it is: the person held for the longest. The driver's seat does not move, so that
whoever is found in it is the driver again, also when somebody else was held meanwhile."""

from __future__ import annotations

from edge_pose.values import Box

_LONGEST_STEP_S = 1.0
"""Between two looks no more is counted."""


class Home:
    """Told of every hold: which driver (a number), where, and when."""

    def __init__(self) -> None:
        self.driver = self._held = 0
        self._box: Box | None = None
        self._home_s = self._held_s = 0.0
        self._last_s = float("-inf")

    def note(self, driver: int, box: Box, t_s: float) -> None:
        """This one is held now."""
        if driver != self._held:
            self._held, self._held_s = driver, 0.0
        self._held_s += min(_LONGEST_STEP_S, max(0.0, t_s - self._last_s))
        self._last_s = t_s
        if driver == self.driver:
            self._home_s, self._box = max(self._home_s, self._held_s), box
        elif self._held_s > self._home_s:
            self.settle(driver, box)

    def settle(self, driver: int, box: Box) -> None:
        """The seat is this one's."""
        self.driver, self._box, self._home_s = driver, box, self._held_s

    def missed_by(self, driver: int) -> Box | None:
        """Where the seat is, if somebody else is held."""
        return None if driver == self.driver else self._box
