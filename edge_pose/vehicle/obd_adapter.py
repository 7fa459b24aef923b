"""Speed from an ELM327 adapter in the diagnostic socket, asked by the obd library."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

from edge_pose.config.vehicle import ObdConfig
from edge_pose.errors import VehicleError
from edge_pose.vehicle.source import Word

_ANSWER_S = 1.0
_ANY_BAUD = 38400  # a network adapter has no speed to find out, but the library wants one


class ObdSource:
    """A car that answers has its ignition on. One that does not says nothing: it may be off, or
    the plug may have fallen out."""

    name = "obd"

    def __init__(self, config: ObdConfig) -> None:
        self._config = config
        self._connection: Any = None
        self._closing = threading.Event()

    def open(self) -> None:
        try:
            import obd
        except ImportError as error:
            raise VehicleError("vehicle.obd needs: pip install 'edge-pose[obd]'") from error
        self._closing.clear()
        logging.getLogger("obd").setLevel(logging.CRITICAL)  # it has handlers of its own
        connection = obd.OBD(
            portstr=self._config.port or None,
            baudrate=self._config.baud_rate or (_ANY_BAUD if "://" in self._config.port else None),
            fast=False,
            timeout=_ANSWER_S,
            check_voltage=False,
        )
        if not connection.is_connected():
            status = connection.status()
            connection.close()
            raise VehicleError(
                f"OBD {self._config.port or 'adapter'}: {status}; is it plugged in and the "
                "ignition on? Name the port in vehicle.obd.port"
            )
        self._connection = connection

    def read(self) -> Mapping[str, Word]:
        import obd

        self._closing.wait(self._config.interval_s)
        if self._connection is None:
            return {}
        if not self._connection.is_connected():
            raise VehicleError("OBD: the adapter no longer answers")
        answer = self._connection.query(obd.commands.SPEED)
        if answer.is_null():
            return {}
        return {"speed_kmh": float(answer.value.to("kph").magnitude), "ignition": True}

    def close(self) -> None:
        self._closing.set()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
