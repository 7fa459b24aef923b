"""Tones through a player command (aplay by default), never waited for."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import tempfile
from itertools import product
from pathlib import Path

from edge_pose.clock import Clock
from edge_pose.config.sinks import SoundConfig
from edge_pose.errors import SinkError
from edge_pose.kinds import Family
from edge_pose.sinks.signals import Alarm, Signal
from edge_pose.sinks.sound.tones import repeat_s, wav
from edge_pose.values import Alert, AlertLevel, DriverState, Health

log = logging.getLogger(__name__)

_KILL_WAIT_S = 0.5
_OVERDUE_S = 3.0
"""The longest tone has 1.2 s; a player that takes so much longer hangs."""
_HANGS = f"did not end within {_OVERDUE_S:g} s"


class SoundSink:
    """Plays the most urgent open alert's tone, again and again while it is open and urgent.

    One player at a time: a new signal cuts the old tone off, a player that hangs is killed.
    """

    name = "sound"
    tick_s = 0.1

    def __init__(self, config: SoundConfig, *, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._player: subprocess.Popen[bytes] | None = None
        self._started_s = clock.now()
        self._alarm = Alarm(clock)
        self._signal: Signal | None = None
        self._trouble = ""

    @property
    def ailment(self) -> str:
        """What keeps the tones from being heard."""
        return f"sound: {self._config.command[0]} {self._trouble}" if self._trouble else ""

    def open(self) -> None:
        program = self._config.command[0]
        if shutil.which(program) is None:
            raise SinkError(f"sound.command: {program} is not installed; apt install alsa-utils")
        self._alarm.renew()
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="edge-pose-tones-", dir=_in_memory())
        except OSError as error:
            raise SinkError(f"sound: no room for the tones ({error}); free some space") from error
        for family, level in product(Family, AlertLevel):  # now: at the alarm there may be no room
            self._file(Signal(family=family, level=level))

    def alert(self, alert: Alert) -> None:
        self._alarm.alert(alert)
        self.tick()

    def state(self, state: DriverState, health: Health) -> None:
        self._alarm.state(state, health)

    def tick(self) -> None:
        now_s = self._clock.now()
        signal = self._alarm.signal
        changed, self._signal = signal != self._signal, signal
        self._limit_life(now_s)
        if signal is None or signal.silent or self._alarm.muted:
            self._stop()
        elif changed or self._is_due(signal, now_s):
            self._play(signal, now_s)

    def silence(self) -> None:
        self._stop()

    def close(self) -> None:
        self._stop()
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()

    def _is_due(self, signal: Signal, now_s: float) -> bool:
        pause_s = repeat_s(signal)
        playing = self._player is not None and self._player.poll() is None
        return pause_s is not None and not playing and now_s - self._started_s >= pause_s

    def _play(self, signal: Signal, now_s: float) -> None:
        self._stop()
        self._started_s = now_s
        file = str(self._file(signal))
        command = [part.replace("{file}", file) for part in self._config.command]
        quiet = subprocess.DEVNULL
        try:
            self._player = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
        except OSError as error:
            raise SinkError(f"sound.command {command[0]}: {error}; check the command") from error

    def _file(self, signal: Signal) -> Path:
        """The tone's file; made anew where somebody has tidied it away."""
        if self._folder is None:
            raise SinkError("sound: not open")
        path = Path(self._folder.name, f"{signal.family}-{signal.level.label}.wav")
        try:
            if not path.exists():
                path.write_bytes(wav(signal, self._config.volume))
        except OSError as error:
            raise SinkError(f"sound: {path} cannot be written ({error})") from error
        return path

    def _limit_life(self, now_s: float) -> None:
        if self._player is None:
            return
        code = self._player.poll()
        if code is not None:
            self._player = None
            self._judge(f"ended with code {code}" if code else "")
        elif now_s - self._started_s > self._config.max_play_s:
            self._stop()
        elif now_s - self._started_s > _OVERDUE_S:
            self._judge(_HANGS)

    def _judge(self, trouble: str) -> None:
        """Say once when tones stop or begin to be played: silence must not go unnoticed."""
        if trouble and trouble != self._trouble:
            hint = "nothing may have been heard; try the command by hand"
            log.error("sound: %s %s: %s", self._config.command[0], trouble, hint)
        elif self._trouble and not trouble:
            log.info("sound: %s plays again", self._config.command[0])
        self._trouble = trouble

    def _stop(self) -> None:
        """End the player; SIGKILL, since a player stuck in its driver ignores anything less."""
        player, self._player = self._player, None
        if player is None or player.poll() is not None:
            return
        player.kill()
        if self._clock.now() - self._started_s > _OVERDUE_S:
            self._judge(_HANGS)
        try:
            player.wait(_KILL_WAIT_S)
        except subprocess.TimeoutExpired as error:
            raise SinkError(f"sound: player {player.pid} cannot be killed") from error


def _in_memory() -> str | None:
    """The service's own folder in memory: tones are heard also from a board whose disk has become
    read-only. None without one: where temporary files lie."""
    given = os.environ.get("RUNTIME_DIRECTORY")
    return given.split(":")[0] if given else None
