"""Pins without the program: all outputs off after a crash, and a walk through them for the fitter.

A killed process cannot switch anything off, and a line keeps its level when its owner dies:
``edge-pose pins --off`` as the service's ExecStopPost does it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from edge_pose.config.sinks import GpioConfig, InputPinConfig, OutputPinConfig
from edge_pose.errors import SinkError
from edge_pose.sinks.gpio.pins import PinFactory, open_factory

_OUTPUTS = ("led", "buzzer", "relay")
_INPUTS = ("acknowledge", "mute", "speed", "ignition")
_TEST_S = 0.5
_TEST_HZ = 880.0

Wait = Callable[[float], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PinCheck:
    """One line of ``edge-pose doctor --pins``."""

    name: str
    pin: int | str
    ok: bool
    text: str


def outputs_off(config: GpioConfig, factory: PinFactory | None = None) -> None:
    """Switch every configured output off, each by itself; then SinkError if one would not.

    The tonal buzzer is taken as a plain output: off is off, and no PWM is needed for it. Where
    GPIO is not enabled the pins are someone else's and stay as they are.
    """
    if not config.enabled:
        return
    lines = [(name, getattr(config, name)) for name in (*_OUTPUTS, "tone")]
    present = [(name, line) for name, line in lines if line is not None]
    if not present:
        return
    factory = factory or open_factory(config)
    failures = [text for name, line in present if (text := _off(factory, name, line))]
    if failures:
        raise SinkError("; ".join(failures))


def _off(factory: PinFactory, name: str, line: OutputPinConfig) -> str:
    """Opening a line as an output switches it off; what went wrong, or nothing."""
    try:
        factory.output(line).close()
    except SinkError as error:
        return f"gpio.{name}: {error}"
    return ""


def check_pins(
    config: GpioConfig, wait: Wait, factory: PinFactory | None = None
) -> Iterator[PinCheck]:
    """Switch each output on for half a second and read each input; one verdict each.

    ``wait`` sleeps; a person watches and listens meanwhile.
    """
    factory = factory or open_factory(config)
    for name in (*_OUTPUTS, "tone", *_INPUTS):
        line = getattr(config, name)
        if line is not None:
            yield _check(factory, name, line, wait)


def _check(factory: PinFactory, name: str, line: Any, wait: Wait) -> PinCheck:
    try:
        text = _TRIALS[name](factory, line, wait)
    except SinkError as error:
        return PinCheck(name=name, pin=line.pin, ok=False, text=str(error))
    return PinCheck(name=name, pin=line.pin, ok=True, text=text)


def _try_output(factory: PinFactory, line: OutputPinConfig, wait: Wait) -> str:
    output = factory.output(line)
    try:
        output.set(True)
        wait(_TEST_S)
    finally:
        output.close()
    return f"was on for {_TEST_S} s"


def _try_tone(factory: PinFactory, line: OutputPinConfig, wait: Wait) -> str:
    speaker = factory.tone(line)
    try:
        speaker.play(_TEST_HZ)
        wait(_TEST_S)
    finally:
        speaker.close()
    return f"sounded {_TEST_HZ:.0f} Hz for {_TEST_S} s"


def _try_input(factory: PinFactory, line: InputPinConfig, wait: Wait) -> str:
    source = factory.input(line)
    try:
        wait(_TEST_S)
        return "active" if source.active() else "not active"
    finally:
        source.close()


_TRIALS: dict[str, Callable[[PinFactory, Any, Wait], str]] = {
    **dict.fromkeys(_OUTPUTS, _try_output),
    "tone": _try_tone,
    **dict.fromkeys(_INPUTS, _try_input),
}
