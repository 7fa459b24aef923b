"""What is distraction by the norm, by the script alone: Euro NCAP Driver Engagement v1.1."""

from __future__ import annotations

from collections.abc import Sequence

from habits import Look
from rhythm import Bout

from edge_pose.values import Alert, AlertKind

LATE_S = 0.5
LONG_S, AWAY_S, WINDOW_S = 3.0, 10.0, 30.0


def is_right(alert: Alert, looks: Sequence[Bout[Look]]) -> bool:
    """The script has a look as long as that, or so many, at this moment."""
    t_s = alert.t_alert_s
    if alert.kind is AlertKind.GLANCE:
        long = (look for look in looks if look.length_s >= LONG_S)
        return any(0.0 <= t_s - look.start_s - LONG_S <= LATE_S for look in long)
    if alert.kind is AlertKind.REPEATED:
        return sum(_away_s(look, t_s) for look in looks) >= AWAY_S - LATE_S
    return False


def _away_s(look: Bout[Look], t_s: float) -> float:
    """Of it within the window; short looks into mirrors and at instruments are driving."""
    yaw_deg, pitch_deg = look.what.gaze_yaw_deg, look.what.gaze_pitch_deg
    mirror, instruments = abs(yaw_deg) > 36.0 and pitch_deg > -10.0, abs(yaw_deg) < 10.0
    if look.length_s < (2.0 if mirror else 1.5 if instruments else 0.0):
        return 0.0
    end_s = min(look.start_s + look.length_s, t_s)
    return max(0.0, end_s - max(look.start_s, t_s - WINDOW_S))
