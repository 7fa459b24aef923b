"""Settings of what the car says: how long each word counts, and where more words come from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import model_validator

from edge_pose.config.section import HOST, Section, setting

Quantity = Literal[
    "speed_kmh", "standstill", "ignition", "gear", "steering_deg", "indicator",
    "latitude_deg", "longitude_deg",
]  # fmt: skip
"""What a source may tell."""


class CanSignalConfig(Section):
    """[[vehicle.can.signals]] One signal of the DBC file and what it means here.

    A number becomes ``factor × value + offset``; a choice is looked up in ``choices``.
    """

    quantity: Quantity = setting(..., "what it tells: speed_kmh, standstill, ignition, gear, …")
    message: str = setting(..., "message's name in the DBC file", min_length=1)
    signal: str = setting(..., "signal's name in that message", min_length=1)
    factor: float = setting(1.0, "value times this (m/s to km/h: 3.6; right > 0: -1)")
    offset: float = setting(0.0, "added after the factor")
    choices: dict[str, str | bool] = setting(
        {}, 'the DBC\'s word or number → ours, as { "4" = "D", "Park" = "P" }'
    )
    invalid_from: float | None = setting(
        None, "raw physical values from here on mean 'not available' (SAE J1939 and others)"
    )


class CanConfig(Section):
    """[vehicle.can] Signals from the car's CAN bus, only listened to. Needs edge-pose[can]."""

    enabled: bool = setting(False, "listen on a CAN bus")
    interface: str = setting("socketcan", "python-can's name of the adapter's driver")
    channel: str = setting("can0", "the bus, in python-can's words")
    bitrate: int | None = setting(
        None, "set by adapters that need it; socketcan: by ip link", unit="bit/s", ge=10000
    )
    dbc_file: Path | None = setting(None, "database of the bus: messages and signals")
    signals: tuple[CanSignalConfig, ...] = setting((), "which signals are listened to")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.enabled and (self.dbc_file is None or not self.signals):
            raise ValueError("needs dbc_file and at least one of [[vehicle.can.signals]]")
        return self


class ObdConfig(Section):
    """[vehicle.obd] Speed from an ELM327 adapter. Needs edge-pose[obd]."""

    enabled: bool = setting(False, "ask an OBD-II adapter")
    port: str = setting(
        "", "serial port, e.g. /dev/rfcomm0 or socket://192.168.0.10:35000; empty: the first found"
    )
    baud_rate: int | None = setting(None, "of the port; unset: found out", unit="bit/s", ge=1200)
    interval_s: float = setting(0.5, "pause between questions", unit="s", ge=0.1, le=5)


class GpsConfig(Section):
    """[vehicle.gps] Speed and place from gpsd. Needs edge-pose[gps]."""

    enabled: bool = setting(False, "listen to gpsd")
    host: str = setting("127.0.0.1", "gpsd's host", **HOST)
    port: int = setting(2947, "gpsd's port", ge=1, le=65535)
    speed_error_max_kmh: float = setting(
        10.0,
        "a speed with a larger expected error (gpsd's eps, 95 %) is unknown",
        unit="km/h",
        gt=0,
    )


class KuksaConfig(Section):
    """[vehicle.kuksa] Signals of a Kuksa databroker by their VSS names. Needs edge-pose[kuksa]."""

    enabled: bool = setting(False, "ask a Kuksa databroker")
    host: str = setting("127.0.0.1", "databroker's host", **HOST)
    port: int = setting(55555, "databroker's port", ge=1, le=65535)
    ca_file: Path | None = setting(None, "authority to trust; unset: no TLS")
    token_file: Path | None = setting(None, "file with the access token (JWT)")
    interval_s: float = setting(0.2, "pause between questions", unit="s", ge=0.05, le=5)


class VehicleConfig(Section):
    """[vehicle] What the car says. A word that is not renewed in time is unknown again: the
    monitor is on and times strictly."""

    speed_timeout_s: float = setting(
        3.0, "a speed or standstill older than this is unknown", unit="s", gt=0, le=60
    )
    ignition_timeout_s: float = setting(
        60.0, "age after which an ignition not repeated is unknown", unit="s", gt=0, le=600
    )
    gear_timeout_s: float = setting(3.0, "the same for the gear", unit="s", gt=0, le=60)
    steering_timeout_s: float = setting(
        1.0, "the same for steering wheel and indicator", unit="s", gt=0, le=10
    )
    place_timeout_s: float = setting(10.0, "the same for the place", unit="s", gt=0, le=600)
    order: tuple[str, ...] = setting(
        ("can", "kuksa", "obd", "gpio", "mqtt", "gps"), "whose word is taken first"
    )
    off_max_s: float = setting(
        43200.0, "ignition off counts for at most this long while a live speed says standing",
        unit="s", gt=0, le=604800,
    )  # fmt: skip
    off_unconfirmed_max_s: float = setting(
        1800.0, "… and for this long where nothing else says that the car stands",
        unit="s", gt=0, le=604800,
    )  # fmt: skip
    place: bool = setting(False, "keep the place with each episode; rounded")
    place_digits: int = setting(
        2, "decimals of a degree that are kept: 2 is about 1 km, 3 about 100 m", ge=0, le=5
    )
    can: CanConfig = setting(CanConfig(), "the car's CAN bus")
    obd: ObdConfig = setting(ObdConfig(), "an OBD-II adapter")
    gps: GpsConfig = setting(GpsConfig(), "gpsd")
    kuksa: KuksaConfig = setting(KuksaConfig(), "a Kuksa databroker")
