"""Drowsiness: PERCLOS and the closures, nods and yawns of the last minutes in one score.

Each cue is taken as an independent chance that the driver is drowsy (a noisy-or), so that no
cue can cancel another and every contribution can be named.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from edge_pose.config.fatigue import DrowsinessConfig
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.plural import counted
from edge_pose.values import AlertKind, AlertLevel

_CLOSURES = (AlertKind.MICROSLEEP, AlertKind.SLEEP, AlertKind.UNRESPONSIVE)
_MOST_EVENTS = 32  # beyond that the score is at its end anyway


class Drowsiness:
    """Keeps the recent cues and the level they add up to."""

    def __init__(self, config: DrowsinessConfig) -> None:
        self._config = config
        self._recent: deque[tuple[float, AlertKind]] = deque(maxlen=_MOST_EVENTS)
        self._level: AlertLevel | None = None
        self._since = 0.0
        self.score = 0.0

    def update(
        self, sample: Sample, perclos: float | None, begun: Iterable[AlertKind] = ()
    ) -> Finding | None:
        """``begun``: kinds of the nods, yawns and closures that began with this sample."""
        for kind in begun:
            self._recent.append((sample.t_s, kind))
        while self._recent and sample.t_s - self._recent[0][0] > self._config.memory_s:
            self._recent.popleft()
        if self._level is None and not self._recent and self._from_perclos(perclos) == 0.0:
            self.score = 0.0
            return None
        counts = self._counts()
        self.score = self._fuse(perclos, counts)
        self._settle(sample.t_s)
        if self._level is None:
            return None
        return Finding(
            kind=AlertKind.DROWSY,
            level=self._level,
            t_start_s=self._since,
            reason=_reason(self.score, perclos, counts, self._config.memory_s),
            values={"score": self.score, **({} if perclos is None else {"perclos": perclos})},
        )

    def forget(self) -> None:
        """Another driver, or the same one after a rest."""
        self._recent.clear()
        self._level = None
        self.score = 0.0

    def _counts(self) -> dict[str, int]:
        kinds = [kind for _, kind in self._recent]
        return {
            "closure": sum(kind in _CLOSURES for kind in kinds),
            "nod": kinds.count(AlertKind.NOD),
            "yawn": kinds.count(AlertKind.YAWN),
        }

    def _fuse(self, perclos: float | None, counts: dict[str, int]) -> float:
        config = self._config
        awake = 1.0 - self._from_perclos(perclos)
        awake *= (1.0 - config.closure_weight) ** counts["closure"]
        awake *= (1.0 - config.nod_weight) ** counts["nod"]
        awake *= (1.0 - config.yawn_weight) ** counts["yawn"]
        return 1.0 - awake

    def _from_perclos(self, perclos: float | None) -> float:
        """0 up to questionable, the warning level at drowsy, and on at the same slope."""
        config = self._config
        if perclos is None or perclos <= config.perclos_questionable:
            return 0.0
        span = config.perclos_drowsy - config.perclos_questionable
        return min(1.0, config.warning_at * (perclos - config.perclos_questionable) / span)

    def _settle(self, t_s: float) -> None:
        """The level that the score reaches, left only when it falls clearly below."""
        config = self._config
        limits = {
            AlertLevel.ADVISORY: config.advisory_at,
            AlertLevel.WARNING: config.warning_at,
            AlertLevel.CRITICAL: config.critical_at,
        }
        held = self._level or 0
        reached = [
            level
            for level, limit in limits.items()
            if self.score >= limit - (config.hysteresis if level <= held else 0.0)
        ]
        level = max(reached, default=None)
        if self._level is None and level is not None:
            self._since = t_s
        self._level = level


def _reason(score: float, perclos: float | None, counts: dict[str, int], memory_s: float) -> str:
    parts = [] if perclos is None else [f"eyes closed {100 * perclos:.0f} % of the last minute"]
    parts += [counted(count, name) for name, count in counts.items() if count]
    return f"drowsiness {score:.2f}: {', '.join(parts)} (within {memory_s / 60:g} min)"
