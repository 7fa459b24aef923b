"""Where alerts go: broker, pins, speaker, database, clips. Each sink lives in its own stage.

A sink may block in a call for a bounded time only and raises nothing but SinkError. All its calls
come from one thread, the stage's, except ``close``, which is idempotent. After ``close`` it may be
opened again. Optional abilities are separate protocols, asked for by ``isinstance``: ``Ticking``
(something moves between states: a blinking lamp, a retry), ``Filming`` (it wants the frames
themselves), ``Ailing`` (a part of it may fail), ``Linked`` (what it sends to may be away) and
``Alarming`` (it shines or sounds, and must not go on when its stage is stuck).
The factory for the configured sinks is ``sinks.build.build_sinks``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from edge_pose.values import Alert, DriverState, Frame, Health


@runtime_checkable
class Sink(Protocol):
    """One output. ``state`` comes at most once per frame and may be skipped; ``alert`` never."""

    name: str

    def open(self) -> None:
        """Take the device or connection; SinkError says what to do when it is not there."""
        ...

    def alert(self, alert: Alert) -> None:
        """One transition of an episode, in order."""
        ...

    def state(self, state: DriverState, health: Health) -> None:
        """The newest state of driver and program."""
        ...

    def close(self) -> None:
        """Release everything and leave every output off; idempotent, from any thread."""
        ...


@runtime_checkable
class Ticking(Protocol):
    """A sink that also wants a call every ``tick_s`` seconds, states or not."""

    tick_s: float

    def tick(self) -> None:
        """Do what is due by the clock."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How a sink stands with what it sends to. ``lost``: alerts given up since the start."""

    connected: bool
    backlog: int = 0
    lost: int = 0


@runtime_checkable
class Linked(Protocol):
    """A sink that sends to something that may be away."""

    @property
    def link(self) -> Link:
        """The newest word on it; from any thread."""
        ...


@runtime_checkable
class Alarming(Protocol):
    """A sink with outputs that people see, hear or feel."""

    def silence(self) -> None:
        """Switch them off at once, from any thread and in the midst of a call: the program is
        leaving. Raises nothing but SinkError; only ``close`` may follow."""
        ...


@runtime_checkable
class Ailing(Protocol):
    """A sink that goes on working though a part of it does not: a lamp that stays dark, a player
    that fails."""

    @property
    def ailment(self) -> str:
        """What is wrong, in words with the sink's name in front; empty: nothing."""
        ...


@runtime_checkable
class Filming(Protocol):
    """A sink that also wants the frames, newest only, in its own stage."""

    def frame(self, frame: Frame) -> None:
        """One camera image; may be skipped."""
        ...
