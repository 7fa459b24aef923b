"""The car's signals by their VSS names, asked of a Kuksa databroker."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from edge_pose.config.vehicle import KuksaConfig
from edge_pose.errors import VehicleError
from edge_pose.vehicle.source import Word

_ANSWER_S = 1.0
_PARK, _DRIVE = 126, 127
"""Vehicle.Powertrain.Transmission.SelectedGear: 0 neutral, positive forward, negative reverse."""


class KuksaSource:
    """A databroker keeps a value for ever, so its time stamp must move: a provider that has died
    is silent here too, and nobody's clock has to be right."""

    name = "kuksa"

    def __init__(self, config: KuksaConfig) -> None:
        self._config = config
        self._client: Any = None
        self._stamps: dict[str, Any] = {}
        self._closing = threading.Event()

    def open(self) -> None:
        self._closing.clear()
        self._client = connect(self._config)
        self._stamps = {}

    def read(self) -> Mapping[str, Word]:
        self._closing.wait(self._config.interval_s)
        points, before = self._current(), self._stamps
        self._stamps = {path: point.timestamp for path, point in points.items()}
        words: dict[str, Word] = {}
        for path, point in points.items():
            # The first answer may be any age; from the second on a new stamp is a new value.
            if path in before and point.timestamp != before[path]:
                words.update(words_of(path, point.value))
        return words

    def close(self) -> None:
        self._closing.set()
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.disconnect()

    def _current(self) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for path in READERS:  # one at a time: a broker refuses a whole list for one unknown name
            point = self._one(path)
            if point is not None:
                found[path] = point
        return found

    def _one(self, path: str) -> Any:
        from kuksa_client.grpc import VSSClientError

        if self._client is None:
            return None
        try:
            return self._client.get_current_values([path], timeout=_ANSWER_S).get(path)
        except VSSClientError as error:
            if _is_unknown(error):
                return None
            where = f"{self._config.host}:{self._config.port}"
            raise VehicleError(f"Kuksa {where}: {brief(error)}") from error


def connect(config: Any) -> Any:
    """A connected client. ``config``: anything with host, port, ca_file and token_file."""
    try:
        from kuksa_client.grpc import VSSClient, VSSClientError
    except ImportError as error:
        raise VehicleError("Kuksa needs: pip install 'edge-pose[kuksa]'") from error
    token = config.token_file.read_text().strip() if config.token_file else None
    client = VSSClient(
        config.host, config.port, token=token, root_certificates=config.ca_file,
        ensure_startup_connection=False,
    )  # fmt: skip
    client.connect()
    try:
        client.get_server_info(timeout=_ANSWER_S)
    except VSSClientError as error:
        client.disconnect()
        raise VehicleError(
            f"Kuksa {config.host}:{config.port} does not answer ({brief(error)}); is it running?"
        ) from error
    return client


def brief(error: Any) -> str:
    """What a databroker's error says, without the library's tuples."""
    reason = error.error.get("reason", "") if error.error else ""
    message = str(error.error.get("message", "")) if error.error else str(error)
    return f"{reason}: {message.splitlines()[0][:120]}" if message else str(reason or error)[:120]


def words_of(path: str, value: Any) -> dict[str, Word]:
    """One VSS value as a word of ours."""
    quantity, convert = READERS[path]
    return {quantity: None if value is None else convert(value)}


def _gear(value: int) -> str:
    if value == _PARK:
        return "P"
    return "N" if value == 0 else "R" if value < 0 else "D"


def _ignition(value: str) -> bool | None:
    return {"ON": True, "START": True, "OFF": False, "LOCK": False, "ACC": False}.get(value)


READERS: Mapping[str, tuple[str, Callable[[Any], Word]]] = {
    "Vehicle.Speed": ("speed_kmh", lambda value: abs(float(value))),
    "Vehicle.IsMoving": ("standstill", lambda value: not value),
    "Vehicle.LowVoltageSystemState": ("ignition", _ignition),
    "Vehicle.Powertrain.Transmission.SelectedGear": ("gear", _gear),
    "Vehicle.Chassis.SteeringWheel.Angle": ("steering_deg", float),
    "Vehicle.CurrentLocation.Latitude": ("latitude_deg", float),
    "Vehicle.CurrentLocation.Longitude": ("longitude_deg", float),
}
"""VSS names to words: steering angle is positive to the left there as here."""


def _is_unknown(error: Any) -> bool:
    codes = {error.error.get("code"), *(one.get("error", {}).get("code") for one in error.errors)}
    return bool(codes & {404, 5})
