"""Whose face it is: another person's face does not stand in for the driver's.

A face that appears far from where the driver's was, or much larger or smaller, is not the
driver's, until it has been there so long that the driver must have changed.
"""

from __future__ import annotations

from edge_pose.config.monitor import DriverConfig
from edge_pose.values import Box

_FOLLOW = 0.5  # how quickly the driver's place follows the face, per observation


class DriverFace:
    """Remembers where the driver's face was."""

    def __init__(self, config: DriverConfig) -> None:
        self._config = config
        self._x = self._y = self._side = 0.0
        self._known = False
        self._other_s = 0.0
        self.changed = False
        """The driver has just been found to be another person."""

    def update(self, box: Box | None, dt_s: float) -> bool:
        """True if a face in this box (None = place not measured) is the driver's."""
        self.changed = False
        if box is None or box.side <= 0.0:
            return True
        x, y = box.center
        if not self._known:
            self._settle(x, y, box.side)
        elif self._is_other(x, y, box.side):
            self._other_s += dt_s
            if self._other_s < self._config.accept_s:
                return False
            self.changed = True
            self._settle(x, y, box.side)
        else:
            self._other_s = 0.0
            self._x += _FOLLOW * (x - self._x)
            self._y += _FOLLOW * (y - self._y)
            self._side += _FOLLOW * (box.side - self._side)
        return True

    def _is_other(self, x: float, y: float, side: float) -> bool:
        ratio = side / self._side
        limit = self._config.jump * self._side
        return (
            abs(x - self._x) > limit
            or abs(y - self._y) > limit
            or max(ratio, 1.0 / ratio) > self._config.size_ratio
        )

    def _settle(self, x: float, y: float, side: float) -> None:
        self._x, self._y, self._side = x, y, side
        self._known, self._other_s = True, 0.0
