"""Pins of any other Linux board through libgpiod 2 (``gpiod``): Snapdragon and friends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NoReturn

from edge_pose.config.sinks import InputPinConfig, OutputPinConfig
from edge_pose.errors import SinkError

_EVENT_BUFFER = 1024  # the kernel's own limit: pulses between two looks are not lost


class ChipFactory:
    """Lines of one GPIO character device. The kernel counts edges, so no thread is needed."""

    def __init__(self, chip: str) -> None:
        self._chip = chip

    def output(self, config: OutputPinConfig) -> ChipOutput:
        return ChipOutput(self._chip, config)

    def tone(self, config: OutputPinConfig) -> NoReturn:
        raise SinkError(
            f"gpio.tone (line {config.pin}): a GPIO line of this board cannot swing at an audible "
            "frequency; use an active buzzer as gpio.buzzer"
        )

    def input(self, config: InputPinConfig) -> ChipInput:
        return ChipInput(self._chip, config)


@contextmanager
def _explained(chip: str, pin: int | str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise SinkError("gpiod is not installed; pip install 'edge-pose[gpiod]'") from error
    except (OSError, ValueError, RuntimeError) as error:
        raise SinkError(
            f"{chip} line {pin}: {error}; check gpio.chip with gpiodetect, that nothing else uses "
            "the line, and that the user may open the device"
        ) from error


def _request(chip: str, pin: int | str, **settings: Any) -> Any:
    import gpiod

    return gpiod.request_lines(
        chip,
        consumer="edge-pose",
        config={pin: gpiod.LineSettings(**settings)},
        event_buffer_size=_EVENT_BUFFER,
    )


class ChipOutput:
    """One requested output line."""

    def __init__(self, chip: str, config: OutputPinConfig) -> None:
        self._chip, self._pin = chip, config.pin
        with _explained(chip, config.pin):
            from gpiod.line import Direction, Value

            self._levels = {True: Value.ACTIVE, False: Value.INACTIVE}
            self._request: Any = _request(
                chip,
                config.pin,
                direction=Direction.OUTPUT,
                active_low=config.active_low,
                output_value=Value.INACTIVE,
            )

    def set(self, on: bool) -> None:
        with _explained(self._chip, self._pin):
            self._request.set_value(self._pin, self._levels[on])

    def reads(self) -> bool | None:
        with _explained(self._chip, self._pin):
            return bool(self._request.get_value(self._pin) == self._levels[True])

    def close(self) -> None:
        request, self._request = self._request, None
        if request is not None:
            with _explained(self._chip, self._pin):
                try:
                    request.set_value(self._pin, self._levels[False])
                finally:  # also one whose chip has vanished: or nobody could have it again
                    request.release()


class ChipInput:
    """One requested input line; the kernel debounces and keeps the edges."""

    def __init__(self, chip: str, config: InputPinConfig) -> None:
        self._chip, self._pin = chip, config.pin
        with _explained(chip, config.pin):
            from gpiod.line import Bias, Direction, Edge, Value

            self._active = Value.ACTIVE
            bias = {"up": Bias.PULL_UP, "down": Bias.PULL_DOWN, "none": Bias.DISABLED}
            self._request: Any = _request(
                chip,
                config.pin,
                direction=Direction.INPUT,
                edge_detection=Edge.RISING,
                bias=bias[config.pull],
                active_low=config.active_low,
                debounce_period=timedelta(milliseconds=config.debounce_ms),
            )

    def active(self) -> bool:
        with _explained(self._chip, self._pin):
            return bool(self._request.get_value(self._pin) == self._active)

    def rises(self) -> int:
        count = 0
        with _explained(self._chip, self._pin):
            # Not for ever: a line that oscillates is always one more edge ahead.
            while count < _EVENT_BUFFER and self._request.wait_edge_events(timedelta(0)):
                count += len(self._request.read_edge_events())
        return count

    def close(self) -> None:
        request, self._request = self._request, None
        if request is not None:
            with _explained(self._chip, self._pin):
                request.release()
