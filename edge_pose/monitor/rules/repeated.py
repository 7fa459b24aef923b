"""Visual time sharing: too much time away in a sliding window, whatever each glance took."""

from __future__ import annotations

from collections import deque

from edge_pose.config.monitor import MonitorConfig
from edge_pose.monitor.durations import BELIEVED_S, STAMP_S
from edge_pose.monitor.rules.situation import Situation
from edge_pose.monitor.rules.wording import where
from edge_pose.monitor.sample import Finding, Sample
from edge_pose.monitor.sight.regions import CLUSTER
from edge_pose.monitor.sight.sight import Sight
from edge_pose.values import AlertKind, AlertLevel

_CELL_S = 0.25  # the window forgets in steps of so much


class RepeatedGlances:
    """Sums the time away. What is free, as a short look into a mirror, waits until it is no longer
    short."""

    def __init__(self, config: MonitorConfig) -> None:
        self._config = config.glances
        self._cells: deque[tuple[float, float, float]] = deque()
        """(start of the cell, seconds away in it, doubt), a bounded number of them."""
        self._total_s = self._doubt_s = 0.0
        self._was_off = False
        self._back_s = BELIEVED_S
        """Time on the road since the last look."""
        self._look_s = self._free_s = self._unfree_s = 0.0
        self._waiting: list[tuple[float, float, float]] = []

    def update(self, now: Situation) -> Finding | None:
        """The glances that are too many by now. Changes are taken to lie halfway between two
        observations; what lost ones may have hidden there is a doubt, held against the driver."""
        sample, config = now.sample, self._config
        self._slide(sample.t_s)
        off, was_off = now.sight.off_road and not sample.slow, self._was_off
        self._was_off = off
        if not off and not was_off:
            self._return(sample.dt_s)
            return None
        excess_s = max(0.0, sample.dt_s - (sample.interval_s or sample.dt_s))
        doubt_s = excess_s / 2.0 if off != was_off else 0.0
        self._look(sample, doubt_s, self._free_now_s(now.sight), off, was_off)
        if not self._cells or self._total_s + self._doubt_s < config.away_s - STAMP_S:
            return None
        return Finding(
            kind=AlertKind.REPEATED,
            level=AlertLevel.WARNING,
            t_start_s=self._cells[0][0],
            reason=f"away {self._total_s:.1f} s of the last {config.window_s:g} s "
            f"(limit {config.away_s:g} s): {where(now)}",
            values={"away_s": self._total_s, "limit_s": config.away_s},
        )

    def _free_now_s(self, sight: Sight) -> float:
        """A look into a mirror that is short never counts; one at the instruments does, once half
        of what is allowed is used up."""
        half = self._total_s >= self._config.away_s / 2.0
        return 0.0 if half and sight.region == CLUSTER else sight.free_s

    def forget(self) -> None:
        """What was told is not told again."""
        self._cells.clear()
        self._waiting.clear()
        self._total_s = self._doubt_s = 0.0

    def _look(
        self, sample: Sample, doubt_s: float, free_s: float, off: bool, was_off: bool
    ) -> None:
        """Time of one look: held back while the look is free, dropped if it ends so."""
        config, t_s, dt_s = self._config, sample.t_s, sample.dt_s
        away_s = dt_s * (off + was_off) / 2.0
        self._look_s += away_s
        if off:
            self._free_s = max(self._free_s, free_s)
            self._unfree_s += away_s if free_s == 0.0 else 0.0
        self._waiting.append((t_s, away_s, doubt_s))
        # On its way to a mirror and back a look passes what is not free.
        free = self._unfree_s < config.passing_s
        if self._look_s >= (self._free_s if free else 0.0) - STAMP_S and (
            self._look_s >= config.passing_s or not off
        ):
            for cell in self._waiting:
                self._add(*cell)
            self._waiting.clear()
        if off:
            self._back_s = 0.0
        else:
            self._return(dt_s / 2.0)

    def _return(self, dt_s: float) -> None:
        """A look is over after a moment on the road; a misread sample, or a blink, ends none."""
        if self._back_s >= BELIEVED_S:
            return
        self._back_s += dt_s
        if self._back_s >= BELIEVED_S - STAMP_S:
            self._waiting.clear()
            self._look_s = self._free_s = self._unfree_s = 0.0

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
