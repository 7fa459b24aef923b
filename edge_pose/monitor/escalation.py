"""What raises the level of an open story: the attention counter, and a warning not heeded."""

from __future__ import annotations

from edge_pose.config.monitor import EpisodeConfig
from edge_pose.monitor.attention import Attention
from edge_pose.monitor.durations import STAMP_S
from edge_pose.monitor.episodes.book import Episodes
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Finding
from edge_pose.values import Alert, AlertKind, AlertLevel

_AND = "; attention level "
_UNHEEDED = "; no return to the road within "
BLINDNESS = (AlertKind.LOST, AlertKind.FROZEN, AlertKind.BLOCKED)


def by_counter(now: Situation, attention: Attention, episodes: Episodes) -> Finding | None:
    """The counter has no kind of its own: it raises the level of the open story."""
    if now.sight.attentive or attention.level == 0:
        return None
    level = AlertLevel(attention.level)
    alert = _story(now, episodes)
    if alert is None or level <= alert.level:
        return None
    return Finding(
        kind=alert.kind,
        level=level,
        t_start_s=now.sample.t_s,
        reason=f"{alert.reason.split(_AND)[0]}{_AND}{level:d}",
        values={**alert.values, "attention": attention.value},
        topic=_topic(alert),
    )


def _story(now: Situation, episodes: Episodes) -> Alert | None:
    """The open episode that tells why attention runs down."""
    story = episodes.find(AlertKind.GLANCE)
    if story is None and not now.sample.certain:
        story = episodes.find(AlertKind.LIMITED)
    blind = (episodes.find(kind) for kind in BLINDNESS)
    return story or next((alert for alert in blind if alert is not None), None)


def _topic(alert: Alert) -> str:
    return "pose" if alert.kind is AlertKind.LIMITED else ""


class Unheeded:
    """A warning of the driver's story that is not heeded becomes critical.

    Source: Euro NCAP Driver Engagement v1.1 (no return to the road within 3 s of a warning);
    UN R171 (a return counts from 0.2 s on).
    """

    def __init__(self, config: EpisodeConfig) -> None:
        self._config = config
        self._waiting_s: float | None = None
        self._back_s = 0.0
        self._warned: int | None = None

    def update(self, now: Situation, episodes: Episodes) -> Finding | None:
        """The open story one level up, once its warning has gone unheeded for long enough."""
        alert = episodes.find(AlertKind.GLANCE)
        if alert is None or alert.level is not AlertLevel.WARNING:
            self._waiting_s = self._warned = None
            return None
        if self._warned != alert.id:
            self._warned, self._waiting_s, self._back_s = alert.id, 0.0, 0.0
            return None
        if self._waiting_s is None or not self._ignored(now, self._waiting_s):
            return None
        limit_s = self._config.heed_s
        return Finding(
            kind=alert.kind,
            level=AlertLevel.CRITICAL,
            t_start_s=now.sample.t_s,
            reason=f"{alert.reason}{_UNHEEDED}{limit_s:g} s of the warning",
            values=alert.values,
        )

    def _ignored(self, now: Situation, waited_s: float) -> bool:
        dt_s = now.sample.dt_s
        if now.sight.attentive:
            self._back_s += dt_s
            if self._back_s >= self._config.heeded_s - STAMP_S:
                self._waiting_s = None
            return False
        self._back_s = 0.0
        if now.sample.slow and not now.lids.closed:
            return False
        self._waiting_s = waited_s + dt_s
        return self._waiting_s >= self._config.heed_s - STAMP_S
