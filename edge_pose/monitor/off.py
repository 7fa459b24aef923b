"""Why the monitor is off, if it is: the ignition, or a person's word, which holds for a time; and
the state while it is."""

from __future__ import annotations

from edge_pose.monitor.neutral.learning import Neutral
from edge_pose.values import Alert, DriverState, Observation

IGNITION = "the ignition is off"
ASKED = "switched off by a person"


_PERSON_S = 600.0
"""Who asks more often than this, for hours, is a program that repeats itself."""

_LEAST_S = 60.0
"""Each word counts for so much: off and on again every second would let no closure grow."""


class SwitchedOff:
    """Nobody can switch the monitor off for ever: a word is forgotten after ``max_s``, in which
    time without observations counts, too. Words that come again and again are one word."""

    def __init__(self, max_s: float) -> None:
        self._max_s = max_s
        self._left_s = 0.0
        self._off_s = 0.0
        """Off for so long by words that followed each other closely."""
        self._asked_s = float("inf")
        """Since the last one."""

    def ask(self) -> bool:
        """A person switches it off; False: that is not obeyed."""
        if self._asked_s >= _PERSON_S:
            self._off_s = 0.0
        self._asked_s = 0.0
        self._left_s = max(0.0, self._max_s - self._off_s)
        self._off_s += _LEAST_S
        return self._left_s > 0.0

    def withdraw(self) -> None:
        """A person switches it on."""
        self._left_s = 0.0

    def reason(self, passed_s: float, engaged: bool | None) -> str:
        """Why it is off now; empty while it is on. ``passed_s``: since the last time it was asked;
        ``engaged``: the car's word, False for off."""
        self._asked_s += passed_s
        if self._left_s > 0.0:
            self._left_s -= passed_s
            self._off_s += passed_s
        if self._left_s > 0.0:
            return ASKED
        return IGNITION if engaged is False else ""


def off_state(
    observation: Observation, neutral: Neutral, *, locked_out: bool, episodes: tuple[Alert, ...]
) -> DriverState:
    """What is known of the driver while nobody is to be monitored."""
    return DriverState(
        t_s=observation.t_s,
        face=observation.face,
        attention=1.0,
        level=0,
        distracted=False,
        neutral=neutral.pose,
        calibration=neutral.progress,
        locked_out=locked_out,
        enabled=False,
        episodes=episodes,
    )
