"""Poses that the driver holds still, with how long each has been held in total."""

from __future__ import annotations

from dataclasses import dataclass

from edge_pose.config.monitor import NeutralConfig

_MOST = 8


@dataclass(slots=True)
class Candidate:
    """The mean of one pose held still."""

    yaw_deg: float
    pitch_deg: float
    stepped: bool
    """The head came to it by a turn."""
    seconds: float = 0.0

    def is_near(self, yaw_deg: float, pitch_deg: float, within_deg: float) -> bool:
        off = max(abs(self.yaw_deg - yaw_deg), abs(self.pitch_deg - pitch_deg))
        return off <= within_deg

    def take(self, yaw_deg: float, pitch_deg: float, dt_s: float) -> None:
        """Add time, and move the mean by its share."""
        self.seconds += dt_s
        moved = dt_s / self.seconds if self.seconds > 0.0 else 0.0
        self.yaw_deg += moved * (yaw_deg - self.yaw_deg)
        self.pitch_deg += moved * (pitch_deg - self.pitch_deg)


class Candidates:
    """A few of them; the least held makes room."""

    def __init__(self, config: NeutralConfig) -> None:
        self._within_deg = config.still_deg
        self._held: list[Candidate] = []

    @property
    def best(self) -> Candidate | None:
        return max(self._held, key=lambda candidate: candidate.seconds, default=None)

    def support_s(self, candidate: Candidate, yaw_within_deg: float) -> float:
        """Time held in its direction, whatever the pitch: a yawn or a nod is not another seat."""
        return sum(
            other.seconds
            for other in self._held
            if abs(other.yaw_deg - candidate.yaw_deg) <= yaw_within_deg
        )

    def clear(self) -> None:
        self._held.clear()

    def add(self, yaw_deg: float, pitch_deg: float, dt_s: float, stepped: bool) -> Candidate:
        """The candidate that this pose belongs to, with the time added."""
        for candidate in self._held:
            if candidate.is_near(yaw_deg, pitch_deg, self._within_deg):
                candidate.take(yaw_deg, pitch_deg, dt_s)
                return candidate
        if len(self._held) >= _MOST:
            self._held.remove(min(self._held, key=lambda candidate: candidate.seconds))
        candidate = Candidate(yaw_deg=yaw_deg, pitch_deg=pitch_deg, stepped=stepped)
        self._held.append(candidate)
        return candidate
