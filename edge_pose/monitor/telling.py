"""From findings to alerts: what is told, what is only on trial, and what ends."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.episodes.book import Calm, Episodes
from edge_pose.monitor.episodes.stories import COLLAPSE
from edge_pose.monitor.neutral.learning import Neutral
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Finding
from edge_pose.monitor.shadow import Shadow
from edge_pose.values import Alert, AlertKind


class Telling:
    """``episodes``: the real ones. Alerts carry ``t_s``, the observation's time; durations are
    counted in the monitor's own, ``now_s``."""

    def __init__(self, config: MonitorConfig, ids: Iterator[int]) -> None:
        self.episodes = Episodes(config.episodes, ids)
        self._shadow = Shadow(config, ids)

    @property
    def tries_eyes(self) -> bool:
        """What the eyes add to distraction is only on trial."""
        return self._shadow.tries_eyes

    @property
    def idle(self) -> bool:
        """Nothing is open or on trial: without a finding there is nothing to do."""
        return not self.episodes.open and not self._shadow.active

    @property
    def collapsed(self) -> bool:
        """The driver has fallen asleep, and was not seen awake since."""
        story = self.episodes.find(AlertKind.SLEEP)
        return story is not None and not COLLAPSE.isdisjoint(story.kinds)

    def start_afresh(self) -> None:
        """Monitoring was off."""
        self._shadow.start_afresh()

    def update(
        self, t_s: float, now: Situation, findings: list[Finding], calm: Calm, neutral: Neutral
    ) -> list[Alert]:
        """The transitions that these findings make."""
        sample = now.sample
        real, tried = self._shadow.split(findings)
        told = self.episodes.update(t_s, sample.t_s, sample.dt_s, real, calm)
        return told + self._shadow.update(t_s, now, tried, calm, neutral)

    def off(self, t_s: float, off: Finding) -> list[Alert]:
        """Nothing is judged any more: all ends but the word that it is so."""
        told = self.close(t_s, off.t_start_s, frozenset(AlertKind) - {AlertKind.OFF})
        calm = Calm(attentive=True, eyes_open=True, held_open=False)
        return told + self.episodes.update(t_s, off.t_start_s, 0.0, [off], calm)

    def close(self, t_s: float, now_s: float, kinds: Collection[AlertKind]) -> list[Alert]:
        """End the open episodes of these kinds at once."""
        told = self.episodes.close(t_s, now_s, kinds)
        return told + self._shadow.close(t_s, now_s, kinds)
