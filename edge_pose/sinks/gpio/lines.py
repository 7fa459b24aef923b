"""The configured lines of a board, opened together and closed together."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from edge_pose.config.sinks import GpioConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.gpio.pins import InputPin, OutputPin, PinFactory, TonePin

log = logging.getLogger(__name__)

_Config = TypeVar("_Config")
_Pin = TypeVar("_Pin", OutputPin, TonePin, InputPin)


class Lines:
    """Every configured pin; None where there is none. Opening is all or nothing."""

    def __init__(self, config: GpioConfig, factory: PinFactory) -> None:
        self._opened: list[OutputPin | TonePin | InputPin] = []
        try:
            self.led = self._open(config.led, factory.output)
            self.buzzer = self._open(config.buzzer, factory.output)
            self.relay = self._open(config.relay, factory.output)
            self.tone = self._open(config.tone, factory.tone)
            self.acknowledge = self._open(config.acknowledge, factory.input)
            self.mute = self._open(config.mute, factory.input)
            self.speed = self._open(config.speed, factory.input)
            self.ignition = self._open(config.ignition, factory.input)
        except BaseException:
            self.close()
            raise

    def _open(self, config: _Config | None, make: Callable[[_Config], _Pin]) -> _Pin | None:
        if config is None:
            return None
        pin = make(config)
        self._opened.append(pin)
        return pin

    def close(self) -> None:
        """Close all, outputs off, also where one of them fails; idempotent."""
        opened, self._opened = self._opened, []
        for pin in opened:
            try:
                pin.close()
            except SinkError as error:
                log.error("closing: %s", error)
