"""The attention counter: 1 … 0, levels 0–3, as openpilot's published policy behaves.

Two accounts run down: one while the driver is seen distracted (3/5/11 s), one while no face or
no certain pose is there (15/24/30 s). The worse of both speaks. Nothing but attention refills
them, and level 3 stays until it is acknowledged by an attentive driver.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_pose.config.monitor import AttentionConfig
from edge_pose.monitor.durations import SUM_S
from edge_pose.monitor.sight.sight import Sight
from edge_pose.monitor.smoothing import share


@dataclass(slots=True)
class _Account:
    """One counter with its own times."""

    advisory: float
    warning: float
    fall: float
    """Per second."""
    value: float = 1.0

    @classmethod
    def of(cls, advisory_s: float, warning_s: float, critical_s: float) -> _Account:
        return cls(
            advisory=1.0 - advisory_s / critical_s,
            warning=1.0 - warning_s / critical_s,
            fall=1.0 / critical_s,
        )

    @property
    def level(self) -> int:
        value = self.value - SUM_S
        if value > self.advisory:
            return 0
        return (value <= self.advisory) + (value <= self.warning) + (value <= 0.0)

    def spend(self, seconds: float, floor: float) -> None:
        """Run down, not below ``floor``; what already is below stays."""
        self.value = max(self.value - seconds * self.fall, min(floor, self.value))

    def recover(self, seconds: float, least: float, most: float) -> None:
        """Faster the lower it is."""
        pace = least + (most - least) * (1.0 - self.value)
        self.value = min(1.0, self.value + seconds * pace * self.fall)


@dataclass(slots=True, kw_only=True)
class Moment:
    """What the counter needs to know of one sample."""

    dt_s: float
    sight: Sight
    face: bool = True
    certain: bool = True
    absent: bool = False
    """The absence timer has run out."""
    standstill: bool = False
    """Or too slow for distraction to be told."""
    blinking: bool = False
    """The eyes are shut, but for no longer than a blink takes, and else attentive."""
    capped: bool = False
    """Head angles are not to be trusted beyond level 1 yet."""
    acknowledge: bool = False
    acknowledgeable: bool = False


class Attention:
    """Both accounts, their low-pass, latch and lock-out."""

    def __init__(self, config: AttentionConfig) -> None:
        self._config = config
        self._seen = _Account.of(config.advisory_s, config.warning_s, config.critical_s)
        self._unseen = _Account.of(
            config.unseen_advisory_s, config.unseen_warning_s, config.unseen_critical_s
        )
        self._terminal_count = 0
        self._terminal_s = 0.0
        self.reset()

    def reset(self) -> None:
        """Full attention, as after monitoring was off; the lock-out stays."""
        self._filtered = self._pending_s = self._returning_s = 0.0
        self._was_distracted = self._was_unseen = False
        self._was_attentive = self._was_hidden = False
        self._uncertain_s: float | None = None
        self._standing_s: float | None = None
        self._refill()

    def _refill(self) -> None:
        self._seen.value = self._unseen.value = 1.0
        self._latched = False
        self._latched_s = self._lapse_s = 0.0

    @property
    def level(self) -> int:
        """0–3."""
        return 3 if self._latched else max(self._seen.level, self._unseen.level)

    @property
    def value(self) -> float:
        """In [0, 1]."""
        return 0.0 if self._latched else max(0.0, min(self._seen.value, self._unseen.value))

    @property
    def distracted(self) -> bool:
        return self._filtered > self._config.distracted_above

    @property
    def locked_out(self) -> bool:
        """Too many or too long terminal alerts in this drive."""
        config = self._config
        return (
            self._terminal_count >= config.lockout_count
            or self._terminal_s >= config.lockout_s - SUM_S
        )

    def update(self, moment: Moment) -> None:
        """One step in time."""
        moved = share(moment.dt_s, self._config.filter_s)
        self._filtered += moved * (float(moment.sight.distracted) - self._filtered)
        attentive = moment.sight.attentive and self._filtered < self._config.attentive_below
        if self._latched:
            self._wait_for_release(moment, attentive)
        else:
            unseen = self._is_unseen(moment)
            self._spend_distracted(moment)
            self._spend_unseen(moment, unseen)
            self._recover(moment, attentive)
            self._forgive(moment, attentive or unseen)
            self._latch()
        self._was_distracted = moment.sight.distracted
        self._was_attentive = moment.sight.attentive
        self._was_hidden = not moment.face

    def _is_unseen(self, moment: Moment) -> bool:
        """No usable face: none in view, or a pose uncertain for too long. A face hidden at level 2
        earns no slower clock; that one starts when the driver is found absent."""
        sight = moment.sight
        if moment.face and not moment.certain and not sight.held:
            begun = self._uncertain_s is not None
            self._uncertain_s = (self._uncertain_s or 0.0) + (moment.dt_s if begun else 0.0)
            return self._uncertain_s >= self._config.uncertain_s - SUM_S
        self._uncertain_s = None
        hidden = not moment.face and not sight.held
        return hidden and (self._seen.level < 2 or moment.absent)

    def _spend_distracted(self, moment: Moment) -> None:
        """Time that the low-pass does not believe yet is counted once it does."""
        if moment.sight.distracted:
            self._pending_s += moment.dt_s if self._was_distracted else 0.0
            hiding = moment.sight.held and self._seen.level >= 2
            if self.distracted and not hiding:
                self._seen.spend(self._pending_s, _floor(self._seen, moment, moment.capped))
            if self.distracted:
                self._pending_s = 0.0
        elif self._filtered < self._config.attentive_below:
            self._pending_s = 0.0

    def _spend_unseen(self, moment: Moment, unseen: bool) -> None:
        if unseen and self._was_unseen:
            self._unseen.spend(moment.dt_s, _floor(self._unseen, moment, capped=False))
        self._was_unseen = unseen

    def _recover(self, moment: Moment, attentive: bool) -> None:
        """The same on the way back: attention counts from its first moment, once believed."""
        if not moment.sight.attentive:
            self._returning_s = 0.0
            return
        self._returning_s += moment.dt_s if self._was_attentive or self._was_hidden else 0.0
        if not attentive:
            return
        least, most = self._config.recovery_least, self._config.recovery_most
        for account in (self._seen, self._unseen):
            if account.value < 1.0:
                account.recover(self._returning_s, least, most)
        self._returning_s = 0.0

    def _forgive(self, moment: Moment, counts: bool) -> None:
        """A press of the button, or a car that stands."""
        if moment.acknowledge and counts:
            self._refill()
        if not moment.standstill:
            self._standing_s = None
            return
        begun = self._standing_s is not None
        self._standing_s = (self._standing_s or 0.0) + (moment.dt_s if begun else 0.0)
        if self._standing_s >= self._config.standstill_s - SUM_S:
            for account in (self._seen, self._unseen):
                account.value = max(account.value, account.advisory + 2.0 * SUM_S)

    def _latch(self) -> None:
        if min(self._seen.value, self._unseen.value) <= SUM_S:
            self._latched = True
            self._latched_s = self._lapse_s = 0.0
            self._terminal_count += 1

    def _wait_for_release(self, moment: Moment, attentive: bool) -> None:
        """Attention adds up; a blink or a look into a mirror interrupts it, but does not start it
        anew as a long look does."""
        config = self._config
        self._terminal_s += moment.dt_s
        if moment.sight.attentive or moment.blinking:
            self._latched_s += moment.dt_s if attentive or moment.blinking else 0.0
            self._lapse_s = 0.0
        else:
            self._lapse_s += moment.dt_s
            if self._lapse_s >= config.latch_glance_s - SUM_S:
                self._latched_s = 0.0
        rested = self._latched_s >= config.latch_s - SUM_S
        if attentive and (moment.acknowledge or (rested and not moment.acknowledgeable)):
            self._refill()


def _floor(account: _Account, moment: Moment, capped: bool) -> float:
    """Where the account stops for now: a standing car is spared level 1, a guess level 2."""
    if moment.standstill:
        return account.advisory + 2.0 * SUM_S
    return account.warning + 2.0 * SUM_S if capped else -1.0
