"""A sink that remembers what it was told, and fails or blocks when asked to."""

from __future__ import annotations

import threading

from edge_pose.errors import SinkError
from edge_pose.values import Alert, DriverState, Health


class RecordingSink:
    """``alerts`` and ``states`` in the order they came. ``fail_next`` calls raise SinkError;
    while ``gate`` is cleared ``alert`` waits (at most ``wait_s``), as a slow output does."""

    def __init__(
        self, name: str = "recording", *, fail_opens: int = 0, wait_s: float = 5.0
    ) -> None:
        self.name = name
        self.alerts: list[Alert] = []
        self.states: list[DriverState] = []
        self.healths: list[Health] = []
        self.opened = 0
        self.closed = 0
        self.fail_opens = fail_opens
        self.fail_next = 0
        self.gate = threading.Event()
        self.gate.set()
        self._wait_s = wait_s

    @property
    def is_open(self) -> bool:
        return self.opened > self.closed

    def open(self) -> None:
        if self.fail_opens > 0:
            self.fail_opens -= 1
            raise SinkError(f"{self.name}: cannot be opened")
        self.opened += 1

    def alert(self, alert: Alert) -> None:
        self.gate.wait(self._wait_s)
        self._maybe_fail()
        self.alerts.append(alert)

    def state(self, state: DriverState, health: Health) -> None:
        self._maybe_fail()
        self.states.append(state)
        self.healths.append(health)

    def close(self) -> None:
        if self.is_open:
            self.closed += 1

    def _maybe_fail(self) -> None:
        if self.fail_next > 0:
            self.fail_next -= 1
            raise SinkError(f"{self.name}: told to fail")
