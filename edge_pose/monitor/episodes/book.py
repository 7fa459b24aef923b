"""Episodes: from what the rules find at each moment to alerts that open, rise and end.

An episode escalates instead of repeating itself, and ends only after a second of attention.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count

from edge_pose.config.monitor import EpisodeConfig
from edge_pose.monitor.episodes.stories import (
    COLLAPSE,
    CONDITIONS,
    rank,
    refractory_s,
    slot,
    urgency,
)
from edge_pose.monitor.sample import Finding
from edge_pose.values import Alert, AlertKind, AlertPhase

_ROUNDING = 2e-3


@dataclass(slots=True)
class _Open:
    """One open episode: its last alert, and how long its cause has been gone."""

    alert: Alert
    calm_s: float | None = None


class Episodes:
    """The open episodes; one at most in each slot."""

    def __init__(self, config: EpisodeConfig, ids: Iterator[int] | None = None) -> None:
        """``ids``: numbers never given before; unset, they count from 1."""
        self._config = config
        self._again_s = refractory_s(config)
        self._open: dict[AlertKind | None, _Open] = {}
        self._quiet_until: dict[AlertKind, float] = {}
        self._ids = ids if ids is not None else count(1)
        self._listed: tuple[Alert, ...] = ()

    @property
    def open(self) -> tuple[Alert, ...]:
        """Latest alert of each open episode, most urgent first."""
        return self._listed

    def find(self, kind: AlertKind) -> Alert | None:
        """The open episode in which this kind is told."""
        found = self._open.get(slot(kind))
        return found.alert if found is not None else None

    def update(
        self,
        t_s: float,
        now_s: float,
        dt_s: float,
        findings: Iterable[Finding],
        *,
        attentive: bool,
        held_open: bool,
    ) -> list[Alert]:
        """The transitions of this moment. ``t_s``: time of the observation; ``now_s``: the rules'
        own clock, in which findings say when they began; ``held_open``: level 3 is latched."""
        told: list[Alert] = []
        found: set[AlertKind | None] = set()
        for finding in sorted(findings, key=lambda finding: -rank(finding.kind)):
            key = slot(finding.kind)
            alert = self._tell(key, finding, t_s, now_s)
            found.add(key)
            if alert is not None:
                told.append(alert)
        for key in list(self._open):
            if self._is_over(key, key not in found, dt_s, attentive, held_open):
                told.append(self._end(key, t_s, now_s))
        if told:
            self._list()
        return told

    def _tell(
        self, key: AlertKind | None, finding: Finding, t_s: float, now_s: float
    ) -> Alert | None:
        """Open an episode, raise it, or nothing new."""
        episode = self._open.get(key)
        if episode is None:
            if now_s < self._quiet_until.get(finding.kind, now_s):
                return None
            return self._begin(key, finding, t_s, now_s)
        last = episode.alert
        stronger = rank(finding.kind) > rank(last.kind)
        new = finding.kind not in last.kinds and (stronger or finding.kind in COLLAPSE)
        if not new and finding.level <= last.level:
            return None
        episode.alert = replace(
            last,
            kind=finding.kind if stronger else last.kind,
            kinds=(*last.kinds, finding.kind) if new else last.kinds,
            level=max(last.level, finding.level),
            phase=AlertPhase.UPDATE,
            t_s=t_s,
            reason=finding.reason,
            values=finding.values,
        )
        return episode.alert

    def _begin(self, key: AlertKind | None, finding: Finding, t_s: float, now_s: float) -> Alert:
        alert = Alert(
            id=next(self._ids),
            kind=finding.kind,
            kinds=(finding.kind,),
            level=finding.level,
            phase=AlertPhase.NEW,
            t_s=t_s,
            t_start_s=t_s - max(0.0, now_s - finding.t_start_s),
            t_alert_s=t_s,
            t_end_s=None,
            reason=finding.reason,
            values=finding.values,
        )
        self._open[key] = _Open(alert)
        return alert

    def _is_over(
        self, key: AlertKind | None, gone: bool, dt_s: float, attentive: bool, held_open: bool
    ) -> bool:
        """The cause has been gone and, if it was the driver's, the driver attentive for a while."""
        episode = self._open[key]
        calm = gone and (attentive or key in CONDITIONS)
        if not calm or (key is None and held_open):
            episode.calm_s = None
            return False
        episode.calm_s = 0.0 if episode.calm_s is None else episode.calm_s + dt_s
        return episode.calm_s >= self._config.attention_s - _ROUNDING

    def _end(self, key: AlertKind | None, t_s: float, now_s: float) -> Alert:
        last = self._open.pop(key).alert
        self._quiet_until[last.kind] = now_s + self._again_s.get(last.kind, 0.0)
        return replace(last, phase=AlertPhase.END, t_s=t_s, t_end_s=t_s)

    def close(self, t_s: float, now_s: float, kinds: Collection[AlertKind]) -> list[Alert]:
        """End the open episodes of these kinds at once, without waiting for attention."""
        keys = [key for key, episode in self._open.items() if episode.alert.kind in kinds]
        told = [self._end(key, t_s, now_s) for key in keys]
        if told:
            self._list()
        return told

    def _list(self) -> None:
        alerts = [episode.alert for episode in self._open.values()]
        self._listed = tuple(sorted(alerts, key=lambda a: urgency(a.kind, a.level), reverse=True))
