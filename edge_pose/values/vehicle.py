"""What the car says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

MOVING_KMH: Final = 5.0
"""From here on a car is driven, whatever its ignition wire or gear lever says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleState:
    """What the car says; None where it says nothing (then: monitor always, strictest timing)."""

    speed_kmh: float | None = None
    standstill: bool | None = None
    engaged: bool | None = None
    acknowledge: bool | None = None
    gear: Literal["P", "R", "N", "D"] | None = None
    steering_deg: float | None = None
    """Of the steering wheel; left > 0."""
    indicator: Literal["left", "right", "off"] | None = None
    ignition: bool | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
