"""Whether the driver acknowledges now, by a button or from afar."""

from __future__ import annotations

from edge_pose.config.attention import AttentionConfig
from edge_pose.monitor.sample import Sample


class Acknowledgement:
    """``possible``: the driver has something to acknowledge with, as far as is known."""

    def __init__(self, config: AttentionConfig, *, possible: bool) -> None:
        self._known = possible
        self._line: bool | None = None
        self._hold_s = config.acknowledge_hold_s
        self._most_s = config.acknowledge_most_s
        self._until = float("-inf")
        self._pressed_s = 0.0

    @property
    def possible(self) -> bool:
        """A line that is not heard any more, or is stuck, is no means: an alarm that waited for it
        would never end."""
        return self._known or (self._line is not None and not self._is_stuck)

    @property
    def _is_stuck(self) -> bool:
        return self._pressed_s > self._most_s

    def hear(self, line: bool | None) -> None:
        """What the button's line says now; None: there is none, or it says nothing."""
        self._line = line

    def press(self, now_s: float) -> None:
        """A person says it from afar; it counts for a moment."""
        self._known = True
        self._until = now_s + self._hold_s

    def given(self, sample: Sample) -> bool:
        """It is given; one without end, of a stuck button or a program, is none."""
        pressed = sample.vehicle.acknowledge is True or sample.t_s <= self._until
        self._pressed_s = self._pressed_s + sample.dt_s if pressed else 0.0
        return pressed and not self._is_stuck
