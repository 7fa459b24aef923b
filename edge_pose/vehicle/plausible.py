"""Which words a car can say at all: anything else is no word."""

from __future__ import annotations

import math

from edge_pose.vehicle.source import Word

STANDSTILL_KMH = 1.0
"""Below this a car stands: sensors idle at up to a few tenths."""

_RANGES = {
    "speed_kmh": (0.0, 500.0),
    "steering_deg": (-1500.0, 1500.0),
    "latitude_deg": (-90.0, 90.0),
    "longitude_deg": (-180.0, 180.0),
}
_FLAGS = {"standstill", "ignition", "acknowledge"}
_CHOICES = {"gear": {"P", "R", "N", "D"}, "indicator": {"left", "right", "off"}}
QUANTITIES = (*_RANGES, *_FLAGS, *_CHOICES)


def plausible(quantity: str, word: Word) -> Word:
    """The word, or None where it is none that a car can say. An unknown quantity is a KeyError."""
    if quantity in _FLAGS:
        return word if isinstance(word, bool) else None
    if quantity in _CHOICES:
        return word if word in _CHOICES[quantity] else None
    low, high = _RANGES[quantity]
    if isinstance(word, bool) or not isinstance(word, int | float) or not math.isfinite(word):
        return None
    return float(word) if low <= word <= high else None
