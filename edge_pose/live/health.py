"""How the running program is doing: rates and ages from its loop, heat from its board.

A hot or throttled board is spared: the loop then works on a share of the frames, and says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from edge_pose.clock import Clock
from edge_pose.config.runtime import RuntimeConfig
from edge_pose.runtime.journal import ChangeLog
from edge_pose.runtime.meters import Quantiles, Rate
from edge_pose.runtime.thermal import Board, FrameGate, RateGovernor
from edge_pose.values import Health

log = logging.getLogger(__name__)

_PLAUSIBLE_AGE_S = 60.0
_LATE_S = 1.0
"""A microsleep lasts so long (Euro NCAP): what is judged later than that is told too late."""
_LATE_FOR_S = 3.0


class HealthMeter:
    """Counts frames in the loop's thread; ``refresh`` sums up for everyone else."""

    def __init__(
        self,
        clock: Clock,
        dropped: Callable[[], int],
        board: Board,
        config: RuntimeConfig,
    ) -> None:
        self._clock = clock
        self._dropped = dropped
        self._board = board
        self._governor = RateGovernor(config)
        self._gate = FrameGate()
        self._changes = ChangeLog(log)
        self._mute_max_s = config.mute_max_s
        self._muted_s: float | None = None
        self.rate = Rate()
        self.age_ms = Quantiles()
        self.step_ms = Quantiles()
        self.health = Health()
        self._judged_s = self._in_time_s = clock.now()
        self._age_s = 0.0

    def admits(self) -> bool:
        """Whether the board can bear to work on this frame."""
        return self._gate.admits(self._governor.share)

    def frame_done(self, frame_t: float) -> None:
        """A frame taken at clock time ``frame_t`` has been judged just now."""
        now = self._clock.now()
        self.rate.add(now)
        age_s = now - frame_t
        # A file played fast counts media time from 0: its frames have no age.
        if 0.0 <= age_s <= _PLAUSIBLE_AGE_S:
            self.age_ms.add(age_s * 1e3)
            self._judged_s, self._age_s = now, age_s
            if age_s <= _LATE_S:
                self._in_time_s = now

    @property
    def ailing(self) -> Mapping[str, tuple[str, float]]:
        """Pictures that are judged too late, all of them: by name what is wrong and since when."""
        late = self._judged_s - self._in_time_s > _LATE_FOR_S
        if not late or self._clock.now() - self._judged_s > _LATE_FOR_S:
            return {}
        return {"camera": (f"pictures are judged {self._age_s:.1f} s late", self._in_time_s)}

    def refresh(self) -> Health:
        """Renew ``health``; called a few times a second, never per frame (quantiles cost)."""
        now = self._clock.now()
        self._end_mute(now)
        temperature, throttling = self._board.temperature_c(), self._board.throttling()
        slowed = None if throttling is None else throttling.slowed
        share = self._governor.update(now, temperature, slowed=bool(slowed))
        if share < 1.0 or self._changes.known("rate"):
            self._changes.tell("rate", f"{share:.0%} of the frames (board temperature)")
        self.health = replace(
            self.health,
            fps=self.rate.per_s(now),
            frame_age_ms=self.age_ms.p50,
            frame_age_p95_ms=self.age_ms.p95,
            dropped=self._dropped(),
            temperature_c=temperature,
            throttled=slowed,
        )
        return self.health

    def mute(self, muted: bool) -> None:
        """Remember that a person silenced the outputs; each word of it holds for a time."""
        self._muted_s = self._clock.now() if muted else None
        self.health = replace(self.health, muted=muted)

    def _end_mute(self, now: float) -> None:
        if self._muted_s is not None and now - self._muted_s > self._mute_max_s:
            log.warning(
                "muted for %.0f min: the outputs are heard again", (now - self._muted_s) / 60
            )
            self.mute(False)
