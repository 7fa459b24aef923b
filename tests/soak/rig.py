"""The real program on the demo clip that never ends, and what to measure on it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from edge_pose.capture import open_source
from edge_pose.clock import SystemClock
from edge_pose.config.capture import CaptureConfig
from edge_pose.config.loader import load
from edge_pose.config.root import Config
from edge_pose.values import Alert, Frame, Scene


def config(state: Path, *overrides: str) -> Config:
    """Settings of a run that leaves nothing outside its folder."""
    return load(None, [f"runtime.state_dir={state}", "web.enabled=false", *overrides])


class EndlessDemo:
    """The demo clip at its own pace, over and over, as a camera would deliver it."""

    live = True
    frame_count = None

    def __init__(self) -> None:
        self._clip = open_source(CaptureConfig(source="demo:"), SystemClock())
        self._closing = threading.Event()
        self._index = 0
        self.rounds = 0
        self.name = "endless demo"

    @property
    def fps(self) -> float:
        return self._clip.fps

    def open(self) -> None:
        self._closing.clear()
        self._clip.open()

    def read(self) -> Frame | None:
        frame = self._clip.read()
        if frame is None and not self._closing.is_set():
            self._clip.close()
            self._clip.open()
            self.rounds += 1
            frame = self._clip.read()
        if frame is None:
            return None
        self._index += 1
        return replace(frame, index=self._index)

    def close(self) -> None:
        self._closing.set()
        self._clip.close()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


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
