"""The GPIO sink in time: light, noise, buttons, and outputs that are off in the end."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from sink_examples import a_clock, a_health, a_state, an_alert

from edge_pose.cli import main
from edge_pose.config.sinks import GpioConfig, InputPinConfig, OutputPinConfig
from edge_pose.config.vehicle import VehicleConfig
from edge_pose.controls import Controls
from edge_pose.errors import SinkError
from edge_pose.remembered.proven_config import keep_config
from edge_pose.sinks import Sink, Ticking
from edge_pose.sinks.gpio import GpioSink, check_pins, outputs_off
from edge_pose.sinks.gpio.recording_pins import (
    RecordingFactory,
    RecordingInput,
    RecordingOutput,
    levels,
)
from edge_pose.sinks.signals import Alarm
from edge_pose.testing.clock import FakeClock
from edge_pose.values import AlertKind, AlertLevel, AlertPhase, Command
from edge_pose.vehicle.inputs import VehicleInputs

LED, BUZZER, TONE, RELAY, BUTTON, MUTE, SPEED, IGNITION = range(2, 10)
PINS = {
    "led": {"pin": LED},
    "buzzer": {"pin": BUZZER},
    "tone": {"pin": TONE},
    "relay": {"pin": RELAY, "active_low": True},
    "acknowledge": {"pin": BUTTON},
    "mute": {"pin": MUTE},
    "speed": {"pin": SPEED, "pulses_per_km": 3600.0},
    "ignition": {"pin": IGNITION, "active_low": False, "pull": "down"},
}


class Car:
    """A sink on recorded pins, with time in the test's hand."""

    def __init__(self, folder: Path, pins: dict[str, object] | None = None) -> None:
        self.path = folder / "pins.jsonl"
        settings = {
            "enabled": True, "backend": "record", "record_file": self.path, "lamp_test_s": 0.0,
        }  # fmt: skip
        self.config = GpioConfig.model_validate({**settings, **(PINS if pins is None else pins)})
        self.clock: FakeClock = a_clock()
        self.controls = Controls(VehicleInputs(VehicleConfig(), self.clock))
        self.factory = RecordingFactory(self.path)
        self.sink = GpioSink(
            self.config, controls=self.controls, clock=self.clock, factory=lambda _: self.factory
        )
        self.sink.open()

    def watch(self, pin: int, seconds: float) -> list[bool]:
        """The pin's level each tick."""
        seen = []
        for _ in range(int(seconds / self.sink.tick_s)):
            self.clock.advance(self.sink.tick_s)
            self.sink.tick()
            seen.append(levels(self.path)[pin])
        return seen


def test_an_alert_lights_at_once_blinks_and_ends(tmp_path: Path) -> None:
    car = Car(tmp_path)
    assert isinstance(car.sink, Sink)
    assert isinstance(car.sink, Ticking)
    car.sink.alert(an_alert(1))
    assert levels(car.path) == {LED: True, BUZZER: True, TONE: True, RELAY: True}
    assert set(car.watch(LED, 2.0)) == {True, False}
    car.sink.alert(an_alert(1, phase=AlertPhase.END, t_s=1002.0))
    assert not any(levels(car.path).values())


def test_the_state_puts_right_what_was_missed(tmp_path: Path) -> None:
    car = Car(tmp_path)
    car.sink.state(a_state(1001.0, an_alert(4, level=AlertLevel.CRITICAL)), a_health())
    assert any(car.watch(BUZZER, 1.0))
    car.sink.state(a_state(1002.0), a_health())
    car.sink.tick()
    assert not any(levels(car.path).values())


def test_a_state_older_than_the_alert_does_not_silence_it(tmp_path: Path) -> None:
    car = Car(tmp_path)
    car.sink.alert(an_alert(1, t_s=1000.5))
    car.sink.state(a_state(1000.4), a_health())
    assert any(car.watch(BUZZER, 1.0))


def test_muted_blinks_silently(tmp_path: Path) -> None:
    car = Car(tmp_path)
    car.sink.state(a_state(1001.0, an_alert(4)), a_health(muted=True))
    assert any(car.watch(LED, 1.0))
    assert not any(car.watch(BUZZER, 1.0) + car.watch(TONE, 1.0))


def test_without_news_the_alarm_stops_and_the_lamp_tells_of_a_fault(tmp_path: Path) -> None:
    car = Car(tmp_path)
    car.sink.alert(an_alert(1, kind=AlertKind.SLEEP, level=AlertLevel.CRITICAL))
    car.watch(BUZZER, 10.5)
    assert not any(car.watch(BUZZER, 4.0))
    assert 1 <= sum(car.watch(LED, 4.0)) <= 8


def test_what_was_open_before_a_silence_does_not_come_back_with_other_news() -> None:
    clock = a_clock()
    alarm = Alarm(clock)
    alarm.alert(an_alert(1, kind=AlertKind.SLEEP, level=AlertLevel.CRITICAL))
    clock.advance(10.5)
    assert alarm.signal is None
    alarm.alert(an_alert(2, kind=AlertKind.BLOCKED, level=AlertLevel.ADVISORY))
    assert alarm.signal is not None
    assert alarm.signal.level is AlertLevel.ADVISORY


def test_the_button_acknowledges_and_held_toggles_mute(tmp_path: Path) -> None:
    car = Car(tmp_path)
    car.factory.drive(BUTTON, True)
    car.sink.tick()
    assert car.controls.take() == (Command.ACKNOWLEDGE,)
    assert car.controls.vehicle.acknowledge is True
    car.watch(LED, 2.0)
    assert car.controls.take() == (Command.MUTE,)
    car.factory.drive(BUTTON, False)
    car.sink.state(a_state(1003.0), a_health(muted=True))
    car.sink.tick()
    car.factory.drive(MUTE, True)
    car.factory.drive(MUTE, False)
    car.sink.tick()
    assert car.controls.take() == (Command.UNMUTE,)
    assert car.controls.vehicle.acknowledge is False


def test_speed_and_ignition_reach_the_monitor_and_are_forgotten_on_close(tmp_path: Path) -> None:
    car = Car(tmp_path)
    car.factory.drive(IGNITION, True)
    for _ in range(100):
        car.factory.drive(SPEED, True)
        car.factory.drive(SPEED, False)
        car.clock.advance(0.05)
        car.sink.tick()
    vehicle = car.controls.vehicle
    assert vehicle.engaged is True
    assert vehicle.speed_kmh == pytest.approx(20.0, abs=1.0)
    assert vehicle.standstill is False
    car.sink.close()
    assert car.controls.vehicle.speed_kmh is None
    assert car.controls.vehicle.engaged is None


def test_close_leaves_everything_off_and_can_be_reopened(tmp_path: Path) -> None:
    car = Car(tmp_path)
    car.sink.alert(an_alert(1, level=AlertLevel.CRITICAL))
    car.sink.close()
    car.sink.close()
    assert levels(car.path) == dict.fromkeys((LED, BUZZER, RELAY, TONE), False)
    with pytest.raises(SinkError, match="not open"):
        car.sink.tick()
    car.sink.open()
    car.sink.tick()
    assert levels(car.path)[RELAY]


def test_it_can_be_silenced_from_outside_and_stays_off(tmp_path: Path) -> None:
    car = Car(tmp_path)
    car.sink.alert(an_alert(1, level=AlertLevel.CRITICAL))
    car.sink.silence()
    assert levels(car.path) == dict.fromkeys((LED, BUZZER, RELAY, TONE), False)
    with pytest.raises(SinkError, match="not open"):
        car.sink.tick()
    car.sink.close()
    assert not any(levels(car.path).values())


class Grumpy(RecordingFactory):
    """Some lines belong to another program."""

    def __init__(self, path: Path, *taken: int) -> None:
        super().__init__(path)
        self.taken = set(taken)

    def output(self, config: OutputPinConfig) -> RecordingOutput:
        self._check(config.pin)
        return super().output(config)

    def input(self, config: InputPinConfig) -> RecordingInput:
        self._check(config.pin)
        return super().input(config)

    def _check(self, pin: int | str) -> None:
        if pin in self.taken:
            raise SinkError(f"pin {pin} is in use")


def test_a_line_that_another_program_holds_keeps_no_other_dark(tmp_path: Path) -> None:
    car = Car(tmp_path, pins=PINS)
    car.sink.close()
    car.sink._factory = lambda _: factory
    factory = Grumpy(car.path, BUTTON, BUZZER)
    car.sink.open()
    car.sink.alert(an_alert(1, level=AlertLevel.CRITICAL))
    assert any(car.watch(LED, 1.0))
    assert "gpio.acknowledge: pin 6 is in use" in car.sink.ailment
    assert "gpio.buzzer: pin 3 is in use" in car.sink.ailment
    factory.taken.clear()
    car.watch(LED, 6.0)
    car.sink.alert(an_alert(2, level=AlertLevel.CRITICAL))
    assert any(car.watch(BUZZER, 1.0))
    assert not car.sink.ailment
    car.sink.close()
    assert not any(levels(car.path).values())


@pytest.mark.parametrize("name", ["led", "tone", "ignition", "speed"])
def test_a_line_that_vanishes_leaves_the_others(tmp_path: Path, name: str) -> None:
    car = Car(tmp_path)
    assert car.sink._lines is not None

    def gone(*_: object) -> NoReturn:
        raise SinkError("no such device")

    pin = getattr(car.sink._lines, name)
    for word in ("set", "play", "active", "rises"):
        if hasattr(pin, word):
            setattr(pin, word, gone)
    car.sink.alert(an_alert(1, level=AlertLevel.CRITICAL))
    assert any(car.watch(BUZZER, 1.0))
    assert f"gpio.{name}: no such device" in car.sink.ailment
    car.watch(LED, 6.0)  # opened anew
    assert not car.sink.ailment


def test_without_a_single_line_it_is_no_output_at_all(tmp_path: Path) -> None:
    path = tmp_path / "pins.jsonl"
    config = GpioConfig.model_validate(
        {"backend": "record", "record_file": path, "led": {"pin": 2}}
    )
    factory = Grumpy(path, LED)
    sink = GpioSink(config, controls=Controls(), clock=a_clock(), factory=lambda _: factory)
    with pytest.raises(SinkError, match="in use"):
        sink.open()


DRIVER = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from sink_examples import a_clock, an_alert
from edge_pose.config.sinks import GpioConfig, InputPinConfig, OutputPinConfig
from edge_pose.controls import Controls
from edge_pose.sinks.gpio import GpioSink
from edge_pose.values import AlertLevel
config = GpioConfig.model_validate_json(Path(sys.argv[1]).read_text())
sink = GpioSink(config, controls=Controls(), clock=a_clock())
sink.open()
sink.alert(an_alert(1, level=AlertLevel.CRITICAL))
print("alarm", flush=True)
sys.stdin.read()
"""


def test_killed_in_the_middle_of_an_alarm_the_outputs_are_switched_off(tmp_path: Path) -> None:
    """SIGKILL as the watchdog sends it; then what ExecStopPost runs."""
    record = tmp_path / "pins.jsonl"
    outputs = {name: PINS[name] for name in ("led", "buzzer", "tone", "relay")}
    config = GpioConfig.model_validate(
        {"enabled": True, "backend": "record", "record_file": record, **outputs}
    )
    (tmp_path / "gpio.json").write_text(config.model_dump_json())
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(tmp_path / "gpio.json"), str(Path(__file__).parent)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as program:  # fmt: skip
        assert program.stdout is not None
        assert program.stdout.readline() == "alarm\n"
        program.send_signal(signal.SIGKILL)
        program.wait(10)
    assert all(levels(record).values())
    outputs_off(config)
    assert levels(record) == dict.fromkeys((LED, BUZZER, RELAY, TONE), False)


def test_outputs_off_tries_every_pin_and_then_complains(tmp_path: Path) -> None:
    class Half(RecordingFactory):
        def output(self, config):  # type: ignore[no-untyped-def]
            if config.pin == LED:
                raise SinkError("busy")
            return super().output(config)

    path = tmp_path / "pins.jsonl"
    settings = {"enabled": True, "backend": "record", "record_file": path, **PINS}
    config = GpioConfig.model_validate(settings)
    with pytest.raises(SinkError, match=r"gpio\.led: busy"):
        outputs_off(config, Half(path))
    assert set(levels(path)) == {BUZZER, RELAY, TONE}


def test_pins_of_a_board_without_gpio_enabled_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "pins.jsonl"
    settings = {"enabled": False, "backend": "record", "record_file": path, **PINS}
    outputs_off(GpioConfig.model_validate(settings))
    outputs_off(GpioConfig(enabled=True))
    assert not path.exists()


def test_the_walk_through_the_pins_tries_each(tmp_path: Path) -> None:
    path = tmp_path / "pins.jsonl"
    config = GpioConfig.model_validate({"backend": "record", "record_file": path, **PINS})
    waits: list[float] = []
    checks = list(check_pins(config, waits.append))
    assert [check.name for check in checks] == [
        "led", "buzzer", "relay", "tone", "acknowledge", "mute", "speed", "ignition",
    ]  # fmt: skip
    assert all(check.ok for check in checks)
    assert len(waits) == 8
    assert not any(levels(path).values())


def test_a_start_proves_lamp_and_buzzer_once_and_an_alert_ends_the_test(tmp_path: Path) -> None:
    car = Car(tmp_path, {**PINS, "lamp_test_s": 1.0})
    car.sink.tick()
    assert levels(car.path)[LED]
    assert levels(car.path)[BUZZER]
    assert levels(car.path)[TONE]
    assert not levels(car.path)[RELAY], "what it moves is not known"
    lamp = car.watch(LED, 2.0)
    assert lamp[:18] == [True] * 18
    assert not any(lamp[21:])
    assert not levels(car.path)[BUZZER]
    car.sink.close()
    car.sink.open()
    assert not any(car.watch(LED, 1.0)), "a restart of the output is no start of the program"


def test_an_alert_during_the_lamp_test_blinks_at_once(tmp_path: Path) -> None:
    car = Car(tmp_path, {**PINS, "lamp_test_s": 5.0})
    car.sink.alert(an_alert(1, level=AlertLevel.CRITICAL))
    assert False in car.watch(LED, 0.5)


def test_a_line_that_does_not_follow_is_told_and_the_others_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    car = Car(tmp_path)
    assert car.sink._lines is not None
    assert car.sink._lines.led is not None
    shorted = car.sink._lines.led
    shorted.reads = lambda: False  # type: ignore[method-assign]
    car.sink.alert(an_alert(1, level=AlertLevel.CRITICAL))
    assert any(car.watch(BUZZER, 1.0))
    assert car.sink.ailment == "gpio.led does not switch on"
    assert caplog.text.count("does not switch on") == 1
    del shorted.reads
    car.watch(LED, 1.0)
    assert not car.sink.ailment


@pytest.mark.parametrize("pin", [BUTTON, MUTE])
def test_a_shorted_button_silences_no_alarm(
    tmp_path: Path, pin: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Held, a button mutes; one that is never released was not held by anybody."""
    car = Car(tmp_path)
    car.watch(LED, 0.5)
    car.factory.drive(pin, True)
    muted = False
    for _ in range(300):
        car.watch(LED, 0.05)
        for command in car.controls.take():
            muted = {Command.MUTE: True, Command.UNMUTE: False}.get(command, muted)
        car.sink.state(a_state(1003.0), a_health(muted=muted))
        if _ == 100:
            assert muted
    assert not muted
    assert caplog.text.count("short circuit?") == 1
    car.factory.drive(pin, False)
    car.watch(LED, 0.1)
    assert car.controls.take() == ()


def test_a_line_that_was_active_before_the_program_began_presses_nothing(tmp_path: Path) -> None:
    car = Car(tmp_path)
    car.factory.drive(BUTTON, True)
    car.factory.drive(MUTE, True)
    for pin in (car.sink._lines.acknowledge, car.sink._lines.mute):  # type: ignore[union-attr]
        pin.rises()  # type: ignore[union-attr]
    car.watch(LED, 15.0)
    assert car.controls.take() == ()


def test_a_config_broken_since_still_leaves_the_outputs_of_the_proven_one_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    file, record = tmp_path / "config.toml", tmp_path / "pins.jsonl"
    keep_config(
        tmp_path,
        f'[gpio]\nenabled = true\nbackend = "record"\nrecord_file = "{record}"\nled.pin = {LED}\n',
    )
    file.write_text("[gpio]\nenabled = perhaps\n")
    assert main(["pins", "--off", "--config", str(file)]) == 0
    assert levels(record) == {LED: False}
