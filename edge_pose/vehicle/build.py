"""From settings to the sources that are switched on; their libraries load when they open."""

from __future__ import annotations

from edge_pose.config.vehicle import VehicleConfig
from edge_pose.vehicle.can_bus import CanSource
from edge_pose.vehicle.gps import GpsSource
from edge_pose.vehicle.kuksa import KuksaSource
from edge_pose.vehicle.obd_adapter import ObdSource
from edge_pose.vehicle.source import VehicleSource


def build_sources(config: VehicleConfig) -> list[VehicleSource]:
    """The enabled sources, not yet open."""
    sources: list[VehicleSource] = []
    if config.can.enabled:
        sources.append(CanSource(config.can))
    if config.kuksa.enabled:
        sources.append(KuksaSource(config.kuksa))
    if config.obd.enabled:
        sources.append(ObdSource(config.obd))
    if config.gps.enabled:
        sources.append(GpsSource(config.gps))
    return sources
