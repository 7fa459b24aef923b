"""One alert as a request of Traccar's OsmAnd protocol (traccar.org/osmand). Pure.

``alarm`` takes the names of Traccar's own Position.ALARM_…: its rules, mails and maps know them.
It has none for distraction, which is ``general`` there; what it really was stands in ``kind``.
"""

from __future__ import annotations

from urllib.parse import urlencode

from edge_pose.kinds import FACTS, AlertKind, Family
from edge_pose.values import Alert, AlertPhase

_KNOTS = 1.852
_TAMPERED = {AlertKind.BLOCKED}
_NO_ALARM = {AlertKind.CALIBRATING, AlertKind.OFF}


def alarm(kind: AlertKind) -> str | None:
    """Traccar's name of an alarm; None for what is none."""
    if kind in _NO_ALARM:
        return None
    if kind in _TAMPERED:
        return "tampering"
    by_family = {
        Family.SLEEP: "fatigueDriving",
        Family.DISTRACTION: "general",
        Family.SYSTEM: "fault",
    }
    return by_family[FACTS[kind].family]


def is_told(alert: Alert) -> bool:
    """New alerts and those that rise: an end is no alarm, nor is a rule on trial."""
    return not alert.shadow and alert.phase is not AlertPhase.END and alarm(alert.kind) is not None


def query(alert: Alert, *, device: str, utc_s: float, run: str) -> str:
    """The query string. Speed in knots; place only where the alert has one."""
    values = alert.values
    fields: dict[str, str | float | int] = {
        "id": device,
        "timestamp": round(utc_s),
        "alarm": alarm(alert.kind) or "",
        "kind": alert.kind.value,
        "level": alert.level.label,
        "reason": alert.reason,
        "episode": f"{run}-{alert.id}",
    }
    if "latitude_deg" in values and "longitude_deg" in values:
        fields |= {"lat": values["latitude_deg"], "lon": values["longitude_deg"]}
    else:
        fields["valid"] = "false"
    if "speed_kmh" in values:
        fields["speed"] = round(values["speed_kmh"] / _KNOTS, 2)
    return urlencode(fields)
