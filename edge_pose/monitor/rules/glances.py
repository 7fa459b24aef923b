"""The explicit windows over where the head points: one long glance, a look down, many glances.

A short look at the road does not reset a glance: its timer runs on, as EU 2023/2590 asks. Each
timer keeps the moment at which its glance began.
"""

from __future__ import annotations

from collections import deque

from edge_pose.config.monitor import GlanceConfig
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.monitor.sight.gaze import Gaze
from edge_pose.values import AlertKind, AlertLevel

_ROUNDING = 2e-3  # times printed with three decimals add up to a little less
_ASIDE_S = 0.5  # a look down that passes the side in less is a look down
_USUAL_SHARE = 0.05  # how quickly the usual interval follows the last one
_CELL_S = 0.25  # the window forgets in steps of so much


class _Timer:
    """Counts how long something lasts, running on through short interruptions."""

    def __init__(self, forgive_s: float) -> None:
        self._forgive_s = forgive_s
        self._out_s = 0.0
        self._on = self._running = False
        self.since = 0.0
        self.seconds = 0.0

    def update(self, on: bool, t_s: float, dt_s: float) -> None:
        """An interruption as long as ``forgive_s`` starts it afresh. A change between two
        observations is taken to lie halfway, so that lost ones make no interruption shorter."""
        if self._running:
            self.seconds += dt_s
            self._out_s += dt_s * (2 - on - self._on) / 2.0
            if self._out_s >= self._forgive_s - _ROUNDING:
                self.reset()
            elif on:
                self._out_s = 0.0
        if on and not self._running:
            self._running, self.since = True, t_s
        self._on = on

    def reset(self) -> None:
        self.seconds = self._out_s = 0.0
        self._on = self._running = False

    def reached(self, limit_s: float) -> bool:
        return self._on and self.seconds >= limit_s - _ROUNDING


class LongGlance:
    """One glance to a side or up, perhaps down in between, that lasts too long."""

    def __init__(self, config: GlanceConfig) -> None:
        self._config = config
        self._timer = _Timer(config.road_s)
        self._aside_s = 0.0

    def update(self, sample: Sample, gaze: Gaze) -> Finding | None:
        """The glance that is too long by now; one that only goes down has its own rule."""
        timer, limit = self._timer, self._config.long_s
        if sample.standstill:
            timer.reset()
            return None
        timer.update(gaze.off_road, sample.t_s, sample.dt_s)
        if timer.seconds == 0.0:
            self._aside_s = 0.0
        elif gaze.away:
            self._aside_s += sample.dt_s
        if not timer.reached(limit) or self._aside_s < _ASIDE_S:
            return None
        return Finding(
            kind=AlertKind.GLANCE,
            level=AlertLevel.WARNING,
            t_start_s=timer.since,
            reason=f"looking away for {timer.seconds:.1f} s (limit {limit:g} s){_angle(sample)}",
            values={"away_s": timer.seconds, "limit_s": limit, **_angles(sample)},
        )


class LookDown:
    """The head lowered too long; how long is too long depends on the speed."""

    def __init__(self, config: GlanceConfig) -> None:
        self._config = config
        self._timer = _Timer(config.road_s)

    def update(self, sample: Sample, gaze: Gaze) -> Finding | None:
        """The look down that is too long by now."""
        timer, config = self._timer, self._config
        if sample.standstill:
            timer.reset()
            return None
        timer.update(gaze.down, sample.t_s, sample.dt_s)
        slow = sample.speed_kmh is not None and sample.speed_kmh < config.speed_kmh
        limit = config.down_slow_s if slow else config.down_s
        if not timer.reached(limit):
            return None
        return Finding(
            kind=AlertKind.DOWN,
            level=AlertLevel.WARNING,
            t_start_s=timer.since,
            reason=f"looking down for {timer.seconds:.1f} s (limit {limit:g} s){_angle(sample)}",
            values={"down_s": timer.seconds, "limit_s": limit, **_angles(sample)},
        )


class RepeatedGlances:
    """Visual time sharing: too much time away in a sliding window, whatever each glance took."""

    def __init__(self, config: GlanceConfig) -> None:
        self._config = config
        self._cells: deque[tuple[float, float, float]] = deque()
        """(start of the cell, seconds away in it, doubt), a bounded number of them."""
        self._total_s = self._doubt_s = 0.0
        self._usual_s = 0.0
        self._was_off = False

    def update(self, sample: Sample, gaze: Gaze) -> Finding | None:
        """The glances that are too many by now. Changes are taken to lie halfway between two
        observations; what lost ones may have hidden there is a doubt, held against the driver."""
        self._slide(sample.t_s)
        excess_s = self._excess_s(sample.dt_s)
        off, was_off = gaze.off_road and not sample.standstill, self._was_off
        self._was_off = off
        if not off and not was_off:
            return None
        doubt_s = excess_s / 2.0 if off != was_off else 0.0
        self._add(sample.t_s, sample.dt_s * (off + was_off) / 2.0, doubt_s)
        config = self._config
        if self._total_s + self._doubt_s < config.away_s - _ROUNDING:
            return None
        return Finding(
            kind=AlertKind.REPEATED,
            level=AlertLevel.WARNING,
            t_start_s=self._cells[0][0],
            reason=f"away {self._total_s:.1f} s of the last {config.window_s:g} s "
            f"(limit {config.away_s:g} s)",
            values={"away_s": self._total_s, "limit_s": config.away_s},
        )

    def forget(self) -> None:
        """What was told is not told again."""
        self._cells.clear()
        self._total_s = self._doubt_s = 0.0

    def _excess_s(self, dt_s: float) -> float:
        """How much longer than usual the time since the last observation was."""
        usual_s = self._usual_s or dt_s
        self._usual_s = usual_s + _USUAL_SHARE * (dt_s - usual_s)
        return max(0.0, dt_s - usual_s)

    def _add(self, t_s: float, away_s: float, doubt_s: float) -> None:
        self._total_s += away_s
        self._doubt_s += doubt_s
        if self._cells and t_s - self._cells[-1][0] < _CELL_S:
            start, away, doubt = self._cells[-1]
            self._cells[-1] = (start, away + away_s, doubt + doubt_s)
        else:
            self._cells.append((t_s - away_s, away_s, doubt_s))

    def _slide(self, t_s: float) -> None:
        oldest = t_s - self._config.window_s
        while self._cells and self._cells[0][0] < oldest:
            _, away, doubt = self._cells.popleft()
            self._total_s -= away
            self._doubt_s -= doubt
        if not self._cells:
            self._total_s = self._doubt_s = 0.0


def _angles(sample: Sample) -> dict[str, float]:
    if sample.off_yaw_deg is None or sample.off_pitch_deg is None:
        return {}
    return {"yaw_deg": sample.off_yaw_deg, "pitch_deg": sample.off_pitch_deg}


def _angle(sample: Sample) -> str:
    if sample.off_yaw_deg is None or sample.off_pitch_deg is None:
        return ", face lost meanwhile"
    tilt = "down" if sample.off_pitch_deg < 0.0 else "up"
    return f", head {abs(sample.off_yaw_deg):.0f}° aside, {abs(sample.off_pitch_deg):.0f}° {tilt}"
