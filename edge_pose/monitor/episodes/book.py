"""Episodes: from what the rules find at each moment to alerts that open, rise and end.

An episode escalates instead of repeating itself, and ends only after a second of attention; after
sleep two, with eyes seen open. A critical one soon after another goes on with its story.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from edge_pose.config.monitor import EpisodeConfig
from edge_pose.kinds import urgency
from edge_pose.monitor.durations import STAMP_S
from edge_pose.monitor.episodes.stories import (
    CLOSURES,
    COLLAPSE,
    CONDITIONS,
    rank,
    refractory_s,
    slot,
)
from edge_pose.monitor.sample import Finding
from edge_pose.values import Alert, AlertKind, AlertLevel, AlertPhase, EpisodeStep

_MOST_STEPS = 200  # of one story; the first ones give way
_MOST_TOPICS = 32
_FORGOTTEN_S = 10.0
"""One of several causes that was gone for so long is news when it comes again."""


@dataclass(slots=True)
class _Open:
    """One open episode: its last alert, and how long its cause has been gone."""

    alert: Alert
    calm_s: float | None = None
    topics: dict[str, float] = field(default_factory=dict)
    """Which of several causes were found, and when last."""
    reached: set[AlertKind] = field(default_factory=set)
    """Kinds told since it opened, or opened again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calm:
    """What speaks for an end of the driver's story at one moment."""

    attentive: bool
    """On the road, eyes not shut for longer than a blink."""
    eyes_open: bool
    """… and the eyes are seen open."""
    held_open: bool
    """Level 3 is latched."""


class Episodes:
    """The open episodes; one at most in each slot. ``shadow``: of rules on trial."""

    def __init__(
        self, config: EpisodeConfig, ids: Iterator[int] | None = None, *, shadow: bool = False
    ) -> None:
        """``ids``: numbers never given before; unset, they count from 1."""
        self._config = config
        self._again_s = refractory_s(config)
        self._shadow = shadow
        self._open: dict[AlertKind | None, _Open] = {}
        self._quiet_until: dict[tuple[AlertKind, str], float] = {}
        self._last: tuple[Alert, float] | None = None
        """The last critical story that ended, and when on the rules' clock."""
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
        self, t_s: float, now_s: float, dt_s: float, findings: Iterable[Finding], calm: Calm
    ) -> list[Alert]:
        """The transitions of this moment. ``t_s``: time of the observation; ``now_s``: the rules'
        own clock, in which findings say when they began."""
        told: list[Alert] = []
        found: set[AlertKind | None] = set()
        for finding in sorted(findings, key=lambda finding: -rank(finding.kind)):
            key = slot(finding.kind)
            alert = self._tell(key, finding, t_s, now_s)
            found.add(key)
            if alert is not None:
                told.append(alert)
        for key in list(self._open):
            if self._is_over(key, key not in found, dt_s, calm):
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
            quiet_until = self._quiet_until.get((finding.kind, finding.topic), now_s)
            if now_s < quiet_until:
                return None
            return self._reopen(key, finding, t_s, now_s) or self._begin(key, finding, t_s, now_s)
        last = episode.alert
        stronger = rank(finding.kind) > rank(last.kind)
        worth = stronger or finding.kind in COLLAPSE
        new = finding.kind not in episode.reached and worth
        other = self._is_other(episode.topics, finding, now_s)
        if not new and finding.level <= last.level and not other:
            return None
        episode.reached.add(finding.kind)
        episode.alert = self._raised(last, finding, t_s, new=new)
        return episode.alert

    def _is_other(self, topics: dict[str, float], finding: Finding, now_s: float) -> bool:
        """This cause was not told yet, or has been gone for long; notes that it is there."""
        found_s = topics.pop(finding.topic, None)
        topics[finding.topic] = now_s
        topics.update({topic: now_s for topic in finding.beside if topic in topics})
        if len(topics) > _MOST_TOPICS:
            del topics[next(iter(topics))]
        if found_s is None or finding.kind not in CONDITIONS:
            return found_s is None
        return now_s - found_s > max(_FORGOTTEN_S, self._again_s.get(finding.kind, 0.0))

    def _raised(self, last: Alert, finding: Finding, t_s: float, *, new: bool) -> Alert:
        stronger = rank(finding.kind) > rank(last.kind)
        fresh = new and finding.kind not in last.kinds
        kind = finding.kind if stronger else last.kind
        level = max(last.level, finding.level)
        step = EpisodeStep(t_s=t_s, kind=finding.kind if new else kind, level=level)
        return replace(
            last,
            kind=kind,
            kinds=(*last.kinds, finding.kind) if fresh else last.kinds,
            level=level,
            phase=AlertPhase.UPDATE,
            t_s=t_s,
            t_end_s=None,
            reason=finding.reason,
            values=finding.values,
            steps=(*last.steps, step)[-_MOST_STEPS:],
        )

    def _reopen(
        self, key: AlertKind | None, finding: Finding, t_s: float, now_s: float
    ) -> Alert | None:
        """Go on with the critical story that ended a moment ago."""
        if key is not None or self._last is None:
            return None
        last, ended_s = self._last
        if finding.kind not in COLLAPSE or now_s - ended_s > self._config.story_s:
            return None
        alert = self._raised(last, finding, t_s, new=True)
        self._open[key] = _Open(alert, topics={finding.topic: now_s}, reached={finding.kind})
        self._last = None
        return alert

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
            steps=(EpisodeStep(t_s=t_s, kind=finding.kind, level=finding.level),),
            shadow=self._shadow,
        )
        self._open[key] = _Open(alert, topics={finding.topic: now_s}, reached={finding.kind})
        return alert

    def _is_over(self, key: AlertKind | None, gone: bool, dt_s: float, calm: Calm) -> bool:
        """The cause has been gone and, if it was the driver's, the driver attentive for a while."""
        episode = self._open[key]
        quiet = gone and (calm.attentive or key in CONDITIONS)
        if not quiet or (key is None and calm.held_open):
            episode.calm_s = None
            return False
        needed_s = self._config.attention_s
        shut = not CLOSURES.isdisjoint(episode.alert.kinds)
        if shut:
            config = self._config
            needed_s = config.sleep_attention_s if calm.eyes_open else config.unseen_attention_s
        if episode.calm_s is None:
            episode.calm_s = 0.0
        elif calm.eyes_open or not shut:
            episode.calm_s += dt_s
        else:
            # Not to be seen: a fifth of the weight, so that both ways of waiting add up.
            share = self._config.sleep_attention_s / self._config.unseen_attention_s
            episode.calm_s += share * dt_s
            needed_s = self._config.sleep_attention_s
        return episode.calm_s >= needed_s - STAMP_S

    def _end(self, key: AlertKind | None, t_s: float, now_s: float) -> Alert:
        episode = self._open.pop(key)
        last = episode.alert
        again_s = self._again_s.get(last.kind, 0.0)
        if again_s > 0.0:
            quiet = {
                cause: until_s for cause, until_s in self._quiet_until.items() if until_s > now_s
            }
            topics = {(last.kind, topic): now_s + again_s for topic in episode.topics}
            self._quiet_until = quiet | topics
        ended = replace(last, phase=AlertPhase.END, t_s=t_s, t_end_s=t_s)
        if key is None and ended.level is AlertLevel.CRITICAL:
            self._last = (ended, now_s)
        return ended

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
