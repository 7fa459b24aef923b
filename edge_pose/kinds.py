"""Every kind of alert: its stable name and what follows from it, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class AlertKind(StrEnum):
    """Stable names of what can happen."""

    GLANCE = "distraction.glance"
    REPEATED = "distraction.repeated"
    DOWN = "distraction.down"
    NOD = "fatigue.nod"
    DROOP = "fatigue.droop"
    DROWSY = "fatigue.drowsy"
    YAWN = "fatigue.yawn"
    MICROSLEEP = "fatigue.microsleep"
    SLEEP = "fatigue.sleep"
    UNRESPONSIVE = "driver.unresponsive"
    ABSENT = "driver.absent"
    BLOCKED = "camera.blocked"
    FROZEN = "camera.frozen"
    LOST = "camera.lost"
    CALIBRATING = "monitor.calibrating"
    LIMITED = "monitor.limited"
    OFF = "monitor.off"
    GAP = "monitor.gap"
    FAULT = "monitor.fault"


class Family(StrEnum):
    """Kinds that a driver must tell apart without looking: sleep warnings sound unlike
    distraction and more urgent (Euro NCAP Driver Engagement), the system's own unlike both."""

    DISTRACTION = "distraction"
    SLEEP = "sleep"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFacts:
    """What follows from a kind. Nothing has a default, so that a new kind decides each."""

    family: Family
    story: int
    """Its rank in the driver's one story, where a higher one takes the episode over; 0: told
    beside it, in an episode of its own."""
    collapse: bool
    """One face of a collapse: each one reached is named in the episode."""
    closure: bool
    """Eyes that are shut: its episode ends only with eyes seen open."""
    from_angles: bool
    """Only as good as the neutral pose it is judged by: advisory while that is provisional."""
    ends_at_standstill: bool
    condition: bool
    """About the monitor, not the driver: ends with its cause."""
    urgency: int
    """Order among open episodes of one level; higher first."""
    silent: bool
    """Never makes a noise."""


def _distraction(story: int) -> KindFacts:
    return KindFacts(
        family=Family.DISTRACTION,
        story=story,
        collapse=False,
        closure=False,
        from_angles=True,
        ends_at_standstill=True,
        condition=False,
        urgency=3,
        silent=False,
    )


def _fatigue(
    *, story: int, urgency: int, from_angles: bool = False, closure: bool = False
) -> KindFacts:
    return KindFacts(
        family=Family.SLEEP,
        story=story,
        collapse=story > 0,
        closure=closure,
        from_angles=from_angles,
        ends_at_standstill=False,
        condition=False,
        urgency=urgency,
        silent=False,
    )


def _condition(*, urgency: int, silent: bool = False) -> KindFacts:
    return KindFacts(
        family=Family.SYSTEM,
        story=0,
        collapse=False,
        closure=False,
        from_angles=False,
        ends_at_standstill=False,
        condition=True,
        urgency=urgency,
        silent=silent,
    )


FACTS: Mapping[AlertKind, KindFacts] = {
    AlertKind.REPEATED: _distraction(story=1),
    AlertKind.GLANCE: _distraction(story=2),
    AlertKind.DOWN: _distraction(story=2),
    AlertKind.ABSENT: KindFacts(
        family=Family.DISTRACTION,
        story=3,
        collapse=False,
        closure=False,
        from_angles=False,
        ends_at_standstill=False,
        condition=False,
        urgency=4,
        silent=False,
    ),
    AlertKind.NOD: _fatigue(story=0, urgency=1, from_angles=True),
    AlertKind.YAWN: _fatigue(story=0, urgency=1),
    AlertKind.DROWSY: _fatigue(story=0, urgency=5),
    AlertKind.MICROSLEEP: _fatigue(story=4, urgency=7, closure=True),
    AlertKind.DROOP: _fatigue(story=5, urgency=6, from_angles=True),
    AlertKind.SLEEP: _fatigue(story=6, urgency=8, closure=True),
    AlertKind.UNRESPONSIVE: _fatigue(story=7, urgency=9, closure=True),
    AlertKind.BLOCKED: _condition(urgency=1),
    AlertKind.FROZEN: _condition(urgency=1),
    AlertKind.LOST: _condition(urgency=1),
    AlertKind.CALIBRATING: _condition(urgency=1, silent=True),
    AlertKind.LIMITED: _condition(urgency=1),
    AlertKind.OFF: _condition(urgency=1, silent=True),
    AlertKind.GAP: _condition(urgency=1),
    AlertKind.FAULT: _condition(urgency=2),
}


def kinds_where(field: str) -> frozenset[AlertKind]:
    """All kinds for which this yes-or-no field of ``KindFacts`` is true."""
    return frozenset(kind for kind, facts in FACTS.items() if getattr(facts, field) is True)


_WARNING = 2
"""``AlertLevel.WARNING``, which this table may not know."""


def warns(kind: AlertKind, level: int) -> bool:
    """It warns the driver: that goes before anything about the monitor, however high that has
    risen. A fault may stand for months; who falls asleep meanwhile must hear of it."""
    return not FACTS[kind].condition and level >= _WARNING


def urgency(kind: AlertKind, level: int) -> tuple[bool, int, int]:
    """Sorts open episodes, the most urgent highest: warnings to the driver, then by level, then
    sleep before distraction before the rest."""
    return warns(kind, level), int(level), FACTS[kind].urgency
