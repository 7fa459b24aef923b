"""Whose face it is: another person's face does not stand in for the driver's.

A face that appears far from where the driver's was, or much larger or smaller, is not the
driver's, until it has been there so long that the driver must have changed. One at the driver's
usual place is the driver's: who wakes sits up again.
"""

from __future__ import annotations

from collections import deque

from edge_pose.config.monitor import DriverConfig
from edge_pose.monitor.smoothing import share
from edge_pose.values import Box


class DriverFace:
    """Remembers where the driver's face was."""

    def __init__(self, config: DriverConfig) -> None:
        self._config = config
        self._x = self._y = self._side = 0.0
        self._usual_x = self._usual_y = self._usual_side = 0.0
        self._former: tuple[float, float, float] | None = None
        self._known = False
        self._other_s = 0.0
        self._was_other = False
        self._swaps: deque[float] = deque(maxlen=16)
        self.changed = False
        """The driver has just been found to be another person."""
        self.lean: float | None = None
        """How far the face is from its usual place, in face sides."""

    def update(
        self, box: Box | None, dt_s: float, t_s: float = 0.0, *, missed: bool = False
    ) -> bool:
        """True if a face in this box (None = place not measured) is the driver's. ``missed``: the
        driver fell asleep in a moving car: nobody has taken his place."""
        self.changed = False
        if box is None or (side := box.side) <= 0.0:
            self.lean = None
            return True
        x, y = box.center
        if not self._known:
            self._settle(x, y, side)
        elif self._is_other(x, y, side):
            self._other_s += dt_s
            accept_s = self._config.missed_s if missed else self._config.accept_s
            if self._is_back(x, y, side) or self._other_s >= accept_s:
                return self._accept(x, y, side)
            return self._refuse(t_s)
        else:
            self._follow(x, y, side, dt_s)
        if self._was_other:
            self._was_other = False
            self._swaps.append(t_s)
        self.lean = max(abs(x - self._usual_x), abs(y - self._usual_y)) / self._side
        return True

    def swaps(self, t_s: float) -> int:
        """How often the face was another one than before, lately."""
        if not self._swaps:
            return 0
        while self._swaps and t_s - self._swaps[0] > self._config.swap_window_s:
            self._swaps.popleft()
        return len(self._swaps)

    def _refuse(self, t_s: float) -> bool:
        self.lean = None
        if not self._was_other:
            self._was_other = True
            self._swaps.append(t_s)
        return False

    def _accept(self, x: float, y: float, side: float) -> bool:
        self.lean = None
        self.changed = True
        self._was_other = False
        self._former = (self._usual_x, self._usual_y, self._usual_side)
        self._settle(x, y, side)
        return True

    def _is_back(self, x: float, y: float, side: float) -> bool:
        """At the place of who was the driver before: a passenger had been taken for one."""
        return self._former is not None and not self._is_far(x, y, side, self._former)

    def _follow(self, x: float, y: float, side: float, dt_s: float) -> None:
        self._other_s = 0.0
        moved = share(dt_s, self._config.follow_s)
        self._x += moved * (x - self._x)
        self._y += moved * (y - self._y)
        self._side += moved * (side - self._side)
        slowly = share(dt_s, self._config.usual_s)
        self._usual_x += slowly * (x - self._usual_x)
        self._usual_y += slowly * (y - self._usual_y)
        self._usual_side += slowly * (side - self._usual_side)

    def _is_other(self, x: float, y: float, side: float) -> bool:
        last = (self._x, self._y, self._side)
        usual = (self._usual_x, self._usual_y, self._usual_side)
        return self._is_far(x, y, side, last) and self._is_far(x, y, side, usual)

    def _is_far(self, x: float, y: float, side: float, place: tuple[float, float, float]) -> bool:
        at_x, at_y, at_side = place
        ratio = side / at_side
        limit = self._config.jump * at_side
        return (
            abs(x - at_x) > limit
            or abs(y - at_y) > limit
            or max(ratio, 1.0 / ratio) > self._config.size_ratio
        )

    def _settle(self, x: float, y: float, side: float) -> None:
        self._x, self._y, self._side = x, y, side
        self._usual_x, self._usual_y, self._usual_side = x, y, side
        self._known, self._other_s = True, 0.0
