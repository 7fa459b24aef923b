"""No sign of life: eyes that never blink and a sight that never changes belong to a picture; eyes
that never blink though the head moves, to a picture that somebody or the car shakes."""

from __future__ import annotations

from edge_pose.config.presence import PresenceConfig
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sight.lids import Reading
from edge_pose.monitor.smoothing import share

_EVERY_S = 0.2  # a head that keeps still for a minute needs no closer look
_CALM_S = 1.0  # angles are averaged over so long: noise is no sign of life


class Liveness:
    """Counts the time since the last sign of life, where eyes are measured."""

    def __init__(self, config: PresenceConfig) -> None:
        self._config = config
        self._still_s = 0.0
        self._unblinking_s = 0.0
        self._blinked_at = 0.0
        self._moved_at = 0.0
        self._place: tuple[float, float] | None = None
        self._mean: tuple[float, float] | None = None
        self._due_s = 0.0

    @property
    def lasting(self) -> bool:
        return self._is_still or self._unblinking_s >= self._config.unblinking_s

    @property
    def since(self) -> float:
        """When the last sign of life was seen."""
        return self._moved_at if self._is_still else self._blinked_at

    @property
    def _is_still(self) -> bool:
        return self._still_s >= self._config.still_s

    @property
    def words(self) -> str:
        if not self._is_still:
            return (
                f"no blink for {self._unblinking_s:.0f} s: cannot see a living driver, or not the "
                "eyes (picture before the camera, glasses?)"
            )
        return (
            f"no blink and no movement for {self._still_s:.0f} s: cannot see a living driver "
            "(picture before the camera?)"
        )

    def update(self, now: Situation) -> None:
        """One moment of a face whose eyes are measured; others tell nothing."""
        sample = now.sample
        if not sample.face or sample.hole_s > 0.0:
            self._moved_now(sample.t_s)
            return
        if sample.yaw_deg is None or sample.pitch_deg is None or not now.eyes_expected:
            return
        moved = self._moved(sample.dt_s, sample.yaw_deg, sample.pitch_deg)
        blinked = sample.standstill or self._blinked(now)
        if blinked:
            self._unblinking_s, self._blinked_at = 0.0, sample.t_s
        if moved or blinked:
            self._moved_now(sample.t_s)
        if now.lids.reading is not Reading.UNKNOWN:
            self._still_s += 0.0 if moved or blinked else sample.dt_s
            self._unblinking_s += 0.0 if blinked else sample.dt_s

    def _moved_now(self, t_s: float) -> None:
        self._still_s, self._moved_at, self._place = 0.0, t_s, self._mean

    def _blinked(self, now: Situation) -> bool:
        """The lids fell, and be it for one image."""
        eyes = now.sample.eyes
        if now.lids.reading is Reading.SHUT:
            return True
        return eyes is not None and eyes < self._config.blink_share * now.lids.level

    def _moved(self, dt_s: float, yaw_deg: float, pitch_deg: float) -> bool:
        mean = self._mean
        if mean is None or self._place is None:
            self._mean = self._place = (yaw_deg, pitch_deg)
            return True
        self._due_s += dt_s
        if self._due_s < _EVERY_S:
            return False
        moved, self._due_s = share(self._due_s, _CALM_S), 0.0
        yaw, pitch = mean[0] + moved * (yaw_deg - mean[0]), mean[1] + moved * (pitch_deg - mean[1])
        self._mean = (yaw, pitch)
        off = max(abs(yaw - self._place[0]), abs(pitch - self._place[1]))
        return off > self._config.still_deg
