"""What people and the car tell the running monitor: a small thread-safe mailbox.

Sinks and views write (a button, an MQTT command, a page), the inference loop reads once a frame.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import Protocol

from edge_pose.values import Command, VehicleState

_CAPACITY = 32
NEAREST_CM, FARTHEST_CM = 25.0, 150.0
"""Between these a driver's face is from the camera."""


class Hearing(Protocol):
    """What takes the car's words from every source and makes one state of them."""

    def hear(
        self, source: str, *, valid_s: float | None = None, **words: float | bool | str | None
    ) -> None:
        """A source's words by VehicleState's names; None: not known (any more)."""

    def forget(self, source: str) -> None:
        """The source is gone, and what it said with it."""

    @property
    def state(self) -> VehicleState:
        """What is known now."""
        ...


class NoCar:
    """Where nothing says anything: all is unknown."""

    def hear(
        self, source: str, *, valid_s: float | None = None, **words: float | bool | str | None
    ) -> None:
        """Nobody listens."""

    def forget(self, source: str) -> None:
        """Nothing was kept."""

    @property
    def state(self) -> VehicleState:
        return VehicleState()


class Controls:
    """Commands in order, bounded; and ``car``, which hears what the car says."""

    def __init__(self, car: Hearing | None = None) -> None:
        self.car: Hearing = car or NoCar()
        self._lock = threading.Lock()
        self._commands: deque[Command] = deque(maxlen=_CAPACITY)
        self._distance_m: float | None = None
        self._restart_wanted = False
        self.private = False
        """The driver wants no picture kept or sent: whoever keeps or sends one looks here first."""
        self._preset: str | None = None

    def send(self, command: Command) -> None:
        """Queue a command; past the capacity the oldest is dropped. A restart is not for the
        loop: it stands until this run ends."""
        with self._lock:
            if command is Command.RESTART:
                self._restart_wanted = True
            else:
                self._commands.append(command)

    def take_restart(self) -> bool:
        """Whether somebody has asked for a restart of the program since the last call."""
        with self._lock:
            wanted, self._restart_wanted = self._restart_wanted, False
            return wanted

    def choose_preset(self, name: str) -> None:
        """Rules as this preset has them, from the next restart on, which this asks for."""
        with self._lock:
            self._preset = name

    def take_preset(self) -> str | None:
        """The preset chosen since the last call, if any."""
        with self._lock:
            name, self._preset = self._preset, None
            return name

    def set_distance(self, distance_m: float) -> None:
        """From the camera to the bridge of the driver's nose, as somebody measured it."""
        with self._lock:
            self._distance_m = distance_m

    @property
    def distance_m(self) -> float | None:
        """The last distance told; None before the first."""
        with self._lock:
            return self._distance_m

    @property
    def vehicle(self) -> VehicleState:
        """What the car says now; unknown wherever nothing says it."""
        return self.car.state

    def take(self) -> tuple[Command, ...]:
        """All waiting commands, oldest first; the mailbox is empty afterwards."""
        with self._lock:
            commands = tuple(self._commands)
            self._commands.clear()
            return commands
