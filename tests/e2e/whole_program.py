"""The whole program in a thread, for tests that look at it from outside."""

from __future__ import annotations

from edge_pose.live.app import App
from edge_pose.runtime.stage import Stage


class Program(Stage):
    """The whole program in a thread, as the command line runs it."""

    def __init__(self, app: App) -> None:
        super().__init__("program")
        self._app = app

    def step(self) -> None:
        self._app.run()
        self.finish()

    def wake(self) -> None:
        self._app.stop_requested.set()
