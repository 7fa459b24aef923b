"""Poses that the driver holds still, with how long each has been held of late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edge_pose.config.monitor import NeutralConfig
from edge_pose.monitor.smoothing import share
from edge_pose.values import NeutralPose

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
    quick_s: float = 0.0
    """Of ``total_s``, what followed on a quick turn of the head."""

    @property
    def is_glance(self) -> bool:
        """Come to by gaze shifts: the head follows a bend at the road's pace."""
        return self.quick_s > 0.5 * self.total_s

    def is_near(self, yaw_deg: float, pitch_deg: float, within_deg: float) -> bool:
        return self.distance(yaw_deg, pitch_deg) <= within_deg

    def distance(self, yaw_deg: float, pitch_deg: float) -> float:
        aside, apart = abs(self.yaw_deg - yaw_deg), abs(self.pitch_deg - pitch_deg)
        return aside if aside > apart else apart

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
        self._best: Candidate | None = None
        """As far as it was asked for since the last change."""

    def __iter__(self) -> Iterator[Candidate]:
        return iter(self._held)

    def shares(self, candidate: Candidate, old: NeutralPose) -> tuple[float, float]:
        """Of the time of late: what this pose has, and what an old one."""
        near = self._config.still_deg
        held = [c for c in self.around(candidate, near, near) if c is not candidate] + [candidate]
        before = [
            c
            for c in self._held
            if c.is_near(old.yaw_deg, old.pitch_deg, near) and c is not candidate
        ]
        everything = _seconds(self._held)
        return _seconds(held) / everything, _seconds(before) / everything

    @property
    def best(self) -> Candidate | None:
        """The pose held most, but never the lower one of two that take turns: who looks up and
        down again and again has the road above. Eyes less open below show the same sooner."""
        if self._best is None and self._held:
            best = max(self._held, key=lambda candidate: candidate.seconds)
            above = [other for other in self._held if self._is_above(other, best)]
            self._best = max(above, key=lambda candidate: candidate.seconds, default=best)
        return self._best

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

    def middle(self, candidate: Candidate) -> float:
        """The mean yaw of what is held in about this direction: of bends to both sides, the
        straight between them."""
        bends = self.bends(candidate)
        if not bends:
            return candidate.yaw_deg
        return sum(other.seconds * other.yaw_deg for other in bends) / _seconds(bends)

    def bends(self, candidate: Candidate) -> list[Candidate]:
        """The poses of a winding road, if no one of them is the road; a look aside is none."""
        config = self._config
        around = [
            other
            for other in self.around(candidate, config.bend_deg, config.still_deg)
            if other is candidate or not other.is_glance
        ]
        return around if candidate.seconds < config.one_pose * _seconds(around) else []

    def clear(self) -> None:
        self._held.clear()
        self._best = None

    def shift(self, yaw_deg: float, pitch_deg: float) -> None:
        """The camera has turned by so much."""
        for candidate in self._held:
            candidate.yaw_deg += yaw_deg
            candidate.pitch_deg += pitch_deg

    def add(
        self, yaw_deg: float, pitch_deg: float, eyes: float | None, dt_s: float, stepped: bool
    ) -> Candidate:
        """The candidate that this pose belongs to, with the time added."""
        candidate = self._fade(yaw_deg, pitch_deg, 1.0 - share(dt_s, self._config.fading_s))
        if candidate is None:
            candidate = Candidate(yaw_deg=yaw_deg, pitch_deg=pitch_deg, stepped=stepped)
            if len(self._held) >= _MOST:
                self._held.remove(min(self._held, key=lambda candidate: candidate.seconds))
            self._held.append(candidate)
        candidate.take(yaw_deg, pitch_deg, eyes, dt_s)
        self._best = None
        return candidate

    def _fade(self, yaw_deg: float, pitch_deg: float, kept: float) -> Candidate | None:
        """Let all fade and the faintest go; the one nearest to this pose, if it is near."""
        nearest, least, faint = None, self._config.still_deg, False
        for candidate in self._held:
            candidate.seconds *= kept
            faint = faint or candidate.seconds <= _FORGOTTEN_S
            distance = candidate.distance(yaw_deg, pitch_deg)
            if distance <= least:
                nearest, least = candidate, distance
        if faint:
            self._held = [held for held in self._held if held.seconds > _FORGOTTEN_S]
            if nearest is not None and nearest.seconds <= _FORGOTTEN_S:
                return None
        return nearest


def _seconds(candidates: list[Candidate]) -> float:
    return sum(candidate.seconds for candidate in candidates)
