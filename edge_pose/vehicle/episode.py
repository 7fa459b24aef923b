"""What of the car goes with an episode: how fast it was, and, where asked for, about where."""

from __future__ import annotations

from dataclasses import replace

from edge_pose.values import Alert, VehicleState

_QUANTITIES = ("speed_kmh", "latitude_deg", "longitude_deg")


def with_vehicle(alert: Alert, vehicle: VehicleState) -> Alert:
    """The alert with the car's speed and place among its values, as far as they are known. The
    place is known, and then rounded, only where the config asks for it."""
    found = {name: getattr(vehicle, name) for name in _QUANTITIES}
    known = {name: value for name, value in found.items() if value is not None}
    return replace(alert, values={**alert.values, **known}) if known else alert
