"""The program as a service: signals, systemd, and a config that can change while it runs."""

from __future__ import annotations

import logging

from edge_pose import stop_signals
from edge_pose.clock import Clock, SystemClock
from edge_pose.config.root import Config
from edge_pose.errors import ConfigError, EdgePoseError, PluginError, StageStuck
from edge_pose.live.alert_log import AlertLog
from edge_pose.live.app import App
from edge_pose.live.config_file import ConfigFile
from edge_pose.remembered.preset import choose_preset
from edge_pose.runtime import journal
from edge_pose.runtime.notify import Notifier
from edge_pose.runtime.one_instance import only_instance
from edge_pose.stop_signals import StopSignals
from edge_pose.values import Alert

log = logging.getLogger(__name__)

_ASKED_EVERY_S = 60.0
"""Whoever asks for a restart again and again would keep it from ever watching: a sleeper is told
after 3 s, and each restart takes some."""
_GRACE_S = 5.0  # below the unit's TimeoutStopSec; a busy machine may be slow without being stuck


class Service:
    """Runs an App until a stop is wanted; for a reload swaps it for one with the new config.

    An invalid new config is refused and the old App goes on; one that reads well but does not come
    to watch anything gives way to the old one, too. At the start the old one is that with which a
    service of before has watched. A service with no other one goes on without a plugin that keeps
    it from watching. What is refused or left out is told as a fault until a config is accepted.
    """

    def __init__(
        self,
        configs: ConfigFile,
        *,
        signals: StopSignals,
        verbose: bool = False,
        clock: Clock | None = None,
        notifier: Notifier | None = None,
    ) -> None:
        self._configs = configs
        self._signals = signals
        self._verbose = verbose
        self._clock = clock or SystemClock()
        self._notifier = notifier or Notifier()
        self._asked_s = float("-inf")
        self._proven: Config | None = None
        """The last one with which something was watched."""
        self._spare: Config | None = None
        """That of a run before this one."""
        self._refused: dict[str, tuple[str, float]] = {}
        self._standing: tuple[Alert, ...] = ()
        """Alarms that the next App goes on with: a sleeper sleeps through a new config."""

    def run(self) -> int:
        """Blocks until the end; raises what made the program fail."""
        journal.configure(verbose=self._verbose)
        first = self._first_config()
        config: Config | None = first
        alone = only_instance(first.runtime.state_path, as_service=self._notifier.managed)
        with journal.in_background(self._clock), alone:
            while config is not None:
                config = self._run_or_go_back(config)
        self._notifier.stopping()
        return 0

    def _first_config(self) -> Config:
        """The one that is written, or where it is broken that of before, or, of a service with
        none, as much of it as this version knows."""
        try:
            config = self._configs.read()
        except ConfigError as error:
            self._spare = self._configs.last_proven()
            if self._spare is None and self._notifier.managed:
                self._spare = self._configs.known_part()
            if self._spare is None:
                raise
            self._refuse(error)
            return self._spare
        self._spare = self._configs.last_proven()
        return config

    def _run_or_go_back(self, config: Config) -> Config | None:
        """The config of the next App: after one that did not come to watch, that before it."""
        try:
            return self._run_until_change(config)
        except Exception as error:  # a plugin or a library may raise anything
            if isinstance(error, StageStuck) or self._signals.stop_wanted:
                raise
            other = self._other_than(config, error)
            if other is None:
                raise
            return other

    def _other_than(self, config: Config, error: Exception) -> Config | None:
        """What to run instead of this one, which failed; None where there is nothing else."""
        before = self._proven or self._spare
        if before is not None and before is not config:
            self._refuse(error)
            return before
        if not (isinstance(error, PluginError) and self._notifier.managed):
            return None
        less = config.without(error.group, error.name)
        if less is config:
            return None
        log.error("the plugin is left out: %s", error)
        self._refused[f"plugin {error.name}"] = (f"left out: {error}", self._clock.now())
        return less

    def _refuse(self, error: Exception) -> None:
        """Whoever edits the config must not end who watches; but what is wrong with it is told."""
        words = str(error) if isinstance(error, EdgePoseError) else repr(error)
        for line in words.splitlines():
            log.error("the new config is refused, the old one is used: %s", line)
        first = (words.splitlines() or [""])[0]
        self._refused["config"] = (f"the config is refused: {first}", self._clock.now())

    def _run_until_change(self, config: Config) -> Config | None:
        """Run one App; the config of the next one, or None when the run is over."""
        app = App(
            config,
            clock=self._clock,
            notifier=self._notifier,
            outlets=[AlertLog()],
            # Nobody reads an error message there, and a program that watched once watches on.
            patient=self._notifier.managed or self._proven is not None,
            ailing=lambda: self._refused,
            standing=self._standing,
        )
        new: list[Config] = []

        def attend() -> None:
            if app.inference.telling and self._proven is not config:
                self._proven = config
                self._configs.prove(config)
            if self._signals.stop_wanted:
                self._begin_to_stop(app)
            elif self._signals.reload_wanted or self._asked_for(app):
                self._signals.reload_wanted = False
                new.extend(self._new_config())
                if new:
                    app.stop_requested.set()

        self._signals.hold()
        try:
            app.run(attend)
        except StageStuck as error:
            if not self._signals.stop_wanted:
                raise
            # The outputs are off and the process ends: the stop that was asked for is done.
            log.error("%s", error)
        finally:
            self._standing = app.inference.standing
        return new[-1] if new and not self._signals.stop_wanted else None

    def _asked_for(self, app: App) -> bool:
        """Somebody wants everything made anew, perhaps with other rules; once a minute at most, and
        a wish that comes sooner waits."""
        if self._clock.now() - self._asked_s < _ASKED_EVERY_S:
            return False
        preset = app.controls.take_preset()
        if preset is not None:
            log.info("preset %s chosen", preset)
            choose_preset(app.config.runtime.state_path, preset)
        asked = app.controls.take_restart() or preset is not None
        self._asked_s = self._clock.now() if asked else self._asked_s
        return asked

    def _begin_to_stop(self, app: App) -> None:
        self._notifier.stopping()
        stop_signals.end_within(app.config.runtime.stop_s + _GRACE_S)
        app.stop_requested.set()

    def _new_config(self) -> list[Config]:
        self._notifier.reloading()
        try:
            config = self._configs.read()
        except Exception as error:  # a disk, a lack of memory, a file that is no text
            self._refuse(error)
            self._notifier.ready()
            return []
        self._refused = {}
        log.info("the config has been read again")
        return [config]
