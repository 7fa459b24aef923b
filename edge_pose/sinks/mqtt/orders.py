"""Commands that arrive by MQTT: obeyed when new and clear, else told in the log now and then."""

from __future__ import annotations

import logging

from edge_pose.clock import Clock
from edge_pose.config.monitor import PRESETS
from edge_pose.controls import Controls
from edge_pose.sinks.mqtt import inputs

log = logging.getLogger(__name__)

_EVERY_S = 60.0


class Orders:
    """A retained command is an old one: obeying it at every connect would be wrong."""

    def __init__(self, controls: Controls, clock: Clock) -> None:
        self._controls = controls
        self._clock = clock
        self._told: dict[str, float] = {}
        self._unsaid = 0

    def obey(self, name: str, payload: bytes, *, retained: bool) -> None:
        command = inputs.command(name, payload)
        preset = inputs.preset(payload) if name == inputs.PRESET else None
        if retained:
            self._complain(name, "was retained: not obeyed; publish it without the retain flag")
        elif command is not None:
            self._controls.send(command)
        elif preset is not None:
            self._controls.choose_preset(preset)
        elif payload.strip():
            choices = ", ".join(PRESETS) if name == inputs.PRESET else "ON or OFF"
            self._complain(name, f"not understood: {inputs.shown(payload)}; send {choices}")

    def _complain(self, name: str, what: str) -> None:
        """At most one line a minute for each command; how many were left out is said then."""
        now_s = self._clock.now()
        if now_s - self._told.get(name, float("-inf")) < _EVERY_S:
            self._unsaid += 1
            return
        self._told[name] = now_s
        more = f" ({self._unsaid} more such messages)" if self._unsaid else ""
        self._unsaid = 0
        log.warning("MQTT command %s %s%s", name, what, more)
