"""The stage that owns one view."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Protocol

from edge_pose.clock import Clock
from edge_pose.runtime.stage import Stage


class View(Protocol):
    """A screen or a page: opens, then runs until told to stop."""

    def open(self) -> None: ...

    def run(self, stopping: Event, beat: Callable[[], object]) -> None:
        """``beat``: to be called at least once a second."""

    def close(self) -> None: ...


class ViewStage(Stage):
    """Owns one view; one that fails is restarted, and monitoring goes on. ``for_driver``: it tells
    alerts, so that others say when it does not; a display that was switched off may hang too, and
    lamp and tone must not be begun anew for that."""

    nice = 5
    worth_restart = False
    patience_s = 15.0
    """A slow card takes some seconds for the libraries of a display."""

    def __init__(self, name: str, view: View, *, clock: Clock, for_driver: bool = False) -> None:
        super().__init__(name, clock=clock, essential=False)
        self._view = view
        self.vital = for_driver

    def setup(self) -> None:
        self._view.open()

    def step(self) -> None:
        self._view.run(self.stopping, self.beat)
        self.finish()

    def teardown(self) -> None:
        self._view.close()
