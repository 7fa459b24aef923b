"""The story that the demo clip tells: what the head and the lids do when, and what must follow.

Everything is a pure function of time, so the truth and the expected alerts come from the same
lines as the picture. Times of alerts follow from the rules' own times (a long glance after 3 s,
Euro NCAP; gaze 30° down after 3.5 s, EU 2023/2590), never from a run of the monitor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FPS = 15.0
BLINKS_S = (1.6, 4.3, 6.9, 10.1, 16.9, 24.4, 28.0, 38.4)
_BLINK_S = 0.27


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One movement off the road-ahead pose and back.

    ``offset_deg``: yaw, pitch, roll off neutral. ``lids``: how far the eyes close meanwhile:
    they start ``lids_early_s`` before the head, take ``lids_go_s`` (default: as long as the head)
    and open ``lids_late_s`` after it turns back.
    ``kind``: the alert that must follow ``delay_s`` after ``begins_s`` (or after ``back_s`` when
    ``on_return``), or None where nothing may be heard.
    """

    name: str
    start_s: float
    go_s: float
    hold_s: float
    return_s: float
    offset_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    lids: float = 0.0
    lids_early_s: float = 0.0
    lids_go_s: float | None = None
    lids_late_s: float = 0.0
    kind: str | None = None
    delay_s: float = 0.0
    on_return: bool = False
    level: str = "advisory"

    @property
    def end_s(self) -> float:
        return self.start_s + self.go_s + self.hold_s + self.return_s

    @property
    def begins_s(self) -> float:
        """Half-way out: where every threshold of the rules lies, near enough."""
        return self.start_s + self.go_s / 2.0

    @property
    def back_s(self) -> float:
        """Half-way back."""
        return self.end_s - self.return_s / 2.0

    def share(self, t_s: float) -> float:
        """How far into the movement, 0 … 1."""
        out = _ease((t_s - self.start_s) / self.go_s)
        back = _ease((t_s - (self.end_s - self.return_s)) / self.return_s)
        return out - back

    def closed(self, t_s: float) -> float:
        """How far the eyes are closed, 0 … 1."""
        go_s = self.go_s if self.lids_go_s is None else self.lids_go_s
        shut = _ease((t_s - self.start_s + self.lids_early_s) / go_s)
        opens_s = self.end_s - self.return_s + self.lids_late_s
        return self.lids * (shut - _ease((t_s - opens_s) / self.return_s))


# fmt: off
ACTS = (
    Act(name="mirror", start_s=8.0, go_s=0.3, hold_s=0.6, return_s=0.3,
        offset_deg=(28.0, 6.0, 0.0)),
    Act(name="long glance", start_s=11.0, go_s=0.4, hold_s=4.1, return_s=0.4,
        offset_deg=(-45.0, -3.0, 0.0), kind="distraction.glance", delay_s=3.0, level="warning"),
    # Well past the 26 degrees that count while the neutral pose is not confirmed.
    Act(name="looking down", start_s=17.9, go_s=0.5, hold_s=4.1, return_s=0.4,
        offset_deg=(0.0, -38.0, 0.0), kind="distraction.down", delay_s=3.5, level="warning"),
    # Lids heavy but not shut, and at the lowest point out of the 26 degrees of pitch within which
    # eyes are judged: one such nod is the weakest cue, and stays silent.
    Act(name="nod", start_s=25.1, go_s=1.4, hold_s=0.1, return_s=0.5, lids=0.8,
        lids_early_s=0.2, lids_go_s=0.5, lids_late_s=0.25,
        offset_deg=(0.0, -20.5, 0.0)),
    # 2 s from 15 degrees down, which it passes 0.08 s after half-way.
    Act(name="droop", start_s=28.6, go_s=2.6, hold_s=1.8, return_s=0.6, lids=1.0,
        offset_deg=(3.0, -27.0, 6.0), kind="fatigue.droop", delay_s=2.1, level="warning"),
    Act(name="microsleep", start_s=35.2, go_s=0.2, hold_s=1.4, return_s=0.2, lids=1.0,
        kind="fatigue.microsleep", delay_s=1.0, level="warning"),
)
# fmt: on
END_S = 40.0


def offset_deg(t_s: float) -> tuple[float, float, float]:
    """Yaw, pitch, roll off neutral at a time: the acts on top of a living head's small motion."""
    yaw = 0.9 * _sway(t_s, 0.13, 0.4) + 0.6 * _sway(t_s, 0.37, 1.9)
    pitch = 0.6 * _sway(t_s, 0.17, 2.6) + 0.4 * _sway(t_s, 0.41, 0.2)
    roll = 0.5 * _sway(t_s, 0.11, 1.1)
    for act in ACTS:
        share = act.share(t_s)
        yaw += act.offset_deg[0] * share
        pitch += act.offset_deg[1] * share
        roll += act.offset_deg[2] * share
    return yaw, pitch, roll


def closed(t_s: float) -> float:
    """How far the eyes are closed, 0 … 1: blinks, and the lids that fall in an act."""
    blink = max((_bump((t_s - at) / _BLINK_S) for at in BLINKS_S), default=0.0)
    return max([blink, *(act.closed(t_s) for act in ACTS)])


def expected() -> list[tuple[str, float, float, str]]:
    """(kind, t_start_s, t_alert_s, level) of each alert that must come, and (``silent``, from,
    to, "") for each span in which none may be raised."""
    rows = []
    quiet_from_s = 0.0
    for act in ACTS:
        if act.kind is None:
            continue
        rows.append(("silent", quiet_from_s, act.start_s, ""))
        alert_s = (act.back_s if act.on_return else act.begins_s) + act.delay_s
        rows.append((act.kind, act.begins_s, alert_s, act.level))
        quiet_from_s = act.end_s + 1.0
    return [*rows, ("silent", quiet_from_s, END_S, "")]


def _ease(x: float) -> float:
    """A minimum-jerk step from 0 to 1 (Flash & Hogan 1985)."""
    x = min(1.0, max(0.0, x))
    return x * x * x * (10.0 - 15.0 * x + 6.0 * x * x)


def _bump(x: float) -> float:
    return math.sin(math.pi * x) ** 2 if 0.0 < x < 1.0 else 0.0


def _sway(t_s: float, hz: float, phase: float) -> float:
    return math.sin(2.0 * math.pi * hz * t_s + phase)
