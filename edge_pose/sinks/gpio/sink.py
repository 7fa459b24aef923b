"""The GPIO sink: turns the most urgent open episode into light and noise, and reads the inputs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from edge_pose.clock import Clock
from edge_pose.config.sinks import GpioConfig
from edge_pose.controls import Controls
from edge_pose.errors import SinkError
from edge_pose.sinks.gpio import patterns
from edge_pose.sinks.gpio.lines import Lines
from edge_pose.sinks.gpio.pins import OutputPin, PinFactory, open_factory
from edge_pose.sinks.gpio.vehicle import VehicleLines
from edge_pose.sinks.signals import Alarm, Signal
from edge_pose.values import Alert, DriverState, Health

log = logging.getLogger(__name__)

_TICK_S = 0.05  # finer than the fastest pattern's 0.1 s


class GpioSink:
    """Owns the pins. ``tick`` moves the patterns and looks at the inputs, 20 times a second."""

    name = "gpio"
    tick_s = _TICK_S

    def __init__(
        self,
        config: GpioConfig,
        *,
        controls: Controls,
        clock: Clock,
        factory: Callable[[GpioConfig], PinFactory] = open_factory,
    ) -> None:
        self._config = config
        self._controls = controls
        self._clock = clock
        self._factory = factory
        self._lines: Lines | None = None
        self._vehicle: VehicleLines | None = None
        self._alarm = Alarm(clock)
        self._signal: Signal | None = None
        self._since_s = clock.now()
        self._shown: dict[str, bool | float | None] = {}
        self._faults: Mapping[str, str] = {}
        self._opened_s = float("-inf")

    def open(self) -> None:
        self._lines = Lines(self._config, self._factory(self._config), self._clock.now())
        self._vehicle = VehicleLines(self._config, self._lines, self._controls)
        self._shown = {"led": False, "buzzer": False, "relay": False, "tone": None}
        if self._opened_s == float("-inf"):
            self._opened_s = self._clock.now()
        self._alarm.renew()

    def alert(self, alert: Alert) -> None:
        self._alarm.alert(alert)
        self.tick()

    def state(self, state: DriverState, health: Health) -> None:
        self._alarm.state(state, health)

    def tick(self) -> None:
        if self._lines is None or self._vehicle is None:
            raise SinkError("gpio: the pins are not open")
        now_s = self._clock.now()
        for name in self._lines.retry(now_s):
            self._shown[name] = None if name == "tone" else False
        self._vehicle.poll(now_s, self._alarm.muted)
        self._show(self._lines, now_s)

    def silence(self) -> None:
        lines, self._lines = self._lines, None
        if lines is not None:
            lines.close()

    def close(self) -> None:
        self.silence()
        if self._vehicle is not None:
            self._vehicle.forget()

    def _show(self, lines: Lines, now_s: float) -> None:
        alarm, muted, signal = self._alarm, self._alarm.muted, self._alarm.signal
        if signal != self._signal:
            self._signal, self._since_s = signal, now_s
        t_s = now_s - self._since_s
        tested = self._tested_s(now_s) if signal is None else None
        lit = patterns.LAMP_FAULT.on(alarm.silence_s) if alarm.fault else patterns.lamp(signal, t_s)
        self._drive(lines, "led", lit or tested is not None)
        chirp = tested is not None and patterns.CHIRP.on(tested)
        self._drive(lines, "buzzer", chirp or patterns.buzzer(signal, t_s, muted=muted))
        pull = self._config.relay is not None and patterns.relay(signal, self._config.relay.level)
        self._drive(lines, "relay", pull)
        self._sound(lines, patterns.CHIRP_HZ if chirp else patterns.tone(signal, t_s, muted=muted))

    def _tested_s(self, now_s: float) -> float | None:
        """Seconds into the lamp test; None outside it."""
        test_s = now_s - self._opened_s
        return test_s if test_s < self._config.lamp_test_s else None

    def _sound(self, lines: Lines, hz: float | None) -> None:
        if lines.tone is None or not self._changed("tone", hz):
            return
        try:
            lines.tone.play(hz)
        except SinkError as error:
            lines.drop("tone", error)

    def _drive(self, lines: Lines, name: str, on: bool) -> None:
        """Set a line when it changes, and see whether it followed; one that fails is left out."""
        pin: OutputPin | None = getattr(lines, name)
        if pin is None or not self._changed(name, on):
            return
        try:
            pin.set(on)
            level = pin.reads()
        except SinkError as error:
            lines.drop(name, error)
            return
        if level is not None and level != on:
            self._judge(name, f"gpio.{name} does not switch {'on' if on else 'off'}")
        elif on or name not in self._faults:
            self._judge(name, "")

    def _judge(self, name: str, fault: str) -> None:
        """Say once when a line fails and when it works again."""
        known = self._faults.get(name, "")
        if fault and fault != known:
            log.error("%s: a short circuit, or another program drives the line", fault)
        elif known and not fault:
            log.info("gpio.%s switches again", name)
        self._faults = {**self._faults, name: fault} if fault else _without(self._faults, name)

    @property
    def ailment(self) -> str:
        """Lines that do not do what they are told, or cannot be had."""
        lines = self._lines
        missing = lines.faults.values() if lines is not None else ()
        return ", ".join([*self._faults.values(), *missing])

    def _changed(self, name: str, value: bool | float | None) -> bool:
        changed = self._shown[name] != value
        self._shown[name] = value
        return changed


def _without(faults: Mapping[str, str], name: str) -> Mapping[str, str]:
    return {other: fault for other, fault in faults.items() if other != name}
