"""What a driver looked at, summed up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SightStatistics:
    """Where the driver looked over a stretch of driving."""

    seconds: float = 0.0
    """Time in which the direction of sight was known and the car moved."""
    by_eyes_s: float = 0.0
    """… of it told by the eyes; the rest by the head."""
    shares: Mapping[str, float] = field(default_factory=dict)
    """Share of the time by region; they add up to 1."""
    glances: int = 0
    """Looks away from the road that have ended."""
    mean_glance_s: float | None = None
    longest_glance_s: float = 0.0
    long_glances: int = 0
    """… of 2 s and more (NHTSA 2013 allows 15 %)."""
    dispersion_deg: float | None = None
    """Spread of the direction of sight, one standard deviation, root mean square of both axes."""
    heat: tuple[tuple[float, ...], ...] = ()
    """Seconds by cell of ``heat_cell_deg``, rows from the highest pitch down, columns from the
    lowest yaw up; the middle of the picture is the road ahead."""
    heat_cell_deg: float = 5.0
