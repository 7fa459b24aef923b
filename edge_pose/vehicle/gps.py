"""Speed and place from gpsd, read by gpsdclient."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping
from typing import Any

from edge_pose.config.vehicle import GpsConfig
from edge_pose.errors import VehicleError
from edge_pose.vehicle.source import Word

_SILENCE_S = 2.5
"""A receiver reports each second, with a fix or without."""
_KMH = 3.6
_NOTHING: Mapping[str, Word] = {"speed_kmh": None, "latitude_deg": None, "longitude_deg": None}


class GpsSource:
    """Reports of a receiver, as long as it has a fix."""

    name = "gps"

    def __init__(self, config: GpsConfig) -> None:
        self._config = config
        self._client: Any = None
        self._reports: Iterator[dict[str, Any]] = iter(())

    def open(self) -> None:
        try:
            from gpsdclient.client import GPSDClient
        except ImportError as error:
            raise VehicleError("vehicle.gps needs: pip install 'edge-pose[gps]'") from error
        config = self._config
        self._client = GPSDClient(host=config.host, port=config.port, timeout=_SILENCE_S)
        self._reports = iter(self._client.dict_stream(convert_datetime=False, filter=["TPV"]))

    def read(self) -> Mapping[str, Word]:
        try:
            report = next(self._reports)
        except (OSError, ValueError) as error:
            raise VehicleError(f"gpsd {self._place}: {error}; is gpsd running?") from error
        except StopIteration:
            raise VehicleError(f"gpsd {self._place}: it has closed the connection") from None
        return words_of(report, self._config.speed_error_max_kmh)

    def close(self) -> None:
        """Also ends a read that waits, from any thread."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(OSError, AttributeError):
                client.sock.shutdown(socket.SHUT_RDWR)
            client.close()

    @property
    def _place(self) -> str:
        return f"{self._config.host}:{self._config.port}"


def words_of(report: Mapping[str, Any], error_max_kmh: float) -> Mapping[str, Word]:
    """What a TPV report tells; without a fix (mode 2 or 3), or too uncertain, nothing."""
    if report.get("mode", 0) < 2:
        return _NOTHING
    speed, error = report.get("speed"), report.get("eps")
    vague = error is not None and error * _KMH > error_max_kmh
    return {
        "speed_kmh": None if speed is None or vague else float(speed) * _KMH,
        "latitude_deg": report.get("lat"),
        "longitude_deg": report.get("lon"),
    }
