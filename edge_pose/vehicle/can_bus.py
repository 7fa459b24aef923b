"""The car's CAN bus, only listened to: python-can receives, cantools decodes by a DBC file."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from edge_pose.config.vehicle import CanConfig, CanSignalConfig
from edge_pose.errors import VehicleError
from edge_pose.vehicle.source import Word

_WAIT_S, _ROUND_S = 0.2, 0.05
_FLAGS = {"standstill", "ignition"}
_NUMBERS = {"speed_kmh", "steering_deg", "latitude_deg", "longitude_deg"}


class CanSource:
    """Signals of a bus by configuration. Of each message the newest in a round counts."""

    name = "can"

    def __init__(self, config: CanConfig) -> None:
        self._config = config
        self._bus: Any = None
        self._messages: dict[int, Any] = {}

    def open(self) -> None:
        try:
            import can
        except ImportError as error:
            raise VehicleError("vehicle.can needs: pip install 'edge-pose[can]'") from error
        self._messages = _messages(self._config)
        rate = self._config.bitrate
        options: dict[str, Any] = {} if rate is None else {"bitrate": rate}
        try:
            self._bus = can.Bus(
                interface=self._config.interface,
                channel=self._config.channel,
                can_filters=[_filter(message) for message in self._messages.values()],
                **options,
            )
        except (can.CanError, OSError, ValueError, ImportError) as error:
            raise VehicleError(f"CAN {self._config.channel}: {error}; {_UP}") from error

    def read(self) -> Mapping[str, Word]:
        import can

        bus, newest = self._bus, dict[int, bytes]()
        if bus is None:
            return {}
        until_s, wait_s = time.monotonic() + _ROUND_S, _WAIT_S
        try:
            while (frame := bus.recv(wait_s)) is not None and time.monotonic() < until_s:
                if not (frame.is_error_frame or frame.is_remote_frame):
                    newest[frame.arbitration_id] = bytes(frame.data)
                wait_s = 0.0
        except (can.CanError, OSError) as error:
            raise VehicleError(f"CAN {self._config.channel}: {error}; {_UP}") from error
        words: dict[str, Word] = {}
        for number, payload in newest.items():
            words.update(self._decode(number, payload))
        return words

    def close(self) -> None:
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.shutdown()

    def _decode(self, number: int, payload: bytes) -> dict[str, Word]:
        message = self._messages.get(number)
        if message is None:
            return {}
        try:
            values = message.decode(payload, decode_choices=True, allow_truncated=True)
        except Exception:  # cantools has many; a frame that is none of the DBC's says nothing
            return {}
        return {
            one.quantity: meaning(one, values[one.signal])
            for one in self._config.signals
            if one.message == message.name and one.signal in values
        }


def meaning(signal: CanSignalConfig, value: Any) -> Word:
    """A decoded value as a word of ours; None where it means 'not available'."""
    number = getattr(value, "value", value)  # a named value has its number in ``value``
    if signal.invalid_from is not None and number >= signal.invalid_from:
        return None
    named = signal.choices.get(str(value), signal.choices.get(f"{number:g}"))
    if signal.choices:
        return named
    if signal.quantity in _FLAGS:
        return bool(number)
    if signal.quantity in _NUMBERS and value is number:
        scaled = float(number) * signal.factor + signal.offset
        return abs(scaled) if signal.quantity == "speed_kmh" else scaled
    return None


_UP = "is the adapter plugged in and the bus up (ip link set can0 up type can bitrate 500000)?"


def _filter(message: Any) -> dict[str, int | bool]:
    mask = 0x1FFFFFFF if message.is_extended_frame else 0x7FF
    return {"can_id": message.frame_id, "can_mask": mask, "extended": message.is_extended_frame}


def _messages(config: CanConfig) -> dict[int, Any]:
    """The configured messages by their number on the bus; every name must be in the DBC."""
    import cantools

    try:
        database: Any = cantools.database.load_file(str(config.dbc_file))
    except Exception as error:  # cantools' parsers raise many kinds
        raise VehicleError(f"{config.dbc_file}: not a readable DBC file: {error}") from error
    messages = {}
    for one in config.signals:
        try:
            message = database.get_message_by_name(one.message)
            message.get_signal_by_name(one.signal)
        except KeyError as error:
            raise VehicleError(
                f"{config.dbc_file} has no signal {one.message}.{one.signal}; "
                f"see them with: cantools dump {config.dbc_file}"
            ) from error
        messages[message.frame_id] = message
    return messages
