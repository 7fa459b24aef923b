"""The real program on the demo clip that never ends: its settings, its listener, its memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from edge_pose.config.loader import load
from edge_pose.config.root import Config
from edge_pose.values import Alert, Scene


def config(state: Path, *overrides: str) -> Config:
    """Settings of a run that leaves nothing outside its folder."""
    return load(None, [f"runtime.state_dir={state}", "web.enabled=false", *overrides])


class Listener:
    """Counts scenes and keeps alerts; ``on_scene`` may do harm."""

    def __init__(self, on_scene: Callable[[int], None] = lambda _: None) -> None:
        self.alerts: list[Alert] = []
        self.seen = 0
        self._on_scene = on_scene

    def alert(self, alert: Alert) -> None:
        self.alerts.append(alert)

    def scene(self, _: Scene) -> None:
        self.seen += 1
        self._on_scene(self.seen)


def resident_mb() -> float:
    """Memory of this process that is in use."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024.0
    raise AssertionError("this kernel does not tell VmRSS")


def stop_after(seconds: float, stop: Callable[[], None]) -> Callable[[], None]:
    """A function to be called often; after so many seconds it stops the run."""
    end = time.monotonic() + seconds

    def attend() -> None:
        if time.monotonic() >= end:
            stop()

    return attend
