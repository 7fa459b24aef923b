"""The program as a service: signals, systemd, and a config that can change while it runs."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from edge_pose.app import App
from edge_pose.clock import Clock, SystemClock
from edge_pose.config.root import Config
from edge_pose.errors import ConfigError
from edge_pose.runtime import journal
from edge_pose.runtime.notify import Notifier

log = logging.getLogger(__name__)


class Service:
    """Runs an App until SIGINT or SIGTERM; on SIGHUP swaps it for one with the new config.

    An invalid new config is refused with its problems in the log, and the old App goes on.
    """

    def __init__(
        self,
        read_config: Callable[[], Config],
        *,
        verbose: bool = False,
        clock: Clock | None = None,
        notifier: Notifier | None = None,
    ) -> None:
        self._read_config = read_config
        self._verbose = verbose
        self._clock = clock or SystemClock()
        self._notifier = notifier or Notifier()
        self._stop = threading.Event()
        self._reload = threading.Event()

    def run(self) -> int:
        """Blocks until the end; raises what made the program fail."""
        journal.configure(verbose=self._verbose)
        config: Config | None = self._read_config()
        with self._signals():
            while config is not None:
                config = self._run_until_change(config)
        self._notifier.stopping()
        return 0

    def _run_until_change(self, config: Config) -> Config | None:
        """Run one App; the config of the next one, or None when the run is over."""
        app = App(config, clock=self._clock, notifier=self._notifier)
        new: list[Config] = []

        def attend() -> None:
            if self._stop.is_set():
                app.stop_requested.set()
            elif self._reload.is_set():
                self._reload.clear()
                new.extend(self._new_config())
                if new:
                    app.stop_requested.set()

        app.run(attend)
        return new[-1] if new and not self._stop.is_set() else None

    def _new_config(self) -> list[Config]:
        self._notifier.reloading()
        try:
            config = self._read_config()
        except ConfigError as error:
            for line in str(error).splitlines():
                log.error("reload refused, the old config stays: %s", line)
            self._notifier.ready()
            return []
        log.info("the config has been read again")
        return [config]

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def on_signal(number: int, _: FrameType | None) -> None:
            (self._reload if number == signal.SIGHUP else self._stop).set()

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        old = {number: signal.signal(number, on_signal) for number in numbers}
        try:
            yield
        finally:
            for number, handler in old.items():
                signal.signal(number, handler)
