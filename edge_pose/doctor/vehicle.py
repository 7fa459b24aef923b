"""What the car says: each source that the config has switched on is opened and heard once."""

from __future__ import annotations

from collections.abc import Iterator

from edge_pose.config.root import Config
from edge_pose.doctor.finding import Finding, fail, ok, warn
from edge_pose.doctor.machine import Machine
from edge_pose.errors import VehicleError
from edge_pose.vehicle.build import build_sources
from edge_pose.vehicle.source import VehicleSource

_LISTENS = 8
"""Reads that a source gets to say something; each takes up to a second."""


def check_vehicle(_: Machine, config: Config) -> Iterator[Finding]:
    """Each source answers, and what it says."""
    sources = build_sources(config.vehicle)
    if not sources:
        yield ok("vehicle", "no CAN, OBD, gpsd or databroker in the config")
    for source in sources:
        yield _hear(source)


def _hear(source: VehicleSource) -> Finding:
    check = f"vehicle {source.name}"
    try:
        source.open()
        for _ in range(_LISTENS):
            words = {name: word for name, word in source.read().items() if word is not None}
            if words:
                told = ", ".join(f"{name} {word}" for name, word in words.items())
                return ok(check, told)
    except (VehicleError, OSError) as error:
        return fail(check, str(error), "until then nothing of it is known: strictest timing")
    finally:
        source.close()
    return warn(check, "it answers but says nothing", "is the car on, do the signals' names fit?")
