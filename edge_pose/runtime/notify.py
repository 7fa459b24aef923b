"""Talking to systemd: ready, status, reload, stop and the watchdog (sd_notify(3))."""

from __future__ import annotations

import contextlib
import os
import socket
import time
import weakref
from collections.abc import Callable, Mapping, Sequence

from edge_pose.clock import Clock
from edge_pose.runtime.stage import Stage
from edge_pose.runtime.stalls import Stalls


class Notifier:
    """Sends states to ``$NOTIFY_SOCKET``; does nothing where there is none. Never raises:
    a service manager that does not listen must not stop monitoring."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        self._environ = os.environ if environ is None else environ
        self._status = ""
        self._channel: socket.socket | None = None
        """Kept open: the watchdog must be fed also when no descriptor is left."""

    @property
    def managed(self) -> bool:
        """True under a service manager: nobody sits before a terminal."""
        return self._address.startswith(("/", "@"))

    @property
    def watchdog_s(self) -> float | None:
        """The interval within which systemd wants to hear of us, None when it does not."""
        pid = self._environ.get("WATCHDOG_PID")
        if pid not in (None, "", str(os.getpid())):
            return None
        try:
            microseconds = int(self._environ.get("WATCHDOG_USEC", ""))
        except ValueError:
            return None
        return microseconds / 1e6 if microseconds > 0 else None

    def ready(self) -> None:
        self._send("READY=1")

    def reloading(self) -> None:
        """Follow with ``ready`` once the new configuration is in use, or was refused."""
        stamp = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._send(f"RELOADING=1\nMONOTONIC_USEC={stamp}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def watchdog(self) -> None:
        self._send("WATCHDOG=1")

    def status(self, text: str) -> None:
        """One line for ``systemctl status``; sent on change only."""
        line = " ".join(text.split())
        if line != self._status:
            self._status = line
            self._send(f"STATUS={line}")

    @property
    def _address(self) -> str:
        return self._environ.get("NOTIFY_SOCKET", "")

    def _send(self, state: str) -> None:
        if not self.managed:
            return
        address = self._address
        # A leading @ stands for the zero byte of Linux's abstract namespace.
        path = "\0" + address[1:] if address.startswith("@") else address
        with contextlib.suppress(OSError):
            if self._channel is None:
                kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC
                self._channel = socket.socket(socket.AF_UNIX, kind)
                self._channel.settimeout(0.5)
                weakref.finalize(self, self._channel.close)
            self._channel.sendto(state.encode(), path)


class Watchdog:
    """Feeds systemd's watchdog, but only while every given stage makes progress and ``lost`` names
    no part that hangs for good."""

    def __init__(
        self,
        notifier: Notifier,
        stages: Sequence[Stage],
        clock: Clock,
        *,
        stall_s: float,
        lost: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._lost = lost
        self._stalls = Stalls(clock, stall_s)
        self._stall_s = stall_s
        self._notifier = notifier
        self._stages = tuple(stages)
        self._clock = clock
        interval = notifier.watchdog_s
        self._every_s = min(1.0, interval / 3.0) if interval else None
        self._fed_s: float | None = None

    def tick(self) -> None:
        """Call a few times a second, from the thread that supervises."""
        self._stalls.tick()
        now = self._clock.now()
        if self._every_s is None or self.stalled:
            return
        if self._fed_s is None or now - self._fed_s >= self._every_s:
            self._notifier.watchdog()
            self._fed_s = now

    @property
    def stalled(self) -> tuple[str, ...]:
        """Names of the stages that have made no progress for too long."""
        still = (s.name for s in self._stages if self._stalls.idle_s(s) > self._stall_s)
        return (*still, *self._lost())
