"""Every kind of alert: its stable name and what follows from it."""

from __future__ import annotations

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
    CALIBRATING = "monitor.calibrating"
    LIMITED = "monitor.limited"
