"""The stage that owns one view."""

from __future__ import annotations

from threading import Event
from typing import Protocol

from edge_pose.clock import Clock
from edge_pose.runtime.stage import Stage


class View(Protocol):
    """A screen or a page: opens, then runs until told to stop."""

    def open(self) -> None: ...

    def run(self, stopping: Event) -> None: ...

    def close(self) -> None: ...


class ViewStage(Stage):
    """Owns one view; one that fails is restarted or given up, and monitoring goes on."""

    nice = 5

    def __init__(self, name: str, view: View, *, clock: Clock) -> None:
        super().__init__(name, clock=clock, essential=False)
        self._view = view

    def setup(self) -> None:
        self._view.open()

    def step(self) -> None:
        self._view.run(self.stopping)
        self.finish()

    def teardown(self) -> None:
        self._view.close()
