"""Button, speed and ignition lines read into the program's controls."""

from __future__ import annotations

import logging
from collections.abc import Callable

from edge_pose.config.sinks import GpioConfig, SpeedPinConfig
from edge_pose.controls import Controls
from edge_pose.errors import SinkError
from edge_pose.sinks.gpio.inputs import Button
from edge_pose.sinks.gpio.lines import Lines
from edge_pose.sinks.gpio.pins import InputPin
from edge_pose.values import Command
from edge_pose.vehicle.pulse import MovingLine, SpeedMeter

log = logging.getLogger(__name__)

_SOURCE = "gpio"


class VehicleLines:
    """Looks at every input once a ``poll``, and says each time what it sees: a line that nobody
    looks at any more goes stale."""

    def __init__(self, config: GpioConfig, lines: Lines, controls: Controls) -> None:
        self._lines = lines
        self._controls = controls
        self._acknowledge = Button(config.acknowledge.hold_s if config.acknowledge else 0.0)
        self._mute = Button(0.0)
        self._muted_by: Button | None = None
        """The one whose press has muted, as long as it lasts."""
        self._stuck: set[Button] = set()
        speed = config.speed or SpeedPinConfig(pin=0)
        self._pulses = speed.kind == "pulse"
        self._meter = SpeedMeter(speed.pulses_per_km, speed.silence_max_s)
        self._moving = MovingLine(speed.silence_max_s)

    def poll(self, t_s: float, muted: bool) -> None:
        """Look at all; one that fails is left out and says nothing more."""
        lines = self._lines
        looks: dict[str, Callable[[InputPin], None]] = {
            "acknowledge": lambda pin: self._poll_acknowledge(pin, t_s, muted),
            "mute": lambda pin: self._poll_mute(pin, t_s, muted),
            "speed": lambda pin: self._poll_speed(pin, t_s),
            "ignition": lambda pin: self._tell(ignition=pin.active()),
        }
        for name, look in looks.items():
            pin: InputPin | None = getattr(lines, name)
            if pin is None:
                continue
            try:
                look(pin)
            except SinkError as error:
                lines.drop(name, error)

    def forget(self) -> None:
        """The lines are gone: what they said is unknown again."""
        self._controls.car.forget(_SOURCE)

    def _poll_acknowledge(self, pin: InputPin, t_s: float, muted: bool) -> None:
        pressed, held = _look(self._acknowledge, pin, t_s)
        if pressed:
            self._controls.send(Command.ACKNOWLEDGE)
        self._tell(acknowledge=pin.active())
        self._toggle_mute(self._acknowledge, held, muted)
        self._look_for_short(self._acknowledge, "acknowledge", t_s)

    def _poll_mute(self, pin: InputPin, t_s: float, muted: bool) -> None:
        pressed, _ = _look(self._mute, pin, t_s)
        self._toggle_mute(self._mute, pressed, muted)
        self._look_for_short(self._mute, "mute", t_s)

    def _toggle_mute(self, button: Button, asked: bool, muted: bool) -> None:
        if asked:
            self._controls.send(Command.UNMUTE if muted else Command.MUTE)
            self._muted_by = None if muted else button

    def _look_for_short(self, button: Button, name: str, t_s: float) -> None:
        """A line that is never released is no wish of anybody's: it must not silence an alarm."""
        if not button.is_stuck(t_s):
            self._stuck.discard(button)
            return
        if button not in self._stuck:
            self._stuck.add(button)
            log.error("gpio.%s is pressed all the time: a short circuit? It does not count", name)
        if self._muted_by is button:
            self._muted_by = None
            self._controls.send(Command.UNMUTE)

    def _poll_speed(self, pin: InputPin, t_s: float) -> None:
        if not self._pulses:
            self._tell(standstill=self._moving.standstill(t_s, pin.active()))
            return
        self._tell(speed_kmh=self._meter.update(t_s, pin.rises()))

    def _tell(self, **words: float | bool | None) -> None:
        self._controls.car.hear(_SOURCE, **words)


def _look(button: Button, pin: InputPin, t_s: float) -> tuple[bool, bool]:
    rises = pin.rises()
    return button.update(t_s, pin.active(), rises)
