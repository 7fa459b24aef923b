"""The GPIO sink: turns the most urgent open episode into light and noise, and reads the inputs."""

from __future__ import annotations

from collections.abc import Callable

from edge_pose.clock import Clock
from edge_pose.config.sinks import GpioConfig
from edge_pose.controls import Controls
from edge_pose.errors import SinkError
from edge_pose.sinks.gpio import patterns
from edge_pose.sinks.gpio.lines import Lines
from edge_pose.sinks.gpio.pins import PinFactory, open_factory
from edge_pose.sinks.gpio.vehicle import VehicleLines
from edge_pose.sinks.signals import Alarm, Signal
from edge_pose.values import Alert, DriverState, Health

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

    def open(self) -> None:
        self._lines = Lines(self._config, self._factory(self._config))
        self._vehicle = VehicleLines(self._config, self._lines, self._controls)
        self._shown = {"led": False, "buzzer": False, "relay": False, "tone": None}
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
        lit = patterns.LAMP_FAULT.on(alarm.silence_s) if alarm.fault else patterns.lamp(signal, t_s)
        if lines.led and self._changed("led", lit):
            lines.led.set(lit)
        beep = patterns.buzzer(signal, t_s, muted=muted)
        if lines.buzzer and self._changed("buzzer", beep):
            lines.buzzer.set(beep)
        pull = self._config.relay is not None and patterns.relay(signal, self._config.relay.level)
        if lines.relay and self._changed("relay", pull):
            lines.relay.set(pull)
        hz = patterns.tone(signal, t_s, muted=muted)
        if lines.tone and self._changed("tone", hz):
            lines.tone.play(hz)

    def _changed(self, name: str, value: bool | float | None) -> bool:
        changed = self._shown[name] != value
        self._shown[name] = value
        return changed
