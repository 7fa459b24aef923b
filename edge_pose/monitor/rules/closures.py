"""Long eye closures: one closure grows from microsleep over sleep to an unresponsive driver.

Source: Euro NCAP Driver Engagement v1.1 (microsleep 1–2 s, sleep ≥ 3 s, unresponsive ≥ 6 s).
"""

from __future__ import annotations

from edge_pose.config.fatigue import ClosureConfig
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.values import AlertKind, AlertLevel

_CALM_S = 0.2  # pitch is averaged over so long, or its noise would be glances
_PITCH_MEMORY_S = 0.75  # a head that sags more slowly than 10°/s makes no glance


class Closures:
    """Times the present closure. Unmeasured eyes count neither way; a glance down is none."""

    def __init__(self, config: ClosureConfig) -> None:
        self._config = config
        self._now: float | None = None
        self._pitch: float | None = None
        self._before: float | None = None
        self._deepest = 0.0
        self._since: float | None = None
        self._seen_s = 0.0
        self._blind_s = 0.0
        self._open_s = 0.0
        self._glance = False

    @property
    def closed(self) -> bool:
        """The eyes are closed right now, as far as they can be seen."""
        return self._since is not None

    @property
    def glancing_down(self) -> bool:
        """The lids are down because the driver looks down."""
        return self.closed and self._glance

    def update(self, sample: Sample) -> Finding | None:
        """The microsleep, sleep or unresponsiveness that the present closure has become."""
        self._time(sample)
        self._calm(sample)
        if self._since is None:
            self._learn_pitch(sample)
            self._before, self._deepest = self._pitch, 0.0
            return None
        self._judge_glance(sample, self._since)
        self._learn_pitch(sample)
        return None if self._glance else self._finding(self._seen_s - self._since)

    def _time(self, sample: Sample) -> None:
        config, eyes = self._config, sample.eyes
        if eyes is None:
            self._blind_s += sample.dt_s
            if self._blind_s > config.bridge_s:
                self._end()
            return
        self._blind_s = 0.0
        if eyes <= config.closed_at:
            self._open_s, self._seen_s = 0.0, sample.t_s
            if self._since is None:
                self._since = sample.t_s
        elif self._since is not None and eyes > config.open_at:
            self._open_s += sample.dt_s
            if self._open_s >= config.reopen_s:
                self._end()

    def _calm(self, sample: Sample) -> None:
        """The pitch now, without its noise."""
        if sample.pitch_deg is None:
            return
        last = sample.pitch_deg if self._now is None else self._now
        self._now = last + min(1.0, sample.dt_s / _CALM_S) * (sample.pitch_deg - last)

    def _learn_pitch(self, sample: Sample) -> None:
        """Where the head just was: a short running mean."""
        if self._now is None:
            return
        if self._pitch is None:
            self._pitch = self._now
        share = min(1.0, sample.dt_s / _PITCH_MEMORY_S)
        self._pitch += share * (self._now - self._pitch)

    def _judge_glance(self, sample: Sample, since: float) -> None:
        if self._now is None or self._pitch is None or self._before is None:
            return
        early = sample.t_s - since <= self._config.glance_onset_s
        limit = self._config.glance_pitch_deg
        if early and self._pitch - self._now > limit:
            self._glance = True
        elif self._glance and self._before - self._now < limit / 2.0:
            # The head is up again, the eyes still closed: a closure, and if the head was hardly
            # down, it was one all along.
            self._glance = False
            self._since = since if self._deepest < 2.0 * limit else sample.t_s
        self._deepest = max(self._deepest, self._before - self._now)

    def _finding(self, closed_s: float) -> Finding | None:
        config = self._config
        if closed_s >= config.unresponsive_s:
            kind, level = AlertKind.UNRESPONSIVE, AlertLevel.CRITICAL
            limit = config.unresponsive_s
        elif closed_s >= config.sleep_s:
            kind, level, limit = AlertKind.SLEEP, AlertLevel.CRITICAL, config.sleep_s
        elif closed_s >= config.microsleep_s:
            kind, level, limit = AlertKind.MICROSLEEP, AlertLevel.WARNING, config.microsleep_s
        else:
            return None
        assert self._since is not None
        return Finding(
            kind=kind,
            level=level,
            t_start_s=self._since,
            reason=f"eyes closed for {closed_s:.1f} s (limit {limit:g} s)",
            values={"closed_s": closed_s, "limit_s": limit},
        )

    def _end(self) -> None:
        self._since = None
        self._blind_s = 0.0
        self._open_s = 0.0
        self._glance = False
