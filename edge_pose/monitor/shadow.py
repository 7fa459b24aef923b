"""Rules on trial: what they would have told is stored and reported, and reaches no lamp."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from edge_pose.config.monitor import TRIAL_OF_EYES, MonitorConfig
from edge_pose.monitor.episodes.book import Calm, Episodes
from edge_pose.monitor.neutral.learning import Neutral
from edge_pose.monitor.neutral.provisional import capped
from edge_pose.monitor.rules.registry import DISTRACTION, Rules
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Finding
from edge_pose.monitor.sight.judge import SightJudge
from edge_pose.values import Alert, AlertKind


class Shadow:
    """The trial of whole kinds, and of what the eyes add to distraction."""

    def __init__(self, config: MonitorConfig, ids: Iterator[int]) -> None:
        self._config = config
        self._kinds = frozenset(AlertKind(n) for n in config.shadow if n != TRIAL_OF_EYES)
        self.tries_eyes = TRIAL_OF_EYES in config.shadow
        self._episodes = Episodes(config.episodes, ids, shadow=True)
        self.start_afresh()

    @property
    def active(self) -> bool:
        """Something is on trial."""
        return bool(self._kinds) or self.tries_eyes

    def start_afresh(self) -> None:
        """Monitoring was off."""
        self._sight = SightJudge(self._config) if self.tries_eyes else None
        self._rules = Rules(self._config, DISTRACTION)

    def split(self, findings: list[Finding]) -> tuple[list[Finding], list[Finding]]:
        """(what is told, what is only tried)."""
        if not self._kinds:
            return findings, []
        real = [finding for finding in findings if finding.kind not in self._kinds]
        return real, [finding for finding in findings if finding.kind in self._kinds]

    def update(
        self, t_s: float, now: Situation, tried: list[Finding], calm: Calm, neutral: Neutral
    ) -> list[Alert]:
        """The transitions of what is on trial."""
        if not self.active:
            return []
        sample = now.sample
        if self._sight is not None:
            sight = self._sight.update(
                sample, now.lids, neutral.reference, confirmed=neutral.confirmed
            )
            found = self._rules.update(replace(now, sight=sight, found=[]))
            tried = tried + (found if neutral.confirmed else [capped(f) for f in found])
            calm = replace(calm, attentive=sight.attentive)
        return self._episodes.update(t_s, sample.t_s, sample.dt_s, tried, calm)

    def close(self, t_s: float, now_s: float, kinds: Collection[AlertKind]) -> list[Alert]:
        """End the open trials of these kinds at once."""
        return self._episodes.close(t_s, now_s, kinds)
