"""What people and the car tell the running monitor: a small thread-safe mailbox.

Sinks and views write (a button, an MQTT command, a page), the inference loop reads once a frame.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace

from edge_pose.values import Command, VehicleState

_CAPACITY = 32
NEAREST_CM, FARTHEST_CM = 25.0, 150.0
"""Between these a driver's face is from the camera."""


class Controls:
    """Commands in order, bounded; and the latest word of the car, newest wins per field."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commands: deque[Command] = deque(maxlen=_CAPACITY)
        self._vehicle = VehicleState()
        self._distance_m: float | None = None

    def send(self, command: Command) -> None:
        """Queue a command; past the capacity the oldest is dropped."""
        with self._lock:
            self._commands.append(command)

    def set_vehicle(self, **fields: float | bool | None) -> None:
        """Update fields of VehicleState by name; an unknown name is a TypeError."""
        with self._lock:
            self._vehicle = replace(self._vehicle, **fields)  # type: ignore[arg-type]

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
        with self._lock:
            return self._vehicle

    def take(self) -> tuple[Command, ...]:
        """All waiting commands, oldest first; the mailbox is empty afterwards."""
        with self._lock:
            commands = tuple(self._commands)
            self._commands.clear()
            return commands
