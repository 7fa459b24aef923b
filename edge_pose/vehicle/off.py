"""When the car may switch the monitor off: a live "off" of a car that does not move, for a time."""

from __future__ import annotations

from edge_pose.config.vehicle import VehicleConfig
from edge_pose.values.vehicle import MOVING_KMH

_LOOSE_S, _STEADY_S = 10.0, 3.0
"""A line that was off and on again so lately has a loose contact: its next "off" must last."""


class OffGate:
    """Ignition and movement to ``engaged``. False is the only word that stops the monitor, so it
    must be renewed, not contradicted, and end: a cut wire reads "off" too."""

    def __init__(self, config: VehicleConfig) -> None:
        self._config = config
        self._since_s: float | None = None
        self._steady_s: float | None = None
        """Since when it has said off and nothing else."""
        self._back_s = float("-inf")
        """When it last said on after an off."""
        self._doubted = False
        self.reason = ""
        """Why an "off" is not believed; empty when it is, or when there is none."""

    def engaged(
        self, t_s: float, ignition: bool | None, standstill: bool | None, speed_kmh: float | None
    ) -> bool | None:
        """False: the car is off. True: on. None: unknown, which counts as on."""
        if ignition is not False:
            self._back_s = self._back_s if self._steady_s is None else t_s
            self._steady_s = None
            if ignition:  # only a real "on" ends the doubt and starts the time anew
                self._since_s, self._doubted = None, False
            self.reason = ""
            return ignition
        self._since_s = t_s if self._since_s is None else self._since_s
        self._steady_s = t_s if self._steady_s is None else self._steady_s
        self.reason = self._doubt(t_s, standstill, speed_kmh)
        if not self.reason and self._is_loose(t_s, self._steady_s):
            self.reason = "it comes and goes: not believed until it lasts"
        return None if self.reason else False

    def _is_loose(self, t_s: float, off_since_s: float) -> bool:
        return off_since_s - self._back_s < _LOOSE_S and t_s - off_since_s < _STEADY_S

    def _doubt(self, t_s: float, standstill: bool | None, speed_kmh: float | None) -> str:
        # Of a line that only tells moving from standing nobody knows how fast.
        moving = standstill is False if speed_kmh is None else speed_kmh >= MOVING_KMH
        self._doubted = self._doubted or moving
        if self._doubted:
            return "the car has moved since: the ignition line is not believed until it says on"
        config = self._config
        limit_s = config.off_max_s if standstill else config.off_unconfirmed_max_s
        assert self._since_s is not None
        if t_s - self._since_s > limit_s:
            return f"off for more than {limit_s / 60.0:.0f} min: not believed until it says on"
        return ""
