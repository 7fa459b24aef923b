"""How far open the lids are held, now and as a rule: the scale on which a closure is judged."""

from __future__ import annotations

from edge_pose.config.lids import LidsConfig
from edge_pose.monitor.sample import Sample
from edge_pose.monitor.smoothing import share

_WIDEST = 1.4  # openness beyond this is no eye
_LATELY_S = 1.0  # eyes that are hardly to be seen are judged over so long


class Openness:
    """Learns from eyes that are not shut and do not look down."""

    def __init__(self, config: LidsConfig) -> None:
        self._config = config
        self._lately = 1.0
        self._seen_s = 0.0
        self.own = 1.0
        """This driver's open eye."""
        self.level = 1.0
        """What the lids are held at now, as in a squint; on the same scale."""

    @property
    def closed_at(self) -> float:
        """Openness at or below which the lids are down."""
        config = self._config
        return min(config.closed_at * self.own, config.narrow_closed_at * self.level)

    def reopened_at(self, bottom: float) -> float:
        """Openness from which lids are open again that had fallen to ``bottom``."""
        config = self._config
        return min(
            config.open_at * self.own, bottom + config.opened_share * (self.level - bottom)
        )  # fmt: skip

    @property
    def is_narrow(self) -> bool:
        """Open so little of late that the eyes can hardly be judged."""
        return self._lately < self._config.narrow_at * self.own

    def learn(self, sample: Sample) -> None:
        """Take in eyes that are open."""
        eyes, config = sample.eyes, self._config
        if eyes is None or sample.looks_down(config.lowered_deg) or eyes > _WIDEST:
            return
        if eyes <= self.closed_at:
            return
        self._seen_s = min(self._seen_s + sample.dt_s, config.own_memory_s)
        memory_s = config.rise_memory_s if eyes > self.level else config.fall_memory_s
        self.level += share(sample.dt_s, min(memory_s, 0.5 + self._seen_s)) * (eyes - self.level)
        quick = share(sample.dt_s, min(_LATELY_S, 0.1 + self._seen_s))
        self._lately += quick * (eyes - self._lately)
        if eyes >= config.own_lowest:
            self.own += share(sample.dt_s, config.own_memory_s) * (eyes - self.own)
