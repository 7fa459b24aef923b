"""SIGINT, SIGTERM and SIGHUP of the service, from its first line to its last.

A handler runs in the main thread between any two of its instructions. So it takes no lock (an
Event's could be held by the very code that it interrupts): it only sets flags, or leaves.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignals:
    """While the program still loads nothing is open, and a stop leaves at once with status 0.
    After ``hold`` it is a wish: whoever runs the stages looks at ``stop_wanted``."""

    def __init__(self, leave: Callable[[int], object] = os._exit) -> None:
        self._leave = leave
        self._held = False
        self.stop_wanted = False
        self.reload_wanted = False

    def listen(self) -> None:
        """Take the signals over, for the rest of the process."""
        for number in _NUMBERS:
            signal.signal(number, self._on_signal)

    def hold(self) -> None:
        """From here on outputs may be on: a stop waits until they have been closed."""
        self._held = True

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if number == signal.SIGHUP:
            self.reload_wanted = True
        elif self._held:
            self.stop_wanted = True
        else:
            self._leave(0)


class Stopped(BaseException):
    """SIGTERM for a verb that is no service: it unwinds, so that nothing is left behind."""

    exit_code = 128 + signal.SIGTERM


def unwind_on_stop() -> None:
    """For verbs that end by themselves: SIGINT and SIGTERM leave through every ``finally``."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise Stopped

    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, stop)


SERVICE = StopSignals()
"""The signals of this process; ``edge-pose run`` listens before it loads anything else."""


def end_within(limit_s: float) -> None:
    """Last resort of a stop: after so long the process ends with status 1 and every stack on
    stderr, even if native code holds the interpreter. The unit then switches the outputs off."""
    with contextlib.suppress(OSError, ValueError, AttributeError, RuntimeError):
        faulthandler.dump_traceback_later(limit_s, exit=True)


def leave(code: int) -> NoReturn:
    """End the process now. All that had to be closed is closed; a client's thread or a stuck
    stage could hold up Python's own way out for ever, and ends with the process."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
