"""Poses that the driver holds still, with how long each has been held of late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edge_pose.config.monitor import NeutralConfig
from edge_pose.monitor.smoothing import share

_MOST = 12
_FORGOTTEN_S = 0.05


@dataclass(slots=True)
class Candidate:
    """The mean of one pose held still; ``eyes``: how open the eyes were meanwhile."""

    yaw_deg: float
    pitch_deg: float
    stepped: bool
    """The head came to it by a turn."""
    seconds: float = 0.0
    total_s: float = 0.0
    """The same without forgetting."""
    eyes: float | None = None

    def is_near(self, yaw_deg: float, pitch_deg: float, within_deg: float) -> bool:
        return self.distance(yaw_deg, pitch_deg) <= within_deg

    def distance(self, yaw_deg: float, pitch_deg: float) -> float:
        return max(abs(self.yaw_deg - yaw_deg), abs(self.pitch_deg - pitch_deg))

    def take(self, yaw_deg: float, pitch_deg: float, eyes: float | None, dt_s: float) -> None:
        """Add time, and move the mean by its share."""
        self.seconds += dt_s
        self.total_s += dt_s
        # Of all its time, so that it does not creep along with the head.
        moved = dt_s / self.total_s if self.total_s > 0.0 else 0.0
        self.yaw_deg += moved * (yaw_deg - self.yaw_deg)
        self.pitch_deg += moved * (pitch_deg - self.pitch_deg)
        if eyes is not None:
            self.eyes = eyes if self.eyes is None else self.eyes + moved * (eyes - self.eyes)


class Candidates:
    """A few of them, their time fading; the least held makes room."""

    def __init__(self, config: NeutralConfig) -> None:
        self._config = config
        self._held: list[Candidate] = []

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self._held)

    @property
    def seconds(self) -> float:
        return sum(candidate.seconds for candidate in self._held)

    @property
    def best(self) -> Candidate | None:
        """The pose held most, but never the lower one of two that take turns: who looks up and
        down again and again has the road above. Eyes less open below show the same sooner."""
        best = max(self._held, key=lambda candidate: candidate.seconds, default=None)
        if best is None:
            return None
        above = [other for other in self._held if self._is_above(other, best)]
        return max(above, key=lambda candidate: candidate.seconds, default=best)

    def _is_above(self, other: Candidate, best: Candidate) -> bool:
        config = self._config
        if (
            other.pitch_deg - best.pitch_deg < config.above_deg
            or abs(other.yaw_deg - best.yaw_deg) > config.above_yaw_deg
            or other.seconds < config.above_s
        ):
            return False
        measured = other.eyes is not None and best.eyes is not None
        if measured and (best.eyes or 0.0) <= config.lowered * (other.eyes or 0.0):
            return True
        return other.seconds >= config.above_share * best.seconds

    def around(self, centre: Candidate, yaw_deg: float, pitch_deg: float) -> list[Candidate]:
        """Those in its direction."""
        return [
            other
            for other in self._held
            if abs(other.yaw_deg - centre.yaw_deg) <= yaw_deg
            and abs(other.pitch_deg - centre.pitch_deg) <= pitch_deg
        ]

    def clear(self) -> None:
        self._held.clear()

    def shift(self, yaw_deg: float, pitch_deg: float) -> None:
        """The camera has turned by so much."""
        for candidate in self._held:
            candidate.yaw_deg += yaw_deg
            candidate.pitch_deg += pitch_deg

    def add(
        self, yaw_deg: float, pitch_deg: float, eyes: float | None, dt_s: float, stepped: bool
    ) -> Candidate:
        """The candidate that this pose belongs to, with the time added."""
        kept = 1.0 - share(dt_s, self._config.fading_s)
        for candidate in self._held:
            candidate.seconds *= kept
        self._held = [candidate for candidate in self._held if candidate.seconds > _FORGOTTEN_S]
        near = [c for c in self._held if c.is_near(yaw_deg, pitch_deg, self._config.still_deg)]
        if near:
            candidate = min(near, key=lambda held: held.distance(yaw_deg, pitch_deg))
        else:
            candidate = Candidate(yaw_deg=yaw_deg, pitch_deg=pitch_deg, stepped=stepped)
            if len(self._held) >= _MOST:
                self._held.remove(min(self._held, key=lambda candidate: candidate.seconds))
            self._held.append(candidate)
        candidate.take(yaw_deg, pitch_deg, eyes, dt_s)
        return candidate
