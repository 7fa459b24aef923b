"""Counts how long something lasts, running on through short interruptions."""

from __future__ import annotations

from edge_pose.monitor.durations import BELIEVED_S, STAMP_S


class Timer:
    """An interruption as long as ``forgive_s`` starts it afresh, whatever moments of less than
    0.2 s are in it: that is no re-engagement (UN R171), and one misread sample is less. A change
    between two observations is taken to lie halfway, so that lost ones make none shorter."""

    def __init__(self, forgive_s: float) -> None:
        self._forgive_s = forgive_s
        self._out_s = self._on_s = 0.0
        self._on = self._running = False
        self.since = 0.0
        self.seconds = 0.0

    def update(self, on: bool, t_s: float, dt_s: float) -> None:
        """One step: is it so now?"""
        if self._running:
            self.seconds += dt_s
            self._out_s += dt_s * (2 - on - self._on) / 2.0
            if self._out_s >= self._forgive_s - STAMP_S:
                self.reset()
            self._on_s = self._on_s + dt_s * (1 + self._on) / 2.0 if on else 0.0
            if self._on_s >= BELIEVED_S - STAMP_S:
                self._out_s = 0.0
        if on and not self._running:
            self._running, self.since, self.seconds = True, t_s, dt_s / 2.0
        self._on = on

    def reset(self) -> None:
        """Nothing has lasted."""
        self.seconds = self._out_s = self._on_s = 0.0
        self._on = self._running = False

    def reached(self, limit_s: float) -> bool:
        """It is so now, for more than a misread sample, and has been for so long."""
        return self._on and self._out_s == 0.0 and self.seconds >= limit_s - STAMP_S
