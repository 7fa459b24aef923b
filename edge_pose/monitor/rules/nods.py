"""Head nods: the head drops below where it was and jerks back within a few seconds.

The weakest and latest of the drowsiness cues, so never more than an advisory. Where the eyes are
measured, the lids must have fallen further than they follow a look down; where they are not, only
the speed tells a nod from a glance or a yes, and that takes 15 observations a second.
"""

from __future__ import annotations

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.monitor.sight.lids import Reading
from edge_pose.values import AlertKind, AlertLevel


class Nods:
    """Follows the head's pitch through baseline, drop and recovery."""

    def __init__(self, config: MonitorConfig) -> None:
        self._config = config.nods
        self._unseen_s = 0.0
        self._base: float | None = None
        self._onset: float | None = None
        self._lids_down: bool | None = None
        self._eyes = 1.0
        """How open the eyes are while the head is up: against the sun they are narrowed."""
        self._lids_s = self._shut_s = self._measured_s = self._fall_s = self._fallen_s = 0.0
        self._shut, self._own = False, 1.0
        self._yaw = self._variance = self._depth = self._swing = 0.0

    def update(self, now: Situation) -> Finding | None:
        """The nod that was completed with this very sample."""
        sample = now.sample
        lids = now.lids
        self._shut, self._own = lids.reading is Reading.SHUT and not lids.explained, lids.own
        if sample.hole_s > 0.0:
            self._reset()
        if not sample.certain or sample.pitch_deg is None or sample.yaw_deg is None:
            self._unseen_s += sample.dt_s
            if self._unseen_s > self._config.lost_s:
                self._reset()
            return None
        self._unseen_s = 0.0
        if self._base is None:
            self._base, self._yaw = sample.pitch_deg, sample.yaw_deg
        if self._onset is None:
            self._rest(sample, sample.pitch_deg - self._base, sample.yaw_deg)
            return None
        return self._follow(sample, self._onset, self._base - sample.pitch_deg, sample.yaw_deg)

    def _rest(self, sample: Sample, off_deg: float, yaw_deg: float) -> None:
        """At the baseline: learn it and its noise, or notice that the head leaves it."""
        if off_deg < -self._config.onset_deg:
            self._onset, self._depth = sample.t_s - sample.dt_s, -off_deg
            self._swing = self._lids_s = self._shut_s = self._measured_s = self._fall_s = 0.0
            self._lids_down = None
            self._watch_lids(sample)
            return
        # Coming back up from a look down: neither rest nor noise.
        rising = off_deg > self._config.onset_deg
        share = min(
            1.0, sample.dt_s / (self._config.rising_s if rising else self._config.baseline_s)
        )
        slow = min(1.0, sample.dt_s / self._config.noise_s)
        assert self._base is not None
        self._base += share * off_deg
        if sample.eyes is not None:
            self._learn_eyes(sample.eyes, share, sample.dt_s)
        self._yaw += share * (yaw_deg - self._yaw)
        if not rising:
            self._variance += slow * (off_deg**2 - self._variance)

    def _learn_eyes(self, eyes: float, share: float, dt_s: float) -> None:
        """Lids that fall just before the head does are the nod's; lids low for longer are narrowed
        against the light."""
        self._fallen_s = self._fallen_s + dt_s if eyes < self._config.fallen * self._eyes else 0.0
        if not 0.0 < self._fallen_s <= self._config.lead_s:
            self._eyes += share * (eyes - self._eyes)

    def _follow(
        self, sample: Sample, onset: float, below_deg: float, yaw_deg: float
    ) -> Finding | None:
        """Below the baseline: deepest point, sideways swing and lids, until back or too late."""
        took_s = sample.t_s - onset
        self._depth = max(self._depth, below_deg)
        self._swing = max(self._swing, abs(yaw_deg - self._yaw))
        self._watch_lids(sample)
        if self._fall_s == 0.0 and below_deg >= self._config.drop_deg:
            # Seen too rarely, a glance down looks as slow as the observations are apart.
            self._fall_s = took_s - max(0.0, 2.0 * sample.dt_s - self._config.sudden_s)
        if below_deg > (1.0 - self._config.recovery) * self._depth:
            if took_s > self._config.settled_s:
                self._reset()
            return None
        nod = self._nod(onset, took_s, sample.interval_s)
        self._onset = None
        return nod

    def _watch_lids(self, sample: Sample) -> None:
        """Eyes that a low head hides keep the lids they were last seen with."""
        if sample.lids_closed is not None:
            self._lids_down = self._shut
        elif sample.eyes is not None:
            self._lids_down = sample.eyes <= self._config.lids_at * min(
                self._own, self._eyes / self._config.wide
            )
        if self._lids_down is not None:
            self._measured_s += sample.dt_s
            self._lids_s += sample.dt_s if self._lids_down else 0.0
            self._shut_s += sample.dt_s if self._shut else 0.0

    def _lids_fell(self, interval_s: float) -> bool:
        """The lids came down with the head, for longer than a blink, and the head did not go down
        like a glance, or they were shut; or no eye was measured, and the speed could be."""
        config = self._config
        slow = self._fall_s > config.sudden_s
        if self._measured_s == 0.0:
            return slow and interval_s <= 1.0 / config.least_hz
        least_s = max(config.lids_s - 1e-6, config.lids_share * self._measured_s)
        return self._lids_s >= least_s and (slow or self._shut_s >= config.lids_s - 1e-6)

    def _nod(self, onset: float, took_s: float, interval_s: float) -> Finding | None:
        config = self._config
        limit = max(config.drop_deg, config.noise_factor * self._variance**0.5)
        if (
            self._depth < limit
            or took_s > config.within_s
            or self._swing > config.yaw_deg
            or not self._lids_fell(interval_s)
        ):
            return None
        return Finding(
            kind=AlertKind.NOD,
            level=AlertLevel.ADVISORY,
            t_start_s=onset,
            reason=f"the head dropped by {self._depth:.0f}° and came back in {took_s:.1f} s",
            values={"drop_deg": self._depth, "limit_deg": limit, "took_s": took_s},
        )

    def _reset(self) -> None:
        self._base = self._onset = self._lids_down = None
        self._lids_s = self._shut_s = self._measured_s = 0.0
        self._yaw = self._variance = self._depth = self._swing = 0.0
