"""Drowsiness: PERCLOS and the closures, nods and yawns of the last minutes in one score.

Each cue is taken as an independent chance that the driver is drowsy (a noisy-or), so that no
cue can cancel another and every contribution can be named. Nods and yawns are weak: they advise,
but a warning needs PERCLOS or a true closure, and a critical alert those alone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.rules.perclos import Perclos
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Finding
from edge_pose.monitor.sight.lids import Reading
from edge_pose.plural import counted
from edge_pose.values import AlertKind, AlertLevel

_CLOSURES = (AlertKind.MICROSLEEP, AlertKind.SLEEP, AlertKind.UNRESPONSIVE)
_LASTING = (AlertKind.YAWN, AlertKind.MICROSLEEP)
_MOST_EVENTS = 32  # beyond that the score is at its end anyway


class Drowsiness:
    """Keeps the recent cues and the level they add up to."""

    def __init__(self, config: MonitorConfig) -> None:
        self._config = config.drowsiness
        self._perclos = Perclos(config.perclos)
        self._recent: deque[tuple[float, AlertKind]] = deque(maxlen=_MOST_EVENTS)
        self._ongoing: dict[AlertKind, float] = {}
        self._level: AlertLevel | None = None
        self._since = 0.0
        self.perclos: float | None = None
        self.score = 0.0

    def update(self, now: Situation) -> Finding | None:
        """The drowsiness that all cues so far add up to."""
        sample = now.sample
        self.perclos = self._perclos.update(sample.t_s, sample.dt_s, _closed(now))
        return self.judge(sample.t_s, self.perclos, self._begun(now.found))

    def judge(
        self, t_s: float, perclos: float | None, begun: Iterable[AlertKind] = ()
    ) -> Finding | None:
        """``begun``: kinds of the nods, yawns and closures that began at this moment."""
        for kind in begun:
            self._recent.append((t_s, kind))
        while self._recent and t_s - self._recent[0][0] > self._config.memory_s:
            self._recent.popleft()
        if self._level is None and not self._recent and self._from_perclos(perclos) == 0.0:
            self.score = 0.0
            return None
        counts = self._counts()
        strong = self._strong(perclos, counts)
        self.score = self._with_weak(strong, counts)
        self._settle(t_s, strong)
        if self._level is None:
            return None
        return Finding(
            kind=AlertKind.DROWSY,
            level=self._level,
            t_start_s=self._since,
            reason=_reason(self.score, perclos, counts, self._config.memory_s),
            values={"score": self.score, **({} if perclos is None else {"perclos": perclos})},
        )

    def _begun(self, found: list[Finding]) -> list[AlertKind]:
        """Which cues are new: a nod always is, a yawn or a closure at its first moment."""
        begun: list[AlertKind] = []
        for finding in found:
            if finding.kind is AlertKind.NOD:
                begun.append(finding.kind)
            elif finding.kind in _LASTING and self._ongoing.get(finding.kind) != finding.t_start_s:
                self._ongoing[finding.kind] = finding.t_start_s
                begun.append(finding.kind)
        return begun

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

    def _strong(self, perclos: float | None, counts: dict[str, int]) -> float:
        """What shut eyes alone say."""
        awake = 1.0 - self._from_perclos(perclos)
        return 1.0 - awake * (1.0 - self._config.closure_weight) ** counts["closure"]

    def _with_weak(self, strong: float, counts: dict[str, int]) -> float:
        config = self._config
        awake = (1.0 - strong) * (1.0 - config.nod_weight) ** counts["nod"]
        return 1.0 - awake * (1.0 - config.yawn_weight) ** counts["yawn"]

    def _from_perclos(self, perclos: float | None) -> float:
        """0 up to questionable, the warning level at drowsy, and on at the same slope."""
        config = self._config
        if perclos is None or perclos <= config.perclos_questionable:
            return 0.0
        span = config.perclos_drowsy - config.perclos_questionable
        return min(1.0, config.warning_at * (perclos - config.perclos_questionable) / span)

    def _settle(self, t_s: float, strong: float) -> None:
        """The level that the score reaches, left only when it falls clearly below."""
        config = self._config
        warning = self.score if strong >= config.strong_at else 0.0
        scores = {
            AlertLevel.ADVISORY: (self.score, config.advisory_at),
            AlertLevel.WARNING: (warning, config.warning_at),
            AlertLevel.CRITICAL: (strong, config.critical_at),
        }
        held = self._level or 0
        reached = [
            level
            for level, (score, limit) in scores.items()
            if score >= limit - (config.hysteresis if level <= held else 0.0)
        ]
        level = max(reached, default=None)
        if self._level is None and level is not None:
            self._since = t_s
        self._level = level


def _closed(now: Situation) -> bool | None:
    """Whether the eyes are shut; None where that is not to be judged, as in a look down."""
    lids = now.lids
    if lids.reading is Reading.UNKNOWN:
        return None
    shut = lids.reading is Reading.SHUT
    if lids.down or (now.sight.down and not (shut and lids.closed)):
        return None
    return shut


def _reason(score: float, perclos: float | None, counts: dict[str, int], memory_s: float) -> str:
    parts = [] if perclos is None else [f"eyes closed {100 * perclos:.0f} % of the last minute"]
    parts += [counted(count, name) for name, count in counts.items() if count]
    return f"drowsiness {score:.2f}: {', '.join(parts)} (within {memory_s / 60:g} min)"
