"""Where a driver looked, summed up: constant memory, whatever the length of the drive."""

from __future__ import annotations

import math

from edge_pose.monitor.durations import BELIEVED_S
from edge_pose.monitor.sample import Sample
from edge_pose.monitor.sight import regions
from edge_pose.monitor.sight.sight import Sight
from edge_pose.values import SightStatistics

CELL_DEG = 5.0
_COLUMNS, _ROWS = 36, 20  # ± 90° by ± 50°
_LONG_S = 2.0  # NHTSA 2013
_ELSEWHERE = "elsewhere"


class Looks:
    """Counts seconds by region and by direction, and the looks away from the road."""

    def __init__(self) -> None:
        self._seconds = self._by_eyes_s = 0.0
        self._regions: dict[str, float] = {}
        self._heat = [[0.0] * _COLUMNS for _ in range(_ROWS)]
        self._glances = self._long = 0
        self._glance_s = self._back_s = self._away_s = self._longest_s = 0.0
        self._sum = [0.0, 0.0, 0.0, 0.0]

    def update(self, sample: Sample, sight: Sight) -> None:
        """One moment of driving."""
        yaw, pitch = sample.sight_yaw_deg, sample.sight_pitch_deg
        if not sight.by_eyes or yaw is None or pitch is None:
            yaw, pitch = sample.off_yaw_deg, sample.off_pitch_deg
        if sample.standstill or not sight.seen or sight.eyes_closed or yaw is None or pitch is None:
            self._end_glance()
            return
        dt_s = sample.dt_s
        self._seconds += dt_s
        self._by_eyes_s += dt_s if sight.by_eyes else 0.0
        name = sight.region or (_ELSEWHERE if sight.off_road else regions.ROAD)
        self._regions[name] = self._regions.get(name, 0.0) + dt_s
        self._place(yaw, pitch, dt_s)
        if sight.off_road:
            self._glance_s += dt_s
            self._back_s = 0.0
        elif self._glance_s > 0.0:
            self._back_s += dt_s
            if self._back_s >= BELIEVED_S:
                self._end_glance()

    def _place(self, yaw: float, pitch: float, dt_s: float) -> None:
        column = min(_COLUMNS - 1, max(0, int(yaw / CELL_DEG + _COLUMNS / 2)))
        row = min(_ROWS - 1, max(0, int(_ROWS / 2 - pitch / CELL_DEG)))
        self._heat[row][column] += dt_s
        sums = self._sum
        sums[0] += dt_s * yaw
        sums[1] += dt_s * yaw * yaw
        sums[2] += dt_s * pitch
        sums[3] += dt_s * pitch * pitch

    def _end_glance(self) -> None:
        if self._glance_s >= BELIEVED_S:
            self._glances += 1
            self._away_s += self._glance_s
            self._longest_s = max(self._longest_s, self._glance_s)
            self._long += self._glance_s >= _LONG_S
        self._glance_s = self._back_s = 0.0

    @property
    def statistics(self) -> SightStatistics:
        """Everything so far."""
        total = self._seconds
        return SightStatistics(
            seconds=total,
            by_eyes_s=self._by_eyes_s,
            shares={n: s / total for n, s in sorted(self._regions.items())} if total else {},
            glances=self._glances,
            mean_glance_s=self._away_s / self._glances if self._glances else None,
            longest_glance_s=self._longest_s,
            long_glances=self._long,
            dispersion_deg=self._dispersion_deg(),
            heat=tuple(tuple(row) for row in self._heat),
            heat_cell_deg=CELL_DEG,
        )

    def _dispersion_deg(self) -> float | None:
        if self._seconds <= 0.0:
            return None
        yaw, yaw2, pitch, pitch2 = (part / self._seconds for part in self._sum)
        spread = (yaw2 - yaw * yaw) + (pitch2 - pitch * pitch)
        return math.sqrt(max(0.0, spread) / 2.0)
