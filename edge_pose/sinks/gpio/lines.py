"""The configured lines of a board. Each fails by itself: a button line that another program holds
must not keep the lamp dark."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from edge_pose.config.sinks import GpioConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.gpio.pins import InputPin, OutputPin, PinFactory, TonePin

log = logging.getLogger(__name__)

_KINDS: Mapping[str, str] = {
    "led": "output",
    "buzzer": "output",
    "relay": "output",
    "tone": "tone",
    "acknowledge": "input",
    "mute": "input",
    "speed": "input",
    "ignition": "input",
}
_RETRY_S = 5.0


class Lines:
    """Every configured pin; None where there is none, or where it cannot be had."""

    led: OutputPin | None
    buzzer: OutputPin | None
    relay: OutputPin | None
    tone: TonePin | None
    acknowledge: InputPin | None
    mute: InputPin | None
    speed: InputPin | None
    ignition: InputPin | None

    def __init__(self, config: GpioConfig, factory: PinFactory, t_s: float = 0.0) -> None:
        """Raises SinkError where not one of the lines can be had."""
        self._config, self._factory = config, factory
        self._opened: dict[str, OutputPin | TonePin | InputPin] = {}
        self.faults: Mapping[str, str] = {}
        """By name what is wrong with those that cannot be had."""
        self._retry_s = t_s + _RETRY_S
        for name in _KINDS:
            setattr(self, name, None)
            self._try(name)
        if self.faults and not self._opened:
            raise SinkError("; ".join(self.faults.values()))

    def retry(self, t_s: float) -> tuple[str, ...]:
        """Now and then, try those that failed; which of them there are again."""
        if not self.faults or t_s < self._retry_s:
            return ()
        self._retry_s = t_s + _RETRY_S
        return tuple(name for name in self.faults if self._try(name))

    def drop(self, name: str, error: SinkError) -> None:
        """It has failed: go on with the others. Raises the error where there is no other."""
        self._close(name)
        self._tell(name, error)
        if not self._opened:
            raise error

    def close(self) -> None:
        """Close all, outputs off, also where one of them fails; idempotent."""
        for name in tuple(self._opened):
            self._close(name)

    def _try(self, name: str) -> bool:
        config = getattr(self._config, name)
        if config is None:
            return False
        try:
            pin = getattr(self._factory, _KINDS[name])(config)
        except SinkError as error:
            self._tell(name, error)
            return False
        if name in self.faults:
            log.info("gpio.%s is there again", name)
            self.faults = {other: why for other, why in self.faults.items() if other != name}
        self._opened[name] = pin
        setattr(self, name, pin)
        return True

    def _tell(self, name: str, error: SinkError) -> None:
        if name not in self.faults:
            log.error("gpio.%s: %s; the other lines go on", name, error)
        self.faults = {**self.faults, name: f"gpio.{name}: {error}"}

    def _close(self, name: str) -> None:
        pin = self._opened.pop(name, None)
        setattr(self, name, None)
        try:
            if pin is not None:
                pin.close()
        except SinkError as error:
            log.error("closing gpio.%s: %s", name, error)
