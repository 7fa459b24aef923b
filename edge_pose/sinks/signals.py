"""What deserves a lamp, a beep or a tone right now: the most urgent open episode, classified."""

from __future__ import annotations

from dataclasses import dataclass

from edge_pose.clock import Clock
from edge_pose.kinds import FACTS, Family, warns
from edge_pose.values import Alert, AlertLevel, AlertPhase, DriverState, Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Which kind of alert, how urgent, and whether it may make a noise at all."""

    family: Family
    level: AlertLevel
    silent: bool = False


def signal_of(alert: Alert) -> Signal:
    facts = FACTS[alert.kind]
    return Signal(family=facts.family, level=alert.level, silent=facts.silent)


class OpenEpisodes:
    """The open episodes by alerts, which are never lost, set right by each newer state."""

    def __init__(self) -> None:
        self._open: dict[int, Alert] = {}
        self._t_s = float("-inf")

    def alert(self, alert: Alert) -> None:
        self._t_s = max(self._t_s, alert.t_s)
        if alert.phase is AlertPhase.END:
            self._open.pop(alert.id, None)
        else:
            self._open[alert.id] = alert

    def state(self, state: DriverState) -> None:
        """Take over the state's own list unless an alert already told something newer."""
        if state.t_s >= self._t_s:
            self._t_s = state.t_s
            self._open = {alert.id: alert for alert in state.episodes}

    def clear(self) -> None:
        self._open.clear()

    @property
    def signal(self) -> Signal | None:
        """The most urgent: a warning to the driver before the system's own, which differ in no
        level; then the higher; at equal level sleep before distraction before the system's own."""
        return signal_of(max(self._open.values(), key=_place)) if self._open else None


_FAMILIES = (Family.SYSTEM, Family.DISTRACTION, Family.SLEEP)


def _place(alert: Alert) -> tuple[bool, int, int, bool]:
    facts = FACTS[alert.kind]
    first = warns(alert.kind, alert.level)
    return first, alert.level, _FAMILIES.index(facts.family), not facts.silent


_NEWS_S = 5.0  # without any news so long the monitor is not running: no alarm may go on for ever


class Alarm:
    """What a lamp or speaker has to show now, from alerts and states and from their absence."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._episodes = OpenEpisodes()
        self._news_s = clock.now()
        self.muted = False

    def renew(self) -> None:
        """There is news, or the output has just been opened. What was open before a silence is
        forgotten: the state tells what still is."""
        if self.fault:
            self._episodes.clear()
        self._news_s = self._clock.now()

    def alert(self, alert: Alert) -> None:
        self.renew()
        self._episodes.alert(alert)

    def state(self, state: DriverState, health: Health) -> None:
        self.renew()
        self.muted = health.muted
        self._episodes.state(state)

    @property
    def silence_s(self) -> float:
        """Seconds without news."""
        return self._clock.now() - self._news_s

    @property
    def fault(self) -> bool:
        """True when the monitor has fallen silent."""
        return self.silence_s > _NEWS_S

    @property
    def signal(self) -> Signal | None:
        """The most urgent thing to show; none when nobody says that it still holds."""
        return None if self.fault else self._episodes.signal
