"""Head nods: the head drops below where it was and jerks back within a few seconds.

The weakest and latest of the drowsiness cues, so never more than an advisory. Where the eyes are
measured, the lids must have fallen too: a drop with open eyes is a glance down.
"""

from __future__ import annotations

from edge_pose.config.fatigue import NodConfig
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.values import AlertKind, AlertLevel

_BASELINE_S = 2.0  # memory of where the head is held
_WIDE = 0.8  # eyes at least this open are not narrowed
_FALLEN = 0.7  # lids at this share of their openness are falling
_LEAD_S = 1.0  # … and may do so for this long before the head follows
_RISING_S = 0.3  # … and how quickly a head held higher becomes the new one
_NOISE_S = 10.0  # memory of how much it trembles there
_ONSET_DEG = 6.0  # leaving the baseline by so much may be the start of a nod
_SETTLED_S = 5.0  # held elsewhere for so long, that is the new baseline
_LOST_S = 0.5
_SUDDEN_S = 0.3  # a head that is down sooner was turned on purpose, if no eye tells otherwise
_LIDS_S = 0.5  # lids down for less are a blink
_LIDS_SHARE = 0.4  # … and for a smaller share of the drop, too


class Nods:
    """Follows the head's pitch through baseline, drop and recovery."""

    def __init__(self, config: NodConfig) -> None:
        self._config = config
        self._unseen_s = 0.0
        self._base: float | None = None
        self._onset: float | None = None
        self._lids_down: bool | None = None
        self._eyes = 1.0
        """How open the eyes are while the head is up: against the sun they are narrowed."""
        self._lids_s = self._measured_s = self._fall_s = self._fallen_s = 0.0
        self._yaw = self._variance = self._depth = self._swing = 0.0

    def update(self, sample: Sample) -> Finding | None:
        """The nod that was completed with this very sample."""
        if not sample.certain or sample.pitch_deg is None or sample.yaw_deg is None:
            self._unseen_s += sample.dt_s
            if self._unseen_s > _LOST_S:
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
        if off_deg < -_ONSET_DEG:
            self._onset, self._depth = sample.t_s - sample.dt_s, -off_deg
            self._swing = self._lids_s = self._measured_s = self._fall_s = 0.0
            self._lids_down = None
            self._watch_lids(sample)
            return
        rising = off_deg > _ONSET_DEG  # coming back up from a look down: neither rest nor noise
        share = min(1.0, sample.dt_s / (_RISING_S if rising else _BASELINE_S))
        slow = min(1.0, sample.dt_s / _NOISE_S)
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
        self._fallen_s = self._fallen_s + dt_s if eyes < _FALLEN * self._eyes else 0.0
        if not 0.0 < self._fallen_s <= _LEAD_S:
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
            self._fall_s = took_s - max(0.0, 2.0 * sample.dt_s - _SUDDEN_S)
        if below_deg > (1.0 - self._config.recovery) * self._depth:
            if took_s > _SETTLED_S:
                self._reset()
            return None
        nod = self._nod(onset, took_s)
        self._onset = None
        return nod

    def _watch_lids(self, sample: Sample) -> None:
        """Eyes that a low head hides keep the lids they were last seen with."""
        if sample.eyes is not None:
            self._lids_down = sample.eyes <= self._config.lids_at * min(1.0, self._eyes / _WIDE)
        if self._lids_down is not None:
            self._measured_s += sample.dt_s
            self._lids_s += sample.dt_s if self._lids_down else 0.0

    def _lids_fell(self) -> bool:
        """The lids came down with the head, for longer than a blink; or no eye was measured and
        the head did not go down like a glance."""
        if self._measured_s == 0.0:
            return self._fall_s > _SUDDEN_S
        least_s = max(_LIDS_S - 1e-6, _LIDS_SHARE * self._measured_s)
        return self._lids_s >= least_s

    def _nod(self, onset: float, took_s: float) -> Finding | None:
        config = self._config
        limit = max(config.drop_deg, config.noise_factor * self._variance**0.5)
        if (
            self._depth < limit
            or took_s > config.within_s
            or self._swing > config.yaw_deg
            or not self._lids_fell()
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
        self._lids_s = self._measured_s = 0.0
        self._yaw = self._variance = self._depth = self._swing = 0.0
